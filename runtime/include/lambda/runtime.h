/*
 * lambda/runtime.h - an AWS Lambda custom runtime as a function call.
 *
 *     static bool echo(const struct lambda_invocation *invocation,
 *                      struct lambda_buffer *response, struct lambda_error *err, void *user)
 *     {
 *         lambda_buffer_add(response, invocation->event, invocation->event_len);
 *         return true;
 *     }
 *
 *     int main(void) { return lambda_run(echo, NULL); }
 *
 * lambda/stream.h sends a response in pieces; lambda/client.h has the same in single steps.
 *
 * Source: AWS Lambda Developer Guide, "Using the Lambda runtime API for custom runtimes",
 * version 2018-06-01.
 */
#ifndef LAMBDA_RUNTIME_H
#define LAMBDA_RUNTIME_H

#include <lambda/buffer.h>
#include <lambda/error.h>
#include <lambda/log.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define LAMBDA_RUNTIME_VERSION "0.1.0"

/* Bytes: the largest response that Lambda takes (6 MiB + 100 B), and the largest event read. */
enum { LAMBDA_RESPONSE_MAX = 6291556, LAMBDA_EVENT_MAX = 8388608 };

/*
 * One invocation. Everything is lent to the handler until it returns. Strings are bytes as Lambda
 * sent them, perhaps not UTF-8; never NULL, "" where the header did not come.
 */
struct lambda_invocation {
    char *event; /* followed by a NUL that is not counted; the handler may change it in place */
    size_t event_len;             /* bytes */
    const char *request_id;       /* the same for every retry of one asynchronous event */
    const char *invocation_id;    /* one attempt; echoed by the runtime; "" from older services */
    const char *function_arn;     /* with the alias or version that was invoked */
    const char *trace_id;         /* X-Ray; also in _X_AMZN_TRACE_ID while the handler runs */
    const char *tenant_id;        /* of a function with tenant isolation */
    const char *client_context;   /* JSON, from the mobile SDKs or whoever invoked */
    const char *cognito_identity; /* JSON: cognitoIdentityId, cognitoIdentityPoolId */
    const char *content_type;     /* of the event; whatever the caller sent */
    int64_t deadline_ms; /* Unix time at which Lambda ends the process; INT64_MAX if unknown */
    const struct lambda_logger *logger; /* writes requestId and tenantId on every line */
    struct lambda_client *client; /* for lambda/stream.h; NULL where a test calls the handler */
};

/* Milliseconds until the deadline: 0 once it has passed, INT64_MAX if it is unknown. */
int64_t lambda_remaining_ms(const struct lambda_invocation *invocation);

/*
 * Handles one invocation. True: response (empty at the call, at most LAMBDA_RESPONSE_MAX bytes,
 * JSON) is posted. False: err is posted, and Lambda counts the invocation as failed. A response
 * that overflowed is posted as the error Runtime.ResponseTooLarge, one for which memory ran out as
 * Runtime.OutOfMemory.
 */
typedef bool lambda_handler(const struct lambda_invocation *invocation,
                            struct lambda_buffer *response, struct lambda_error *err, void *user);

/*
 * Takes invocations from the Runtime API at $AWS_LAMBDA_RUNTIME_API one after the other, on one
 * connection, and gives each to the handler. Returns the exit status for main():
 *   EXIT_SUCCESS  after SIGTERM: at once while waiting, else when the handler is done and its
 *                 answer posted;
 *   EXIT_FAILURE  when the Runtime API is missing, says that this process must end, or cannot be
 *                 reached, or when a hook fails; a line at FATAL says which. Lambda then starts a
 *                 new process.
 * user is passed through untouched. One call at a time in a process: while it runs, SIGTERM and the
 * variable _X_AMZN_TRACE_ID are its own. It never ends the process, and prints only the log.
 */
int lambda_run(lambda_handler *handler, void *user);

/*
 * What else can be asked for; what is left out is not done. A hook that fails without setting err
 * is reported as Function.Unknown.
 */
struct lambda_options {
    lambda_handler *handler;
    void *user;
    const char *endpoint; /* as for lambda_client_new() */

    /*
     * For Lambda Managed Instances, where several events come to one process at once: there are
     * $AWS_LAMBDA_MAX_CONCURRENCY workers, each with a thread and a connection of its own, which
     * call the handler, so it must be safe for that. A worker that loses its connection ends and
     * the others go on; EXIT_FAILURE is returned when none is left. SIGTERM ends them all. The
     * trace id is not put into _X_AMZN_TRACE_ID, which they would share.
     *
     * Where this is false a handler is never called twice at once, and a variable above 1 makes a
     * line at WARN. Where the variable is not above 1 there is one worker, without a new thread.
     */
    bool concurrent;

    /* Once, before the first event. False: err is reported as by lambda_init_failed(). */
    bool (*init)(void *user, struct lambda_error *err);

    /*
     * SnapStart: after init, Lambda takes a snapshot of the process, and others start from it. The
     * first hook closes what cannot be in it, such as connections. The second is called in each
     * process that was restored: it opens them again, reads credentials and draws random numbers
     * anew. The library's own connection is made anew as well. False: err is reported, by default
     * as Runtime.BeforeSnapshotError or Runtime.AfterRestoreError, and the process ends. They are
     * called only where $AWS_LAMBDA_INITIALIZATION_TYPE is snap-start.
     */
    bool (*before_snapshot)(void *user, struct lambda_error *err);
    bool (*after_restore)(void *user, struct lambda_error *err);

    /*
     * Once for each worker, on its thread, before its first event and after a restore: *worker is
     * what the handler gets in the place of user. False is as for init; where there are others they
     * go on, if Lambda lets them. worker_end gives it back after the last event.
     */
    bool (*worker_start)(void *user, void **worker, struct lambda_error *err);
    void (*worker_end)(void *worker);

    /*
     * Once, after the last event, if init did not fail. Lambda sends SIGTERM only to a function
     * with an extension: where there is this hook, the library registers one, which costs two
     * requests before the first event. From SIGTERM to SIGKILL there are some 300 ms.
     */
    void (*shutdown)(void *user);
};

/* lambda_run() with these options. They are borrowed until it returns. */
int lambda_run_with(const struct lambda_options *options);

/*
 * Tells Lambda that this process could not initialise (POST /runtime/init/error), logs the error at
 * FATAL, and returns EXIT_FAILURE, for main() to return. Only before lambda_run().
 */
int lambda_init_failed(const struct lambda_error *err);

#ifdef __cplusplus
}
#endif

#endif
