/*
 * rules.h - the folder of rules that is deployed.
 */
#ifndef RULES_H
#define RULES_H

#include "sigma/rule.h"
#include <lambda/error.h>

enum { RULES_MAX = 1024, RULE_FILE_MAX = 65536 }; /* files in the folder; bytes of a file */

struct rules {
    struct rule *items; /* owned, in the order of the file names */
    size_t count;
};

/*
 * Loads every file of the folder whose name ends in .yml or .yaml. Fails with Function.RulesInvalid
 * when the folder cannot be read or holds none, when any file is not a rule that can be honoured,
 * and when two rules have one id: no rule is ever skipped. Call rules_done() in either case.
 */
LAMBDA_MUST_CHECK bool rules_load(struct rules *rules, const char *folder,
                                  struct lambda_error *err);

/* Frees the rules. Accepts a zeroed struct. */
void rules_done(struct rules *rules);

#endif
