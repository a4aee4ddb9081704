/* An error with a type of its own, which an alarm or a state machine can tell from others. */
#include <lambda/runtime.h>

enum { TIME_NEEDED_MS = 500 };

static bool handle(const struct lambda_invocation *invocation, struct lambda_buffer *response,
                   struct lambda_error *err, void *user)
{
    (void)user;
    if (invocation->event_len <= 2)
        return lambda_fail(err, "Function.EventEmpty", "There is nothing in event %s: send %s.",
                           invocation->request_id, "an object with members");
    if (lambda_remaining_ms(invocation) < TIME_NEEDED_MS)
        return lambda_fail(err, "Function.TooLittleTime", "Give the function %d ms at least.",
                           TIME_NEEDED_MS);
    lambda_log(
        invocation->logger, LAMBDA_LOG_INFO, "all is well",
        (struct lambda_log_field[]){{"bytes", .number = (int64_t)invocation->event_len}, {0}});
    lambda_buffer_add_string(response, "\"well\"");
    return true;
}

int main(void)
{
    return lambda_run(handle, NULL);
}
