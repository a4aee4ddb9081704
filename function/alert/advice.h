/*
 * advice.h - what the reader of an alert should do now, step by step.
 *
 * Source: AWS CLI Command Reference, account, cloudtrail and organizations; Organizations User
 * Guide, "Service control policies".
 */
#ifndef ADVICE_H
#define ADVICE_H

#include "alert/alert.h"

enum { ADVICE_COMMAND_MAX = 512 }; /* bytes with the NUL */

/* Stands in words for the actor, whom each renderer quotes in its own manner. */
#define ADVICE_ACTOR "{actor}"

struct advice {
    const char *words;                /* a sentence; holds ADVICE_ACTOR at most once */
    char command[ADVICE_COMMAND_MAX]; /* for a shell; "" where there is none */
};

/*
 * Gives the steps that make sense for the alert, one a call: *place is 0 at first. False: there are
 * no more.
 *
 * A value of the event enters a command only if it has the form of what stands there; else a word
 * in capitals does. So nothing needs quoting. A command of several lines can be pasted as it is.
 */
bool advice_next(const struct alert *alert, size_t *place, struct advice *advice);

#endif
