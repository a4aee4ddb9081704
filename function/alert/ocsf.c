#include "alert/ocsf.h"

#include "alert/members.h"
#include "alert/subject.h"
#include "alert/texts.h"
#include "alert/words.h"
#include "text.h"
#include "version.h"
#include <stddef.h>
#include <stdio.h>
#include <string.h>

static const struct severity {
    const char *level;
    const char *name;
} severities[] = {{"", "Unknown"},  {"informational", "Informational"},
                  {"low", "Low"},   {"medium", "Medium"},
                  {"high", "High"}, {"critical", "Critical"}};

/* A member that is left out where the record does not have the value. */
static void put(struct members *finding, const char *path, const char *text)
{
    if (alert_knows(text))
        members_text(finding, path, text);
}

static void put_list(struct members *finding, const char *path, const struct alert_list *list)
{
    const char *items[ALERT_ITEMS_MAX];
    for (size_t i = 0; i < list->count; i++)
        items[i] = list->items[i];
    if (list->count > 0)
        members_list(finding, path, items, list->count);
}

/* A notice tells how a finding about the Region went on; only the last of them ends it. */
static void put_activity(const struct alert *alert, struct members *finding)
{
    static const char *const names[] = {"", "Create", "Update", "Close"};
    char type[64];
    int activity = alert->status == NULL ? 1 : strcmp(alert->status->name, "DISABLED") == 0 ? 3 : 2;
    snprintf(type, sizeof type, "Detection Finding: %s", names[activity]);
    members_number(finding, "activity_id", activity);
    members_text(finding, "activity_name", names[activity]);
    members_number(finding, "type_uid", 200400 + activity);
    members_text(finding, "type_name", type);
}

static void put_class(const struct alert *alert, struct members *finding)
{
    int severity = (int)(sizeof severities / sizeof severities[0]) - 1;
    while (severity > 0 && strcmp(alert->rule_level, severities[severity].level) != 0)
        severity--;
    char subject[SUBJECT_MAX];
    subject_write(alert, subject);
    members_number(finding, "category_uid", 2);
    members_text(finding, "category_name", "Findings");
    members_number(finding, "class_uid", 2004);
    members_text(finding, "class_name", "Detection Finding");
    put_activity(alert, finding);
    members_number(finding, "severity_id", severity);
    members_text(finding, "severity", severities[severity].name);
    members_number(finding, "status_id", 1);
    members_text(finding, "status", "New");
    members_number(finding, "time", alert->event_time_ms);
    members_text(finding, "message", subject);
}

static void put_metadata(const struct alert *alert, struct members *finding)
{
    static const char *const profiles[] = {"cloud"};
    members_text(finding, "metadata.version", "1.5.0");
    members_text(finding, "metadata.uid", alert->id);
    put(finding, "metadata.event_code", alert->event_name);
    put(finding, "metadata.original_time", alert->event_time);
    put(finding, "metadata.correlation_uid", alert->shared_event_id);
    members_number(finding, "metadata.logged_time", alert->time_ms);
    members_list(finding, "metadata.profiles", profiles, 1);
    members_text(finding, "metadata.product.name", "enable-region-alert");
    members_text(finding, "metadata.product.vendor_name", "enable-region-alert");
    members_text(finding, "metadata.product.version", VERSION);
}

static void put_finding(const struct alert *alert, struct members *finding)
{
    char description[3 * ALERT_TEXT_MAX];
    bool licensed = alert->rule_license[0] != '\0';
    snprintf(description, sizeof description, "%s by %s%s%s%s",
             alert->status == NULL ? "Sigma rule" : "A notice of AWS, put into words",
             alert->rule_author, licensed ? " (" : "", alert->rule_license, licensed ? ")" : "");
    members_text(finding, "finding_info.uid", alert->id);
    members_text(finding, "finding_info.title", alert->rule_title);
    members_text(finding, "finding_info.desc", description);
    members_number(finding, "finding_info.created_time", alert->time_ms);
    put_list(finding, "finding_info.types", &alert->tags);
    put(finding, "finding_info.src_url",
        alert->references.count > 0 ? alert->references.items[0] : "");
    members_text(finding, "finding_info.analytic.name", alert->rule_title);
    members_text(finding, "finding_info.analytic.uid", alert->rule_id);
    members_text(finding, "finding_info.analytic.type", alert->status == NULL ? "Rule" : "Other");
    members_number(finding, "finding_info.analytic.type_id", alert->status == NULL ? 1 : 99);
    put(finding, "finding_info.analytic.version", alert->rule_date);
}

static void put_cloud(const struct alert *alert, struct members *finding)
{
    members_text(finding, "cloud.provider", "AWS");
    put(finding, "cloud.region", alert->aws_region);
    if (alert_knows(alert->target_account)) {
        bool named = alert->target_name[0] != '\0';
        members_text(finding, "cloud.account.uid", alert->target_account);
        members_text(finding, "cloud.account.name",
                     named ? alert->target_name : alert->target_account);
        members_text(finding, "cloud.account.type", "AWS Account");
        members_number(finding, "cloud.account.type_id", 10);
    }
}

