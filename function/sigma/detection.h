/*
 * detection.h - the detection of a rule or filter: YAML to tree.
 *
 * Source: Sigma specification 2.1.0, "Sigma Rules Specification", detection, and "Sigma Modifiers".
 */
#ifndef DETECTION_H
#define DETECTION_H

#include "sigma/rule.h"
#include <lambda/buffer.h>
#include <lambda/error.h>

/*
 * Compiles the map at detection, a node of the document: a condition, or a list of conditions of
 * which one must hold, and selections, which are all other members but the one named other, if it
 * is not NULL. A selection that no condition names is told in a line of warnings, which may be
 * NULL. Fails with Function.RulesInvalid and "file:line: " and the reason. On success the caller
 * owns the result: rule_detection_done().
 */
LAMBDA_MUST_CHECK bool detection_compile(struct rule_detection *compiled,
                                         const struct document *document,
                                         const struct node *detection, const char *other,
                                         struct lambda_buffer *warnings, struct lambda_error *err);

#endif
