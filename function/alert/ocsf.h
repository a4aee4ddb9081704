/*
 * ocsf.h - an alert as an OCSF Detection Finding, for machines.
 *
 * Source: Open Cybersecurity Schema Framework 1.5.0, class detection_finding (2004), profile cloud.
 */
#ifndef OCSF_H
#define OCSF_H

#include "alert/alert.h"
#include <lambda/buffer.h>
#include <stdbool.h>

/*
 * Appends one JSON object on one line. with_event puts the event, as it came and made safe, into
 * raw_data. unmapped.truncated tells that it is not there, or that texts were cut. Members that the
 * record or the rule does not have are left out.
 */
void ocsf_write(const struct alert *alert, bool with_event, struct lambda_buffer *json);

#endif
