/*
 * rule.h - a compiled Sigma rule and what it decides.
 *
 * A detection is a tree, kept as an array in prefix order: a node is followed by its children, and
 * its span says where it ends. A selection stands in the tree wherever the condition names it.
 *
 * How values are compared, where the specification leaves it open:
 *   - an array on the path or at its end matches if any element does;
 *   - a boolean is the text true or false, an integer below 2^53 its digits, another number what
 *     cJSON prints; two numbers are also equal as numbers;
 *   - an object is its compact JSON text; null is like an absent field, but for exists;
 *   - case folding is ASCII's; keys are exact; a key with dots counts instead of the path;
 *   - lt, lte, gt and gte also take a text that is a number; fieldref compares texts, never
 *     objects;
 *   - a keyword is looked for in the compact JSON text of the whole record.
 *
 * Source: Sigma specification 2.1.0, "Sigma Rules Specification" and "Sigma Modifiers".
 */
#ifndef RULE_H
#define RULE_H

#include "event.h"
#include "sigma/cidr.h"
#include "sigma/document.h"
#include "sigma/regex.h"
#include <lambda/error.h>
#include <stdbool.h>
#include <stddef.h>

enum rule_test {
    RULE_ALL,     /* every child holds */
    RULE_ANY,     /* a child holds */
    RULE_NOT,     /* its child does not hold */
    RULE_KEYWORD, /* the record's JSON text matches the glob */
    RULE_GLOB,    /* these look at each value of the field: it matches the glob */
    RULE_REGEX,   /* the expression is found in it */
    RULE_CIDR,    /* it is an address of the network */
    RULE_LT,      /* it is a number less than number; likewise the next three */
    RULE_LTE,
    RULE_GT,
    RULE_GTE,
    RULE_FIELDREF, /* it equals a value of the field text */
    RULE_EXISTS,   /* the field is there, whatever it holds */
    RULE_NULL,     /* the field is absent or null */
};

/* Strings are never NULL and belong to the detection or to the document. */
struct rule_node {
    enum rule_test test;
    size_t span;           /* nodes, itself and all below it */
    const char *name;      /* of the selection that begins here, or "" */
    const char *field;     /* "" where it looks at none */
    const char *modifiers; /* as the rule has them, with a bar before each */
    const char *text;      /* the value as the rule has it */
    const char *glob;      /* see sigma/glob.h */
    size_t glob_len;       /* bytes */
    double number;         /* of LT to GTE, and of a GLOB that is_number */
    bool is_number;
    bool cased;
    const struct regex *regex;
    struct cidr cidr;
};

struct rule_detection {
    struct rule_node *nodes; /* owned, like the next two */
    char *memory;            /* of the strings */
    struct regex **regexes;
    size_t regex_count;
};

struct rule_list {
    const char **items;
    size_t count;
};

/* Strings are never NULL, "" where the rule says nothing; they belong to the document. */
struct rule {
    const char *file; /* the path that it was read from */
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
    struct rule_list fields;
    struct rule_detection detection;
    struct document document; /* owned */
};

/* A Sigma Filter, an exception to rules: a match where it does not hold is suppressed. */
struct rule_filter {
    const char *file;
    const char *id;
    const char *title;
    struct rule_list rules; /* the ids that it applies to */
    struct rule_detection detection;
    struct document document; /* owned */
};

/* What evaluating needs, reserved once. Not for two threads at a time. */
struct evaluation {
    const struct event *event;
    char *object;        /* owned: room for the JSON text of an object */
    size_t object_size;  /* bytes */
    size_t comparisons;  /* that fieldref has made for this detection */
    const char *problem; /* "" while all goes well */
};

/*
 * Reserves memory for events of up to event_max bytes. Fails with Function.RulesInvalid when there
 * is none. evaluation_done() accepts a zeroed struct.
 */
LAMBDA_MUST_CHECK bool evaluation_init(struct evaluation *evaluation, size_t event_max,
                                       struct lambda_error *err);
void evaluation_done(struct evaluation *evaluation);

/*
 * Decides whether the detection holds for an event. Allocates nothing but what a regular expression
 * may use within its bound. Fails with Function.RuleLimit when that bound or the one of fieldref is
 * reached: then nothing is known.
 */
LAMBDA_MUST_CHECK bool rule_decide(const struct rule_detection *detection,
                                   struct evaluation *evaluation, const struct event *event,
                                   bool *holds, struct lambda_error *err);

/* The same for one node and what is below it: for explanations. */
LAMBDA_MUST_CHECK bool rule_node_decide(const struct rule_node *node, struct evaluation *evaluation,
                                        const struct event *event, bool *holds,
                                        struct lambda_error *err);

void rule_detection_done(struct rule_detection *detection);

/* Both accept a zeroed struct. */
void rule_done(struct rule *rule);
void rule_filter_done(struct rule_filter *filter);

#endif
