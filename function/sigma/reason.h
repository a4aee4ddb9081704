/*
 * reason.h - why a detection holds.
 */
#ifndef REASON_H
#define REASON_H

#include "sigma/rule.h"

/* Takes one node, which is lent for the call. */
typedef void reason_taker(const struct rule_node *node, void *arg);

/*
 * Of a detection that holds for the event: gives every leaf that holds and helps the whole to
 * hold, in the order of the rule. What stands under a `not` is left out, and so is what cannot be
 * decided. A detection of no nodes gives nothing.
 */
void reason_list(const struct rule_detection *detection, struct evaluation *evaluation,
                 const struct event *event, reason_taker *take, void *arg);

#endif
