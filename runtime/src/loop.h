/*
 * loop.h - a worker, which takes one event after the other, and the life of a process around it.
 *
 * Private to the library.
 */
#ifndef LAMBDA_LOOP_H
#define LAMBDA_LOOP_H

#include "client.h"
#include "stop.h"

struct lambda_worker {
    const struct lambda_options *options;
    struct lambda_client *client;
    const struct lambda_stop *stop; /* all workers have the same */
    struct lambda_buffer response;
    struct lambda_buffer trace; /* _X_AMZN_TRACE_ID=... */
    bool alone;                 /* it may change the environment */
    void *user;                 /* the handler's */
};

/* Opens a connection, logs why if it cannot. On false there is nothing to free. */
bool lambda_worker_init(struct lambda_worker *worker, const struct lambda_options *options,
                        const struct lambda_stop *stop);

/* Only after a true lambda_worker_init(). */
void lambda_worker_done(struct lambda_worker *worker);

/* worker_start, events until there are no more, worker_end. Returns the exit status. */
int lambda_worker_run(struct lambda_worker *worker);

/* Logs what the Runtime API said, and returns what to do. */
enum lambda_action lambda_report(const struct lambda_logger *logger, struct lambda_verdict verdict);

void lambda_log_error(const struct lambda_logger *logger, enum lambda_log_level level,
                      const struct lambda_error *err);

/* Logs the error, tells Lambda in this step, and returns EXIT_FAILURE. */
typedef struct lambda_verdict lambda_fail_step(struct lambda_client *client,
                                               const struct lambda_error *err);
int lambda_give_up(struct lambda_client *client, lambda_fail_step *step,
                   const struct lambda_error *err);

/* What $AWS_LAMBDA_MAX_CONCURRENCY says; 1 where that is not a number from 1 to 1600. */
size_t lambda_concurrency(void);

/*
 * workers.c: runs this worker, and, where options->concurrent, others beside it on threads of their
 * own. Returns when all have ended.
 */
int lambda_workers_run(struct lambda_worker *first);

#endif
