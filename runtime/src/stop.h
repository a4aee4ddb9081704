/*
 * stop.h - SIGTERM as something that a loop can wait for.
 *
 * Private to the library. One at a time: the signal handler has to find it.
 */
#ifndef LAMBDA_STOP_H
#define LAMBDA_STOP_H

#include <signal.h>
#include <stdbool.h>

struct lambda_stop {
    int fd; /* becomes readable when SIGTERM comes, and stays so */
    struct sigaction previous;
};

/* Takes SIGTERM over from whoever had it. On false nothing has changed. */
bool lambda_stop_init(struct lambda_stop *stop);

/* Gives SIGTERM back. Only after a true lambda_stop_init(). */
void lambda_stop_done(struct lambda_stop *stop);

/* Waits timeout_ms at most. True if SIGTERM has come, now or earlier. */
bool lambda_stop_wait(const struct lambda_stop *stop, int timeout_ms);

#endif
