/* event_of.h - events and rules made from literals. */
#ifndef EVENT_OF_H
#define EVENT_OF_H

#include "event.h"
#include "sigma/parse.h"
#include "test.h"

/* The event of a JSON text; release it with event_free(). */
static inline void event_of(struct event *event, const char *json)
{
    struct lambda_error err = {0};
    size_t len = strlen(json);
    char *copy = malloc(len + 1);
    assert_non_null(copy);
    memcpy(copy, json, len + 1);
    if (!event_parse(event, copy, len, &err))
        fail_msg("%s: %s in %s", err.type, err.message, json);
}

static inline void event_free(struct event *event)
{
    char *text = (char *)(uintptr_t)event->text;
    event_done(event);
    free(text);
}

/* The published rule's facts around a detection of the test's. */
#define RULE_OF(detection)                                                                         \
    "title: A rule\nid: a5ffb6ea-c784-4e01-b30a-deb6e58ca2ab\nstatus: test\n"                      \
    "author: Ann Author, Bob Writer\ndate: 2025-10-19\nlevel: medium\nlicense: DRL-1.1\n"          \
    "tags:\n    - attack.persistence\nreferences:\n    - https://example.com/rule\n"               \
    "falsepositives:\n    - A person who may\n"                                                    \
    "logsource:\n    product: aws\n    service: cloudtrail\n" detection

static inline bool rule_read(struct rule *rule, const char *file, const char *yaml,
                             struct lambda_buffer *warnings, struct lambda_error *err)
{
    struct document document;
    *rule = (struct rule){0};
    return document_read(&document, file, yaml, strlen(yaml), err) &&
           parse_rule(rule, &document, warnings, err);
}

static inline void rule_of(struct rule *rule, const char *yaml)
{
    struct lambda_error err = {0};
    if (!rule_read(rule, "test.yml", yaml, NULL, &err))
        fail_msg("%s", err.message);
}

/* Whether the detection of a rule holds for a record; fails the test if it cannot be decided. */
static inline bool decide(const struct rule *rule, const char *record)
{
    struct evaluation evaluation;
    struct lambda_error err = {0};
    struct event event;
    bool holds = false;
    size_t size = strlen(record) + 16;
    char *json = malloc(size);
    assert_non_null(json);
    snprintf(json, size, "{\"detail\":%s}", record);
    event_of(&event, json);
    assert_true(evaluation_init(&evaluation, size, &err));
    if (!rule_decide(&rule->detection, &evaluation, &event, &holds, &err))
        fail_msg("%s: %s", err.type, err.message);
    evaluation_done(&evaluation);
    event_free(&event);
    free(json);
    return holds;
}

#endif
