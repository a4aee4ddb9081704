#include "alert/alert.h"

#include "text.h"
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define FIELD(member) offsetof(struct alert, member)

/* Where each text comes from. Of two rows with one target the first that finds a value counts. */
static const struct origin {
    size_t field;
    const char *path;
    enum event_scope scope;
    bool of_account_service; /* elsewhere a parameter of that name means something else */
} origins[] = {
    {FIELD(event_id), "eventID", EVENT_RECORD, false},
    {FIELD(request_id), "requestID", EVENT_RECORD, false},
    {FIELD(shared_event_id), "sharedEventID", EVENT_RECORD, false},
    {FIELD(delivery_id), "id", EVENT_ENVELOPE, false},
    {FIELD(event_name), "eventName", EVENT_RECORD, false},
    {FIELD(event_source), "eventSource", EVENT_RECORD, false},
    {FIELD(event_time), "eventTime", EVENT_RECORD, false},
    {FIELD(aws_region), "awsRegion", EVENT_RECORD, false},
    {FIELD(error_code), "errorCode", EVENT_RECORD, false},
    {FIELD(error_message), "errorMessage", EVENT_RECORD, false},
    /* CloudTrail writes RegionName; other records of the service have lower camel case. */
    {FIELD(region), "requestParameters.RegionName", EVENT_RECORD_ANY_CASE, true},
    {FIELD(target_account), "requestParameters.AccountId", EVENT_RECORD_ANY_CASE, true},
    {FIELD(target_account), "recipientAccountId", EVENT_RECORD, false},
    {FIELD(target_account), "account", EVENT_ENVELOPE, false},
    {FIELD(caller_account), "userIdentity.accountId", EVENT_RECORD, false},
    {FIELD(actor), "userIdentity.userName", EVENT_RECORD, false},
    {FIELD(actor), "userIdentity.onBehalfOf.userId", EVENT_RECORD, false},
    {FIELD(actor), "userIdentity.invokedBy", EVENT_RECORD, false},
    {FIELD(actor), "userIdentity.principalId", EVENT_RECORD, false},
    {FIELD(actor), "userIdentity.accountId", EVENT_RECORD, false},
    {FIELD(actor_type), "userIdentity.type", EVENT_RECORD, false},
    {FIELD(actor_arn), "userIdentity.arn", EVENT_RECORD, false},
    {FIELD(principal_id), "userIdentity.principalId", EVENT_RECORD, false},
    {FIELD(role), "userIdentity.sessionContext.sessionIssuer.userName", EVENT_RECORD, false},
    {FIELD(mfa), "userIdentity.sessionContext.attributes.mfaAuthenticated", EVENT_RECORD, false},
    {FIELD(console), "sessionCredentialFromConsole", EVENT_RECORD, false},
    {FIELD(access_key_id), "userIdentity.accessKeyId", EVENT_RECORD, false},
    {FIELD(invoked_by), "userIdentity.invokedBy", EVENT_RECORD, false},
    {FIELD(source_identity), "userIdentity.sessionContext.sourceIdentity", EVENT_RECORD, false},
    {FIELD(source_address), "sourceIPAddress", EVENT_RECORD, false},
    {FIELD(user_agent), "userAgent", EVENT_RECORD, false},
    {FIELD(vpc_endpoint_id), "vpcEndpointId", EVENT_RECORD, false},
};

bool alert_knows(const char *text)
{
    return text[0] != '\0' && strcmp(text, "null") != 0;
}

const char *alert_shown(const char *text)
{
    return text[0] == '\0' ? "not recorded" : text;
}

/* The first value at a path, cleaned into the array at arg. */
static bool take(const struct event_value *value, void *arg)
{
    const char *text = value->kind == EVENT_NULL     ? "null"
                       : value->kind == EVENT_OBJECT ? "{...}"
                                                     : value->text;
    size_t len = text == value->text ? value->text_len : strlen(text);
    text_add_clean(arg, ALERT_TEXT_MAX, text, len);
    return true;
}

static bool is_text(const struct event_value *value, void *arg)
{
    return strcasecmp(value->text, arg) == 0;
}

static bool enables_region(const struct event *event)
{
    char name[] = "EnableRegion";
    char source[] = "account.amazonaws.com";
    return event_any(event, EVENT_RECORD, "eventName", is_text, name) &&
           event_any(event, EVENT_RECORD, "eventSource", is_text, source);
}

