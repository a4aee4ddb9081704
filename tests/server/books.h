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
};

struct books {
    pthread_mutex_t lock;
    enum expectation expectation;
    struct child child;
    struct lambda_buffer event;
    size_t id_at; /* where in the event its eventID is */
    size_t count, sent, answered;
    struct entry *entries;
    int64_t first_next;               /* nanoseconds of now_ns() */
    struct sample first, tenth, last; /* after one event, after a tenth of them, after all */
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

/* SNS has accepted an alert with this message. */
void books_accept(struct books *books, const char *message, int64_t arrived_ns);

void books_answer(struct books *books, size_t number, const struct lambda_buffer *answer,
                  int64_t arrived_ns);

/* What was measured, as one line of JSON. */
void books_print(const struct books *books);

#endif
