#include "witness.h"

#include "test.h"

struct seen seen;

static void copy(struct lambda_buffer *into, const char *bytes, size_t len)
{
    lambda_buffer_done(into);
    lambda_buffer_init(into, SIZE_MAX);
    lambda_buffer_add(into, bytes, len);
}

bool witness(const struct lambda_invocation *invocation, struct lambda_buffer *response,
             struct lambda_error *err, void *user)
{
    (void)err, (void)user;
    const char *environment = getenv("_X_AMZN_TRACE_ID");
    assert_int_equal(response->len, 0);
    assert_int_equal(invocation->event[invocation->event_len], '\0');
    seen.calls++;
    copy(&seen.event, invocation->event, invocation->event_len);
    copy(&seen.request_id, invocation->request_id, strlen(invocation->request_id));
    copy(&seen.invocation_id, invocation->invocation_id, strlen(invocation->invocation_id));
    copy(&seen.function_arn, invocation->function_arn, strlen(invocation->function_arn));
    copy(&seen.trace_id, invocation->trace_id, strlen(invocation->trace_id));
    copy(&seen.tenant_id, invocation->tenant_id, strlen(invocation->tenant_id));
    copy(&seen.client_context, invocation->client_context, strlen(invocation->client_context));
    copy(&seen.cognito_identity, invocation->cognito_identity,
         strlen(invocation->cognito_identity));
    copy(&seen.content_type, invocation->content_type, strlen(invocation->content_type));
    seen.environment_set = environment != NULL;
    copy(&seen.environment, environment, environment ? strlen(environment) : 0);
    seen.deadline_ms = invocation->deadline_ms;
    seen.remaining_ms = lambda_remaining_ms(invocation);
    if (invocation->event_len > 0)
        invocation->event[0] = '!'; /* it may be changed in place */
    lambda_buffer_add_string(response, "{}");
    return true;
}

int witness_forget(void **state)
{
    (void)state;
    struct lambda_buffer *const buffers[] = {
        &seen.event,        &seen.request_id,     &seen.invocation_id,
        &seen.function_arn, &seen.trace_id,       &seen.environment,
        &seen.tenant_id,    &seen.client_context, &seen.cognito_identity,
        &seen.content_type};
    for (size_t i = 0; i < COUNT(buffers); i++)
        lambda_buffer_done(buffers[i]);
    seen = (struct seen){0};
    return 0;
}

void witness_run(struct session *session, const char *reply, size_t len)
{
    const struct scripted_turn turns[] = {{reply, .reply_len = len}, {ACCEPTED}, {LAST}};
    session_run(session, turns, COUNT(turns), witness, NULL);
    assert_int_equal(session->status, EXIT_FAILURE);
}
