/*
 * parse.h - a Sigma file, read as YAML, to a compiled rule or filter.
 *
 * A rule has a title, an id (UUID), a logsource with product aws and service cloudtrail, and a
 * detection. It may have a level, author, status, description, date and license, and the lists
 * tags, references, falsepositives and fields. A filter has a title, a logsource that is not
 * narrower, and under filter the ids of rules, a selection and the condition `not selection`; it
 * may have an id. Other keys are ignored, as the specification allows.
 *
 * Sources: Sigma specification 2.1.0, "Sigma Rules Specification" and "Sigma Filters
 * Specification".
 */
#ifndef PARSE_H
#define PARSE_H

#include "sigma/rule.h"
#include <lambda/buffer.h>
#include <lambda/error.h>

/* What stands for a level and an author that a rule does not name. */
#define PARSE_NO_LEVEL "unrated"
#define PARSE_NO_AUTHOR "an author that the rule does not name"

bool parse_is_filter(const struct document *document);

/*
 * Both compile a document, which becomes theirs in any case. A line for each warning goes to
 * warnings, which may be NULL. They fail with Function.RulesInvalid and a message that begins
 * "file:line: ". On success the caller owns the result: rule_done(), rule_filter_done().
 */
LAMBDA_MUST_CHECK bool parse_rule(struct rule *rule, struct document *document,
                                  struct lambda_buffer *warnings, struct lambda_error *err);
LAMBDA_MUST_CHECK bool parse_filter(struct rule_filter *filter, struct document *document,
                                    struct lambda_buffer *warnings, struct lambda_error *err);

#endif