/* The schema wants an operation, and a version of a service. */
static void put_api(const struct alert *alert, struct members *finding)
{
    members_text(finding, "api.operation", alert_shown(alert->event_name));
    if (alert_knows(alert->event_source)) {
        members_text(finding, "api.service.name", alert->event_source);
        members_text(finding, "api.service.uid", alert->event_source);
        members_text(finding, "api.service.version", alert_shown(alert->api_version));
    }
    put(finding, "api.request.uid", alert->request_id);
    if (alert->has_error) {
        put(finding, "api.response.error", alert->error_code);
        put(finding, "api.response.error_message", alert->error_message);
    }
}

/* The schema wants a name or an ARN. */
static void put_resource(const struct alert *alert, struct members *finding)
{
    char arn[WORDS_MAX];
    bool named = alert->target_name[0] != '\0';
    words_account_arn(arn, alert);
    members_text(finding, "resources[].type", "AWS::Account");
    members_text(finding, "resources[].name",
                 named ? alert->target_name : alert_shown(alert->target_account));
    put(finding, "resources[].uid", arn);
    put(finding, "resources[].region", alert_is_of_region(alert) ? alert->region : "");
}

/* Each as `name: value`. Most lists are short, so the array is not cleared. */
static void put_fields(struct members *finding, const char *path, const struct alert_fields *fields)
{
    __attribute__((uninitialized)) struct alert_list lines;
    lines.count = fields->values.count;
    for (size_t i = 0; i < lines.count; i++) {
        char *line = lines.items[i];
        line[0] = '\0';
        texts_add(line, fields->names.items[i]);
        texts_add(line, ": ");
        texts_add(line, fields->values.items[i]);
    }
    put_list(finding, path, &lines);
}

#define FIELD(member) offsetof(struct alert, member)

static const struct evidence {
    const char *path;
    size_t field;
} evidence[] = {
    {"evidences[].data.event_id", FIELD(event_id)},
    {"evidences[].data.delivery_id", FIELD(delivery_id)},
    {"evidences[].data.asked_account", FIELD(asked_account)},
    {"evidences[].data.actor.name", FIELD(actor)},
    {"evidences[].data.actor.type", FIELD(actor_type)},
    {"evidences[].data.actor.arn", FIELD(actor_arn)},
    {"evidences[].data.actor.principal_id", FIELD(principal_id)},
    {"evidences[].data.actor.role", FIELD(role)},
    {"evidences[].data.actor.account", FIELD(caller_account)},
    {"evidences[].data.actor.account_name", FIELD(caller_name)},
    {"evidences[].data.actor.mfa", FIELD(mfa)},
    {"evidences[].data.actor.console", FIELD(console)},
    {"evidences[].data.actor.access_key_id", FIELD(access_key_id)},
    {"evidences[].data.actor.credential_id", FIELD(credential_id)},
    {"evidences[].data.actor.identity_store", FIELD(identity_store)},
    {"evidences[].data.actor.identity_provider", FIELD(identity_provider)},
    {"evidences[].data.actor.invoked_by", FIELD(invoked_by)},
    {"evidences[].data.actor.source_identity", FIELD(source_identity)},
    {"evidences[].data.source.address", FIELD(source_address)},
    {"evidences[].data.source.user_agent", FIELD(user_agent)},
    {"evidences[].data.source.vpc_endpoint_id", FIELD(vpc_endpoint_id)},
};

static void put_evidence(const struct alert *alert, struct members *finding)
{
    members_text(finding, "evidences[].data.outcome", alert_outcome_name(alert));
    for (size_t i = 0; i < sizeof evidence / sizeof evidence[0]; i++)
        put(finding, evidence[i].path, (const char *)alert + evidence[i].field);
    put_fields(finding, "evidences[].data.matched", &alert->matched);
    put_fields(finding, "evidences[].data.fields", &alert->further);
}

void ocsf_write(const struct alert *alert, bool with_event, struct lambda_buffer *json)
{
    struct members finding;
    members_begin(&finding, json);
    put_class(alert, &finding);
    put_metadata(alert, &finding);
    put_finding(alert, &finding);
    put_cloud(alert, &finding);
    put_api(alert, &finding);
    put_resource(alert, &finding);
    put_evidence(alert, &finding);
    members_text(&finding, "unmapped.outcome", alert_outcome_name(alert));
    members_text(&finding, "unmapped.level", alert->rule_level);
    put(&finding, "unmapped.region", alert_region(alert));
    members_bool(&finding, "unmapped.test", alert->outcome == ALERT_TEST);
    members_text(&finding, "unmapped.rule_author", alert->rule_author);
    put(&finding, "unmapped.rule_license", alert->rule_license);
    if (!with_event || alert->shortened)
        members_bool(&finding, "unmapped.truncated", true);
    if (with_event)
        members_bytes(&finding, "raw_data", alert->event->text, alert->event->text_len);
    members_end(&finding);
}
