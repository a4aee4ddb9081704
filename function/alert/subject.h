/*
 * subject.h - an alert in one line: the subject of an e-mail, the message of a finding.
 *
 * Source: SNS API Reference, Publish: text without line breaks or controls, less than 100
 * characters.
 */
#ifndef SUBJECT_H
#define SUBJECT_H

#include "alert/alert.h"

enum { SUBJECT_MAX = 100 }; /* bytes with the NUL */

/*
 * Writes `OUTCOME [level]: what in ACCOUNT by ROLE/NAME` in printable ASCII, never empty; any other
 * character is '?'. The actor gives way first: without the role, then cut, then left out.
 */
void subject_write(const struct alert *alert, char subject[SUBJECT_MAX]);

#endif
