/*
 * field.h - one field of a selection: its modifiers and values to tests.
 *
 * Source: Sigma specification 2.1.0, "Sigma Modifiers".
 */
#ifndef FIELD_H
#define FIELD_H

#include "sigma/tree.h"
#include <lambda/error.h>
#include <stdbool.h>
#include <stddef.h>

/* One detection on its way to a tree. */
struct compiler {
    const char *file;
    struct lambda_error *err;
    struct rule_detection *out;
    size_t
        memory_used; /* bytes of out->memory, which holds all that the document could put there */
    char problem[REGEX_PROBLEM_MAX]; /* of the last regular expression */
};

/* Appends a member of a map, or a text that is looked for in the whole record. */
LAMBDA_MUST_CHECK bool field_add(struct compiler *compiler, const struct node *node,
                                 struct tree *tree);
LAMBDA_MUST_CHECK bool field_add_keyword(struct compiler *compiler, const struct node *value,
                                         struct tree *tree);

/* Fails with "file:line: subject: reason". */
bool field_refuse(const struct compiler *compiler, const struct node *node, const char *subject,
                  const char *reason);

#endif
