#include "alert/alert.h"

#include "alert/accounts.h"
#include "alert/texts.h"
#include "sigma/reason.h"
#include "text.h"
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

bool alert_knows(const char *text)
{
    return text[0] != '\0' && strcmp(text, "null") != 0;
}

const char *alert_shown(const char *text)
{
    return text[0] == '\0' ? "not recorded" : text;
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
    if (alert->event->envelope != alert->event->record &&
        strcmp(alert->source, ALERT_TEST_SOURCE) == 0)
        return ALERT_TEST;
    if (alert->status != NULL)
        return ALERT_STATUS;
    if (!alert->has_error)
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

bool alert_read_time(const char *text, int64_t *time_ms)
{
    int numbers[8] = {0}; /* room for the places behind Z and the NUL */
    if (!read_numbers(text, numbers))
        return false;
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
        return false;
    *time_ms = seconds * 1000;
    return true;
}

/* Adds a value at a path to those that arg holds already. */
static bool add_value(const struct event_value *value, void *arg)
{
    char *text = arg;
    char object[ALERT_TEXT_MAX];
    if (text[0] != '\0')
        texts_add(text, ", ");
    if (value->kind == EVENT_NULL)
        texts_add(text, "null");
    else if (value->kind != EVENT_OBJECT)
        text_add_clean(text, ALERT_TEXT_MAX, value->text, value->text_len);
    else
        texts_add(text, event_print(value, object, sizeof object) ? object : "{...}");
    return false;
}

static bool holds(const struct alert_list *list, const char *text)
{
    size_t i = 0;
    while (i < list->count && strcmp(list->items[i], text) != 0)
        i++;
    return i < list->count;
}

static void take_field(struct alert *alert, struct alert_fields *fields, const char *name)
{
    if (holds(&alert->matched.names, name) || holds(&alert->further.names, name) ||
        texts_append(&fields->names, name) == NULL)
        return;
    event_any(alert->event, EVENT_RECORD, name, add_value, texts_append(&fields->values, ""));
}

static void take_reason(const struct rule_node *node, void *arg)
{
    struct alert *alert = arg;
    if (node->test != RULE_KEYWORD)
        take_field(alert, &alert->matched, node->field);
    else if (texts_append(&alert->matched.names, "keyword") != NULL)
        texts_append(&alert->matched.values, node->text);
}

void alert_make(struct alert *alert, const struct alert_input *input)
{
    const struct rule *rule = input->rule;
    *alert = (struct alert){.event = input->event, .time_ms = input->now_ms};
    alert->enables_region = enables_region(input->event);
    alert->status = status_of(input->event);
    texts_take(alert, rule);
    name_actor(alert);
    alert->event_time_ms = input->now_ms;
    alert->has_event_time = alert_read_time(alert->event_time, &alert->event_time_ms);
    accounts_find(input->account_names, alert->target_account, alert->target_name);
    accounts_find(input->account_names, alert->caller_account, alert->caller_name);
    alert->has_error = event_any(input->event, EVENT_RECORD, "errorCode", is_error, NULL);
    alert->outcome = judge(alert);
    alert->has_event_id = text_is_uuid(alert->event_id);
    texts_add(alert->id, rule->id);
    texts_add(alert->id, ":");
    texts_add(alert->id, alert->has_event_id ? alert->event_id : input->request_id);
    if (input->evaluation != NULL)
        reason_list(&rule->detection, input->evaluation, input->event, take_reason, alert);
    for (size_t i = 0; i < rule->fields.count; i++)
        take_field(alert, &alert->further, rule->fields.items[i]);
}

bool alert_acts_across(const struct alert *alert)
{
    return alert_knows(alert->target_account) && alert_knows(alert->caller_account) &&
           strcmp(alert->target_account, alert->caller_account) != 0;
}

bool alert_is_of_region(const struct alert *alert)
{
    return alert->enables_region || alert->status != NULL;
}

const char *alert_region(const struct alert *alert)
{
    return alert_is_of_region(alert) ? alert->region : alert->aws_region;
}

const char *alert_outcome_name(const struct alert *alert)
{
    static const char *const names[] = {"SUCCEEDED", "DENIED", "FAILED", "TEST"};
    return alert->outcome == ALERT_STATUS ? alert->status->name : names[alert->outcome];
}

bool alert_is_account(const char *text)
{
    return text_is(text, TEXT_DIGITS, 12, 12);
}
