/*
 * pattern.h - rules to the EventBridge pattern that cannot miss them.
 *
 * The pattern is the union of what the rules need: their event sources and event names, without
 * regard to case like the rules themselves, under the source and detail-type that EventBridge gives
 * such events. What a pattern cannot express is left open, so that it lets more through than the
 * rules match, never less; the function decides. Filters do not narrow it.
 *
 * CloudTrail writes eventSource and eventName as texts; a pattern finds texts only.
 *
 * Source: EventBridge User Guide, "Comparison operators for use in event patterns".
 */
#ifndef PATTERN_H
#define PATTERN_H

#include "sigma/rules.h"
#include <lambda/buffer.h>

enum { PATTERN_MAX = 2048 }; /* characters that EventBridge takes */

/*
 * Appends the pattern as JSON on one line, of PATTERN_MAX characters at most: where it would be
 * longer, the event names, and if need be the sources, are left open. A line for each thing left
 * open goes to notes.
 */
void pattern_write(const struct rules *rules, struct lambda_buffer *json,
                   struct lambda_buffer *notes);

#endif
