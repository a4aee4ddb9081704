/*
 * lambda/client.h - the Runtime API in single steps, for a program that has a loop of its own.
 *
 *     struct lambda_client *client = lambda_client_new(NULL, &err);
 *     struct lambda_invocation invocation;
 *     while (client && lambda_client_next(client, -1, &invocation).action == LAMBDA_GO_ON)
 *         lambda_client_respond(client, &invocation, &response);
 *     lambda_client_free(client);
 *
 * lambda_run() is made of these steps. Unlike it they write no log, touch neither signals nor
 * _X_AMZN_TRACE_ID, try nothing twice and call nobody back. A client belongs to one thread at a
 * time; two clients have nothing in common.
 *
 * Source: AWS Lambda Developer Guide, "Using the Lambda runtime API for custom runtimes".
 */
#ifndef LAMBDA_CLIENT_H
#define LAMBDA_CLIENT_H

#include <lambda/runtime.h>

#ifdef __cplusplus
extern "C" {
#endif

struct lambda_client; /* one connection to the Runtime API */

enum lambda_action {
    LAMBDA_GO_ON,  /* handle the event; or take the next one */
    LAMBDA_REFUSE, /* the event is longer than LAMBDA_EVENT_MAX: give it an error */
    LAMBDA_RETRY,  /* ask again, after a while and not for ever */
    LAMBDA_STOP,   /* stop_fd was readable */
    LAMBDA_EXIT,   /* the process must end as a failure */
};

/* What came of a step. */
struct lambda_verdict {
    enum lambda_action action;
    enum lambda_log_level level;
    const char *meaning; /* for a person; a constant */
    int status;          /* HTTP; 0 if there was no answer */
    const char *detail;  /* what the API said, or what broke; "" if nothing; until the next step */
};

/*
 * Sends nothing yet. endpoint is an IPv4 address, or localhost, with :port, borrowed as long as the
 * client lives; NULL stands for $AWS_LAMBDA_RUNTIME_API. NULL on failure.
 */
LAMBDA_MUST_CHECK struct lambda_client *lambda_client_new(const char *endpoint,
                                                          struct lambda_error *err);

/* Accepts NULL. */
void lambda_client_free(struct lambda_client *client);

/*
 * Waits for an event, or until stop_fd (-1 for none) is readable. Where the action is LAMBDA_GO_ON
 * or LAMBDA_REFUSE, invocation is set: the event lasts until the next step, all else until the next
 * call of this.
 */
struct lambda_verdict lambda_client_next(struct lambda_client *client, int stop_fd,
                                         struct lambda_invocation *invocation);

/*
 * Answers an invocation: JSON of at most LAMBDA_RESPONSE_MAX bytes, or an error. A response that
 * lambda/stream.h has begun is ended by the last piece or the error; one that is not is broken off.
 */
struct lambda_verdict lambda_client_respond(struct lambda_client *client,
                                            const struct lambda_invocation *invocation,
                                            const struct lambda_buffer *response);
struct lambda_verdict lambda_client_fail(struct lambda_client *client,
                                         const struct lambda_invocation *invocation,
                                         const struct lambda_error *err);

/* Tells Lambda that the process could not initialise. Only before the first event is asked for. */
struct lambda_verdict lambda_client_fail_init(struct lambda_client *client,
                                              const struct lambda_error *err);

/*
 * Lets Lambda take a snapshot of the process, and returns in each process that is restored from it,
 * without the connection that was there before. For SnapStart ($AWS_LAMBDA_INITIALIZATION_TYPE is
 * snap-start), and before the first event is asked for. stop_fd as above.
 */
struct lambda_verdict lambda_client_restore(struct lambda_client *client, int stop_fd);

/* Tells Lambda that a restored process is of no use. Only before the first event is asked for. */
struct lambda_verdict lambda_client_fail_restore(struct lambda_client *client,
                                                 const struct lambda_error *err);

#ifdef __cplusplus
}
#endif

#endif
