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
 * Writes `OUTCOME [level]: what in ACCOUNT (NAME) by ROLE/ACTOR` in printable ASCII, never empty;
 * any other character is '?'. Where it is too long, first the role gives way, then the actor is cut
 * or left out, then the account's name is left out.
 */
void subject_write(const struct alert *alert, char subject[SUBJECT_MAX]);

#endif
