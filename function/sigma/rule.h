/*
 * rule.h - a compiled Sigma rule and what it decides.
 *
 * The condition is a tree, kept as an array in prefix order: a node is followed by its children,
 * and its span says where it ends. Evaluating allocates nothing and calls itself only as deep as
 * the rule.
 *
 * Source: Sigma specification 2.1.0, "Sigma Rules Specification" and "Sigma Modifiers".
 */
#ifndef RULE_H
#define RULE_H

#include "event.h"
#include "sigma/document.h"
#include <stdbool.h>
#include <stddef.h>

enum rule_test {
    RULE_ALL,    /* every child holds */
    RULE_EQUALS, /* a value at field is text, without regard to ASCII case */
};

struct rule_node {
    enum rule_test test;
    size_t span; /* nodes, itself and all below it */
    const char *field;
    const char *text;
    size_t text_len; /* bytes */
};

struct rule_list {
    const char **items;
    size_t count;
};

/* Strings are never NULL, "" where the rule says nothing; all belong to the document. */
struct rule {
    const char *id;
    const char *title;
    const char *description;
    const char *status;
    const char *level; /* informational, low, medium, high or critical */
    const char *author;
    const char *date;
    const char *license;
    struct rule_list tags;
    struct rule_list references;
    struct rule_list falsepositives;
    struct rule_node *condition; /* owned */
    struct document document;    /* owned */
};

/* Decides: pure, cannot fail. */
bool rule_matches(const struct rule *rule, const struct event *event);

/* Frees the rule. Accepts a zeroed struct. */
void rule_done(struct rule *rule);

#endif
