/*
 * tree.h - a detection's tree while it grows.
 *
 * Source of the form: sigma/rule.h.
 */
#ifndef TREE_H
#define TREE_H

#include "sigma/rule.h"
#include <stdbool.h>
#include <stddef.h>

enum { TREE_NODES_MAX = 65536 }; /* of one rule, with each selection counted where it is named */

struct tree {
    struct rule_node *nodes; /* owned */
    size_t count;
    size_t capacity;
    bool failed; /* latched: more than TREE_NODES_MAX nodes, or no memory */
};

/*
 * Appends a node, without children so far; a node of a test with children is closed by
 * tree_close().
 */
void tree_add(struct tree *tree, const struct rule_node *node);

/* Appends a node for children that follow. */
void tree_open(struct tree *tree, enum rule_test test);

/* Puts a node of that test before the one at place, which with all behind it becomes its child. */
void tree_wrap(struct tree *tree, size_t place, enum rule_test test);

/* Ends the node at place: all behind it is below it. */
void tree_close(struct tree *tree, size_t place);

/* Appends a copy of another tree. */
void tree_append(struct tree *tree, const struct tree *other);

/* Accepts a zeroed struct. */
void tree_done(struct tree *tree);

#endif
