#include "sigma/rule.h"

#include <stdlib.h>

static char fold(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

/* Counted and ASCII only: neither a NUL nor a locale may make two different texts equal. */
static bool equals(const struct event_value *value, void *arg)
{
    const struct rule_node *node = *(const struct rule_node **)arg;
    if (value->kind == EVENT_NULL || value->kind == EVENT_OBJECT ||
        value->text_len != node->text_len)
        return false;
    for (size_t i = 0; i < node->text_len; i++) {
        if (fold(value->text[i]) != fold(node->text[i]))
            return false;
    }
    return true;
}

static bool holds(const struct rule_node *node, const struct event *event)
{
    if (node->test == RULE_EQUALS)
        return event_any(event, EVENT_RECORD, node->field, equals, &node);
    const struct rule_node *end = node + node->span;
    for (const struct rule_node *child = node + 1; child < end; child += child->span) {
        if (!holds(child, event))
            return false;
    }
    return true;
}

bool rule_matches(const struct rule *rule, const struct event *event)
{
    return holds(rule->condition, event);
}

void rule_done(struct rule *rule)
{
    free(rule->condition);
    document_done(&rule->document);
    *rule = (struct rule){0};
}
