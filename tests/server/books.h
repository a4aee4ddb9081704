/*
 * books.h - what became of every event: when it was sent, accepted as an alert, and answered.
 *
 * The events are numbered from 0. Each is the same text with an eventID of its own, whose last
 * twelve digits are the number, so that an alert tells which event it is for. All functions may be
 * called from any thread.
 */
#ifndef BOOKS_H
#define BOOKS_H

#include "child.h"
#include "fault.h"
#include <lambda/buffer.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What every event must bring about. */
enum expectation {
    EXPECT_ALERT,   /* one accepted alert, and an answer that has matched 1 */
    EXPECT_SILENCE, /* no alert, and an answer that has matched 0 */
    EXPECT_ECHO,    /* no alert, and the event itself as the answer */
    EXPECT_NOTHING, /* the program asks for no event: it only runs */
};

struct entry { /* nanoseconds of now_ns(); 0: not yet */
    int64_t sent, accepted, answered;
    const struct fault *fault;          /* NULL: none */
    unsigned char deliveries, attempts; /* how often it was handed out; how often its alert came */
};

struct books {
    pthread_mutex_t lock;
    enum expectation expectation;
    struct child child;
    struct lambda_buffer event;
    size_t id_at; /* where in the event its eventID is */
    size_t count, sent, answered;
    bool has_faults;
    uint64_t seed;                   /* of the faults */
    size_t again;                    /* this event next, as Lambda does; SIZE_MAX: a new one */
    size_t attempts, copies, errors; /* alerts that came, that were taken; failed invocations */
    struct entry *entries;
    int64_t first_next;              /* nanoseconds of now_ns() */
    struct sample first, half, last; /* after one event, after half of them, after all */
    bool complete;
    char failure[512]; /* the first; "" as long as all is well */
};

/* False: no such file, no eventID in it, or no memory. */
bool books_open(struct books *books, enum expectation expectation, const char *event_path,
                size_t count);
void books_close(struct books *books);

/* Notes why the run is worth nothing, and ends the child. */
__attribute__((format(printf, 2, 3))) void books_fail(struct books *books, const char *format, ...);

/*
 * The child is idle and wants an event: appends the next to `event`. False: there is none left.
 * Ends the child when all have been answered.
 */
bool books_next(struct books *books, struct lambda_buffer *event, size_t *number,
                int64_t arrived_ns);

/* Event `number` is about to be sent. */
void books_send(struct books *books, size_t number);

/* An alert has come. NULL: SNS takes it, and says so; else what SNS does instead. */
const struct fault *books_attempt(struct books *books, const char *message, int64_t arrived_ns);

/* How an invocation ended: with an answer or with an error, which only a fault excuses. */
void books_answer(struct books *books, size_t number, const struct lambda_buffer *answer,
                  int64_t arrived_ns);
void books_give_up(struct books *books, size_t number, const char *error, int64_t arrived_ns);

/* What was measured, as one line of JSON (report.c). */
void books_print(const struct books *books);

#endif
