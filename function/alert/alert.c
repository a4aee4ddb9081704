#include "alert/alert.h"

#include "alert/accounts.h"
#include "alert/texts.h"
#include "clock.h"
#include "sigma/reason.h"
#include "text.h"
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

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

/* The first value decides. */
static bool take_mark(const struct event_value *value, void *arg)
{
    bool *marked = arg;
    *marked = value->kind == EVENT_STRING && strcmp(value->text, ALERT_TEST_SOURCE) == 0;
    return true;
}

static bool is_test(const struct event *event)
{
    bool marked = false;
    event_any(event, EVENT_ENVELOPE, "source", take_mark, &marked);
    return marked && event->envelope != event->record;
}

static enum alert_outcome judge(const struct alert *alert)
{
    static const char denied[] = "AccessDenied";
    if (is_test(alert->event))
        return ALERT_TEST;
    if (alert->status != NULL)
        return ALERT_STATUS;
    if (!alert->has_error)
        return ALERT_SUCCEEDED;
    if (strncmp(alert->error_code, denied, strlen(denied)) == 0 ||
        text_ends_with(alert->error_code, "UnauthorizedOperation"))
        return ALERT_DENIED;
    return ALERT_FAILED;
}

/* A root user, and an ARN with a path, name the actor better than the fields do. */
static void name_actor(struct alert *alert)
{
    const char *slash = strrchr(alert->actor_arn, '/');
    const char *name = alert->is_root ? "ROOT USER" : slash != NULL ? slash + 1 : alert->actor;
    if (name != alert->actor && name[0] != '\0')
        snprintf(alert->actor, sizeof alert->actor, "%s", name);
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
    if (holds(&alert->matched.names, name) || holds(&alert->further.names, name))
        return;
    bool has_room = texts_append(&fields->names, name) != NULL;
    char *value = texts_append(&fields->values, "");
    if (has_room)
        event_any(alert->event, EVENT_RECORD, name, add_value, value);
}

static void take_reason(const struct rule_node *node, void *arg)
{
    struct alert *alert = arg;
    if (node->test != RULE_KEYWORD) {
        take_field(alert, &alert->matched, node->field);
    } else {
        texts_append(&alert->matched.names, "keyword");
        texts_append(&alert->matched.values, node->text);
    }
}

void alert_make(struct alert *alert, const struct alert_input *input)
{
    const struct rule *rule = input->rule;
    texts_clear(alert);
    alert->event = input->event;
    alert->time_ms = input->now_ms;
    alert->shortened = false;
    alert->enables_region = enables_region(input->event);
    alert->status = rule == &status_rule ? status_of(input->event) : NULL;
    texts_take(alert, rule);
    alert->is_root = strcmp(alert->actor_type, "Root") == 0;
    name_actor(alert);
    alert->event_time_ms = input->now_ms;
    alert->has_event_time = clock_read(alert->event_time, &alert->event_time_ms);
    accounts_find(input->account_names, alert->target_account, alert->target_name);
    accounts_find(input->account_names, alert->caller_account, alert->caller_name);
    alert->has_error = event_any(input->event, EVENT_RECORD, "errorCode", is_error, NULL);
    alert->outcome = judge(alert);
    alert->has_event_id = text_is_uuid(alert->event_id);
    alert->has_lasting_id = alert->has_event_id && alert->outcome != ALERT_TEST;
    texts_add(alert->id, rule->id);
    texts_add(alert->id, ":");
    texts_add(alert->id, alert->has_lasting_id ? alert->event_id : input->request_id);
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
