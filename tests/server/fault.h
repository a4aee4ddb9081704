/*
 * fault.h - what can go wrong with the alert of an event: how SNS answers, and what must follow.
 *
 * The functions take NULL for an event without a fault.
 */
#ifndef FAULT_H
#define FAULT_H

#include "wire.h"

struct fault {
    const char *name;
    unsigned spoiled;   /* attempts that are answered with it: the first ones */
    unsigned failures;  /* invocations that end as an error; after three Lambda parks the event */
    bool is_taken;      /* SNS has the alert all the same */
    bool is_twice;      /* Lambda delivers the event once more */
    const char *status; /* of a whole answer; NULL: only body is sent */
    const char *body;
    enum { FAULT_KEEP, FAULT_CLOSE, FAULT_RESET } then; /* what becomes of the connection */
};

/* For nine events in ten NULL. The same number and seed draw the same. */
const struct fault *fault_draw(uint64_t seed, size_t number);

/* How many attempts are spoiled, and are made at all; how many invocations fail, and there are. */
unsigned fault_spoiled(const struct fault *fault);
unsigned fault_attempts(const struct fault *fault);
unsigned fault_failures(const struct fault *fault);
unsigned fault_deliveries(const struct fault *fault);

/* Whether that delivery, counted from 1, is of an event that was answered before. */
bool fault_is_copy(const struct fault *fault, unsigned delivery);

/* Answers a request with the fault, as an answer_function does. */
bool fault_make(const struct fault *fault, struct connection *connection);

/* The one after this, of all that there are; NULL begins and ends. */
const struct fault *fault_next(const struct fault *fault);

#endif
