#include "alert/ocsf.h"

#include "alert/members.h"
#include "alert/subject.h"
#include "version.h"
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

static void put_class(const struct alert *alert, struct members *finding)
{
    int severity = (int)(sizeof severities / sizeof severities[0]) - 1;
    while (severity > 0 && strcmp(alert->rule->level, severities[severity].level) != 0)
        severity--;
    char subject[SUBJECT_MAX];
    subject_write(alert, subject);
    members_number(finding, "category_uid", 2);
    members_text(finding, "category_name", "Findings");
    members_number(finding, "class_uid", 2004);
    members_text(finding, "class_name", "Detection Finding");
    members_number(finding, "activity_id", 1);
    members_text(finding, "activity_name", "Create");
    members_number(finding, "type_uid", 200401);
    members_text(finding, "type_name", "Detection Finding: Create");
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
    const struct rule *rule = alert->rule;
    char description[ALERT_TEXT_MAX];
    bool licensed = rule->license[0] != '\0';
    snprintf(description, sizeof description, "Sigma rule by %s%s%s%s", rule->author,
             licensed ? " (" : "", rule->license, licensed ? ")" : "");
    members_text(finding, "finding_info.uid", alert->id);
    members_text(finding, "finding_info.title", rule->title);
    members_text(finding, "finding_info.desc", description);
    members_number(finding, "finding_info.created_time", alert->time_ms);
    members_list(finding, "finding_info.types", rule->tags.items, rule->tags.count);
    put(finding, "finding_info.src_url",
        rule->references.count > 0 ? rule->references.items[0] : "");
    members_text(finding, "finding_info.analytic.name", rule->title);
    members_text(finding, "finding_info.analytic.uid", rule->id);
    members_text(finding, "finding_info.analytic.type", "Rule");
    members_number(finding, "finding_info.analytic.type_id", 1);
    put(finding, "finding_info.analytic.version", rule->date);
}

static void put_cloud(const struct alert *alert, struct members *finding)
{
    members_text(finding, "cloud.provider", "AWS");
    put(finding, "cloud.region", alert->aws_region);
    put(finding, "cloud.account.uid", alert->target_account);
    put(finding, "cloud.account.name", alert->target_account);
    members_text(finding, "cloud.account.type", "AWS Account");
    members_number(finding, "cloud.account.type_id", 10);
    put(finding, "api.operation", alert->event_name);
    put(finding, "api.service.name", alert->event_source);
    put(finding, "api.request.uid", alert->request_id);
    if (alert->outcome != ALERT_SUCCEEDED) {
        put(finding, "api.response.error", alert->error_code);
        put(finding, "api.response.error_message", alert->error_message);
    }
}

/* The account as a resource, in the partition of its caller. */
static void put_resource(const struct alert *alert, struct members *finding)
{
    char partition[16] = "aws";
    char arn[ALERT_TEXT_MAX + 64] = "";
    (void)sscanf(alert->actor_arn, "arn:%15[a-z-]:", partition);
    if (alert_knows(alert->target_account))
        snprintf(arn, sizeof arn, "arn:%s:account::%s:account", partition, alert->target_account);
    members_text(finding, "resources[].type", "AWS::Account");
    put(finding, "resources[].uid", arn);
    put(finding, "resources[].region", alert->enables_region ? alert->region : "");
}

static void put_evidence(const struct alert *alert, struct members *finding)
{
    members_text(finding, "evidences[].data.outcome", alert_outcome_name(alert));
    put(finding, "evidences[].data.event_id", alert->event_id);
    put(finding, "evidences[].data.delivery_id", alert->delivery_id);
    put(finding, "evidences[].data.actor.name", alert->actor);
    put(finding, "evidences[].data.actor.type", alert->actor_type);
    put(finding, "evidences[].data.actor.arn", alert->actor_arn);
    put(finding, "evidences[].data.actor.principal_id", alert->principal_id);
    put(finding, "evidences[].data.actor.role", alert->role);
    put(finding, "evidences[].data.actor.account", alert->caller_account);
    put(finding, "evidences[].data.actor.mfa", alert->mfa);
    put(finding, "evidences[].data.actor.console", alert->console);
    put(finding, "evidences[].data.actor.access_key_id", alert->access_key_id);
    put(finding, "evidences[].data.actor.invoked_by", alert->invoked_by);
    put(finding, "evidences[].data.actor.source_identity", alert->source_identity);
    put(finding, "evidences[].data.source.address", alert->source_address);
    put(finding, "evidences[].data.source.user_agent", alert->user_agent);
    put(finding, "evidences[].data.source.vpc_endpoint_id", alert->vpc_endpoint_id);
}

void ocsf_write(const struct alert *alert, bool with_event, struct lambda_buffer *json)
{
    struct members finding;
    members_begin(&finding, json);
    put_class(alert, &finding);
    put_metadata(alert, &finding);
    put_finding(alert, &finding);
    put_cloud(alert, &finding);
    put_resource(alert, &finding);
    put_evidence(alert, &finding);
    members_text(&finding, "unmapped.rule_author", alert->rule->author);
    put(&finding, "unmapped.rule_license", alert->rule->license);
    if (with_event)
        members_bytes(&finding, "raw_data", alert->event->text, alert->event->text_len);
    else
        members_bool(&finding, "unmapped.truncated", true);
    members_end(&finding);
}
