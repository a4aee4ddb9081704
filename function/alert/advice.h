/*
 * advice.h - what the reader of an alert should do now, step by step.
 *
 * Source: AWS CLI Command Reference, account, cloudtrail and organizations; Organizations User
 * Guide, "Service control policies"; Account Management API Reference, DisableRegion.
 */
#ifndef ADVICE_H
#define ADVICE_H

#include "alert/alert.h"

enum { ADVICE_TEXT_MAX = 512 }; /* bytes with the NUL */

struct advice {
    char before[ADVICE_TEXT_MAX]; /* the words up to the actor's name, or all of them */
    const char *actor; /* for the renderer to quote; "" where the step names none; borrowed */
    char after[ADVICE_TEXT_MAX];   /* the words behind it */
    char command[ADVICE_TEXT_MAX]; /* for a shell; "" where there is none */
    size_t next;                   /* private: the step that is looked at next */
    int conditions;                /* private: those that the alert meets */
    char in_account[64];           /* private: ", in account 111122223333", or "" */
    char for_account[64];          /* private: the same for the AWS CLI, where it is another's */
};

/*
 * Gives the steps that make sense for the alert, one a call; advice is zeroed at first. False:
 * there are no more.
 *
 * A value of the event enters words or a command only if it has the form of what stands there. So
 * nothing needs quoting. A command of several lines can be pasted as it is.
 */
bool advice_next(const struct alert *alert, struct advice *advice);

#endif
