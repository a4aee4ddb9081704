/* session.h - one run of the library against a scripted Runtime API, and what came of it. */
#ifndef SESSION_H
#define SESSION_H

#include "scripted_api.h"

#include <lambda/runtime.h>

struct session {
    int status; /* what lambda_run_with() or lambda_init_failed() returned */
    struct scripted_api api;
    struct lambda_buffer log; /* standard error */
    int64_t elapsed_ms;
};

/* lambda_run(handler, user), or lambda_init_failed(user) if handler is NULL. */
void session_run(struct session *session, const struct scripted_turn *turns, size_t count,
                 lambda_handler *handler, void *user);

/* lambda_run_with(options). */
void session_run_with(struct session *session, const struct scripted_turn *turns, size_t count,
                      const struct lambda_options *options);

void session_done(struct session *session);

/* Asserts that request number i (from 0) has this verb and path below /2018-06-01/runtime. */
void session_assert_request(const struct session *session, size_t i, const char *verb,
                            const char *path);

/* The value of a header of request number i; NULL if it was not sent. Until the next call. */
const char *session_header(const struct session *session, size_t i, const char *name);

/* How many lines of the log hold this text. */
size_t session_log_count(const struct session *session, const char *text);

/* A handler that answers with the event. */
bool session_echo(const struct lambda_invocation *invocation, struct lambda_buffer *response,
                  struct lambda_error *err, void *user);

/* A handler that fails as the lambda_error that user points to. */
bool session_fail(const struct lambda_invocation *invocation, struct lambda_buffer *response,
                  struct lambda_error *err, void *user);

#endif
