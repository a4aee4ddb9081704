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
    enum event_scope scope;
    const char *path;
} origins[] = {
    {FIELD(event_id), EVENT_RECORD, "eventID"},
    {FIELD(request_id), EVENT_RECORD, "requestID"},
    {FIELD(shared_event_id), EVENT_RECORD, "sharedEventID"},
    {FIELD(delivery_id), EVENT_ENVELOPE, "id"},
    {FIELD(event_name), EVENT_RECORD, "eventName"},
    {FIELD(event_source), EVENT_RECORD, "eventSource"},
    {FIELD(event_time), EVENT_RECORD, "eventTime"},
    {FIELD(aws_region), EVENT_RECORD, "awsRegion"},
    {FIELD(error_code), EVENT_RECORD, "errorCode"},
    {FIELD(error_message), EVENT_RECORD, "errorMessage"},
    /* CloudTrail writes RegionName; other records of the service have lower camel case. */
    {FIELD(region), EVENT_RECORD_ANY_CASE, "requestParameters.RegionName"},
    {FIELD(target_account), EVENT_RECORD_ANY_CASE, "requestParameters.AccountId"},
    {FIELD(target_account), EVENT_RECORD, "recipientAccountId"},
    {FIELD(target_account), EVENT_ENVELOPE, "account"},
    {FIELD(caller_account), EVENT_RECORD, "userIdentity.accountId"},
    {FIELD(actor), EVENT_RECORD, "userIdentity.userName"},
    {FIELD(actor), EVENT_RECORD, "userIdentity.onBehalfOf.userId"},
    {FIELD(actor), EVENT_RECORD, "userIdentity.invokedBy"},
    {FIELD(actor), EVENT_RECORD, "userIdentity.principalId"},
    {FIELD(actor), EVENT_RECORD, "userIdentity.accountId"},
    {FIELD(actor_type), EVENT_RECORD, "userIdentity.type"},
    {FIELD(actor_arn), EVENT_RECORD, "userIdentity.arn"},
    {FIELD(principal_id), EVENT_RECORD, "userIdentity.principalId"},
    {FIELD(role), EVENT_RECORD, "userIdentity.sessionContext.sessionIssuer.userName"},
    {FIELD(mfa), EVENT_RECORD, "userIdentity.sessionContext.attributes.mfaAuthenticated"},
    {FIELD(console), EVENT_RECORD, "sessionCredentialFromConsole"},
    {FIELD(access_key_id), EVENT_RECORD, "userIdentity.accessKeyId"},
    {FIELD(invoked_by), EVENT_RECORD, "userIdentity.invokedBy"},
    {FIELD(source_identity), EVENT_RECORD, "userIdentity.sessionContext.sourceIdentity"},
    {FIELD(source_address), EVENT_RECORD, "sourceIPAddress"},
    {FIELD(user_agent), EVENT_RECORD, "userAgent"},
    {FIELD(vpc_endpoint_id), EVENT_RECORD, "vpcEndpointId"},
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

static void take_origins(struct alert *alert)
{
    for (size_t i = 0; i < sizeof origins / sizeof origins[0]; i++) {
        char *text = (char *)alert + origins[i].field;
        if (alert_knows(text))
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
    take_origins(alert);
    name_actor(alert);
    read_time(alert);
    alert->outcome = judge(alert);
    alert->enables_region = strcasecmp(alert->event_name, "EnableRegion") == 0 &&
                            strcasecmp(alert->event_source, "account.amazonaws.com") == 0;
    add(alert->id, rule->id);
    add(alert->id, ":");
    add(alert->id, alert_knows(alert->event_id) ? alert->event_id : request_id);
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
