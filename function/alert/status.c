#include "alert/status.h"

#include <stddef.h>
#include <string.h>

const struct rule status_rule = {
    .file = "",
    .id = "7d0e3c52-9f64-4b0e-9d5b-3c1a5b8e2f90",
    .title = "AWS Region Opt-In Status Change",
    .description = "AWS itself tells that a Region is being enabled or disabled for an account. "
                   "It sends this notice without CloudTrail, whose record tells who asked.",
    .status = "",
    .level = "medium",
    .author = "enable-region-alert",
    .date = "2026-11-24",
    .license = "Apache-2.0",
};

static const struct status statuses[] = {
    {"ENABLING", "is being enabled"},
    {"ENABLED", "is now enabled"},
    {"DISABLING", "is being disabled"},
    {"DISABLED", "is now disabled"},
};

static bool equals(const struct event_value *value, void *arg)
{
    return value->kind == EVENT_STRING && strcmp(value->text, arg) == 0;
}

static bool find_status(const struct event_value *value, void *arg)
{
    const struct status **found = arg;
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
        if (value->kind == EVENT_STRING && strcmp(value->text, statuses[i].name) == 0)
            *found = &statuses[i];
    }
    return true;
}

const struct status *status_of(const struct event *event)
{
    char source[] = "aws.account";
    char type[] = "Region Opt-In Status Change";
    const struct status *found = NULL;
    if (event->envelope != event->record &&
        event_any(event, EVENT_ENVELOPE, "source", equals, source) &&
        event_any(event, EVENT_ENVELOPE, "detail-type", equals, type))
        event_any(event, EVENT_RECORD, "status", find_status, &found);
    return found;
}
