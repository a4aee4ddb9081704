/*
 * condition.h - the condition of a detection: text to tree.
 *
 * Weakest first: or, and, not, `1 of` and `all of`, parentheses. After of stands `them`, which is
 * every selection whose name does not begin with an underscore, or a name in which * is any text.
 *
 * Source: Sigma specification 2.1.0, "Sigma Rules Specification", condition.
 */
#ifndef CONDITION_H
#define CONDITION_H

#include "sigma/tree.h"
#include <stdbool.h>
#include <stddef.h>

enum { CONDITION_DEPTH_MAX = 64, CONDITION_PROBLEM_MAX = 256 }; /* brackets and nots; bytes */

struct selection {
    const char *name;
    size_t line;
    bool is_used; /* a condition names it */
    struct tree tree;
};

/*
 * Appends the tree of the condition. False: problem says why, for a person.
 */
bool condition_compile(const char *condition, struct selection *selections, size_t count,
                       struct tree *tree, char problem[CONDITION_PROBLEM_MAX]);

#endif