static void take_origins(struct alert *alert)
{
    for (size_t i = 0; i < sizeof origins / sizeof origins[0]; i++) {
        char *text = (char *)alert + origins[i].field;
        if (alert_knows(text) || (origins[i].of_account_service && !alert->enables_region))
            continue;
        text[0] = '\0';
        event_any(alert->event, origins[i].scope, origins[i].path, take, text);
    }
}

static bool is_error(const struct event_value *value, void *arg)
{
    (void)arg;
    return value->kind != EVENT_NULL;
}

static bool ends_with(const char *text, const char *end)
{
    size_t text_len = strlen(text);
    size_t end_len = strlen(end);
    return text_len >= end_len && strcmp(text + text_len - end_len, end) == 0;
}

static enum alert_outcome judge(const struct alert *alert)
{
    static const char denied[] = "AccessDenied";
    if (!event_any(alert->event, EVENT_RECORD, "errorCode", is_error, NULL))
        return ALERT_SUCCEEDED;
    if (strncmp(alert->error_code, denied, strlen(denied)) == 0 ||
        ends_with(alert->error_code, "UnauthorizedOperation"))
        return ALERT_DENIED;
    return ALERT_FAILED;
}

/* A root user, and an ARN with a path, name the actor better than the fields do. */
static void name_actor(struct alert *alert)
{
    const char *slash = strrchr(alert->actor_arn, '/');
    const char *name = strcmp(alert->actor_type, "Root") == 0 ? "root"
                       : slash != NULL                        ? slash + 1
                                                              : alert->actor;
    if (name != alert->actor && name[0] != '\0')
        snprintf(alert->actor, sizeof alert->actor, "%s", name);
}

/* Reads "2026-02-11T09:14:07Z" into its six numbers. */
static bool read_numbers(const char *text, int numbers[8])
{
    static const char form[] = "9999-99-99T99:99:99Z";
    size_t place = 0;
    for (size_t i = 0; i < sizeof form; i++) {
        bool is_digit = text[i] >= '0' && text[i] <= '9';
        if (form[i] == '9' ? !is_digit : text[i] != form[i])
            return false;
        if (is_digit)
            numbers[place] = numbers[place] * 10 + (text[i] - '0');
        else
            place++;
    }
    return true;
}

static void read_time(struct alert *alert)
{
    int numbers[8] = {0}; /* room for the places behind Z and the NUL */
    alert->event_time_ms = alert->time_ms;
    if (!read_numbers(alert->event_time, numbers))
        return;
    struct tm given = {.tm_year = numbers[0] - 1900,
                       .tm_mon = numbers[1] - 1,
                       .tm_mday = numbers[2],
                       .tm_hour = numbers[3],
                       .tm_min = numbers[4],
                       .tm_sec = numbers[5]};
    struct tm real = given;
    int64_t seconds = timegm(&real); /* turns a 99th of the month into a real day */
    if (real.tm_mon != given.tm_mon || real.tm_mday != given.tm_mday ||
        real.tm_hour != given.tm_hour || real.tm_min != given.tm_min || real.tm_sec != given.tm_sec)
        return;
    alert->event_time_ms = seconds * 1000;
    alert->has_event_time = true;
}

static void add(char *out, const char *text)
{
    text_add_clean(out, ALERT_TEXT_MAX, text, strlen(text));
}

void alert_make(struct alert *alert, const struct rule *rule, const struct event *event,
                const char *request_id, int64_t now_ms)
{
    *alert = (struct alert){.rule = rule, .event = event, .time_ms = now_ms};
    alert->enables_region = enables_region(event);
    take_origins(alert);
    name_actor(alert);
    read_time(alert);
    alert->outcome = judge(alert);
    add(alert->id, rule->id);
    add(alert->id, ":");
    add(alert->id, text_is_uuid(alert->event_id) ? alert->event_id : request_id);
}

bool alert_acts_across(const struct alert *alert)
{
    return alert_knows(alert->target_account) && alert_knows(alert->caller_account) &&
           strcmp(alert->target_account, alert->caller_account) != 0;
}

const char *alert_outcome_name(const struct alert *alert)
{
    static const char *const names[] = {"SUCCEEDED", "DENIED", "FAILED"};
    return names[alert->outcome];
}
