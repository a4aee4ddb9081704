/* witness.h - a handler that keeps a copy of what it was given. */
#ifndef WITNESS_H
#define WITNESS_H

#include "session.h"

/* What the last call saw, copied. */
extern struct seen {
    int calls;
    struct lambda_buffer event, request_id, invocation_id, function_arn, trace_id;
    struct lambda_buffer tenant_id, client_context, cognito_identity, content_type;
    struct lambda_buffer environment; /* _X_AMZN_TRACE_ID */
    bool environment_set;
    int64_t deadline_ms, remaining_ms;
} seen;

/* The handler. It changes the event in place, and answers {}. */
bool witness(const struct lambda_invocation *invocation, struct lambda_buffer *response,
             struct lambda_error *err, void *user);

/* One event, then the end. len is 0 for strlen(reply). */
void witness_run(struct session *session, const char *reply, size_t len);

/* Frees the copies: a teardown of cmocka. */
int witness_forget(void **state);

#define BODY "Content-Length: 2\r\n\r\n{}"

#endif
