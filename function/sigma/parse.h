/*
 * parse.h - Sigma YAML to a compiled rule.
 *
 * What a rule file may hold: title, id (UUID), level and author; status, description, date,
 * license; tags, references and falsepositives as lists; logsource with product aws and service
 * cloudtrail; and under detection one selection, a map of fields to plain strings that must all
 * hold, with a condition that names it. A field is a path of keys joined by dots. Anything else
 * under logsource or detection is refused, so that no rule ever decides something other than what
 * it says; other keys are ignored, as the specification allows.
 *
 * Source: Sigma specification 2.1.0, "Sigma Rules Specification".
 */
#ifndef PARSE_H
#define PARSE_H

#include "sigma/rule.h"
#include <lambda/error.h>

/*
 * Compiles the len bytes of YAML at text. file is for messages only. Fails with
 * Function.RulesInvalid and a message that begins "file:line: ". On success the caller owns the
 * rule: rule_done().
 */
LAMBDA_MUST_CHECK bool rule_parse(struct rule *rule, const char *file, const char *text, size_t len,
                                  struct lambda_error *err);

#endif
