/*
 * child.h - the program under test as a process, and what it has cost so far.
 */
#ifndef CHILD_H
#define CHILD_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct child {
    pid_t pid;
    int64_t started_ns; /* just before it was made */
    int64_t ended_ns;
    int64_t total_cpu_us; /* of its whole life and of its own children, once it has ended */
    int status;           /* as wait() tells */
    bool told_to_end;
    bool gone;
    pthread_mutex_t lock; /* of pid and of the last two */
};

/* A running child at one moment. */
struct sample {
    int64_t cpu_us; /* user and system, all threads */
    long resident_kib;
    long peak_kib;    /* of resident_kib so far */
    long descriptors; /* that are open; -1: they cannot be seen */
};

/* Runs argv with this environment; its standard output goes to our standard error. */
bool child_start(struct child *child, char *const argv[], char *const environment[]);

struct sample child_sample(struct child *child);

/* SIGTERM, from any thread, at any time. */
void child_end(struct child *child);

/* Waits until the child has ended; kills it after so many seconds. */
void child_wait(struct child *child, unsigned timeout_s);

/* It exited with 0, or because we told it to. */
bool child_ended_well(const struct child *child);

#endif
