/*
 * rules.h - the folder of rules and filters that is deployed.
 *
 * What it costs, in instructions, as `make bench-rules` counts them: loading the deployed rule 0.27
 * million, loading 60 such rules 17 million; deciding an event that matches 1,900 a rule.
 */
#ifndef RULES_H
#define RULES_H

#include "sigma/rule.h"
#include <lambda/buffer.h>
#include <lambda/error.h>

enum { RULES_MAX = 1024, RULE_FILE_MAX = 65536 }; /* files in the folder; bytes of a file */

struct rules {
    struct rule *items; /* owned, in the order of the file names; so are the next two */
    size_t count;
    struct rule_filter *filters;
    size_t filter_count;
    struct evaluation evaluation;
};

/* Takes one path, which is lent for the call; false ends the listing. */
typedef bool rules_file_taker(const char *file, void *arg);

/*
 * Gives a file, or of a folder every file whose name ends in .yml or .yaml, in the order of their
 * names. Fails with Function.RulesInvalid when the path cannot be read. True also where the taker
 * ended it.
 */
LAMBDA_MUST_CHECK bool rules_list(const char *path, rules_file_taker *take, void *arg,
                                  struct lambda_error *err);

/*
 * Adds a file, or those of a folder as rules_list() gives them. A line for each warning goes to
 * warnings, which may be NULL. Fails with Function.RulesInvalid when a path cannot be read, and
 * when a file is not a rule or filter that can be honoured: nothing is ever skipped.
 */
LAMBDA_MUST_CHECK bool rules_add(struct rules *rules, const char *path,
                                 struct lambda_buffer *warnings, struct lambda_error *err);

/*
 * Checks what concerns all files together, and reserves memory to decide with. Fails with
 * Function.RulesInvalid when there is no rule, when two have one id, and when a filter names a rule
 * that is not there.
 */
LAMBDA_MUST_CHECK bool rules_check(struct rules *rules, struct lambda_error *err);

/* Both for one folder, into a new set of rules. Call rules_done() in either case. */
LAMBDA_MUST_CHECK bool rules_load(struct rules *rules, const char *folder,
                                  struct lambda_buffer *warnings, struct lambda_error *err);

/* Frees the rules. Accepts a zeroed struct. */
void rules_done(struct rules *rules);

/*
 * Decides whether one of the rules holds for an event: sets matches, and the first filter that
 * suppresses the match, or NULL. Fails with Function.RuleLimit; see rule_decide().
 */
LAMBDA_MUST_CHECK bool rules_decide(struct rules *rules, const struct rule *rule,
                                    const struct event *event, bool *matches,
                                    const struct rule_filter **suppressed_by,
                                    struct lambda_error *err);

#endif
