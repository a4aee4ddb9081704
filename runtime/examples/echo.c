/* The event is the response. */
#include <lambda/runtime.h>

static bool echo(const struct lambda_invocation *invocation, struct lambda_buffer *response,
                 struct lambda_error *err, void *user)
{
    (void)err, (void)user;
    lambda_buffer_add(response, invocation->event, invocation->event_len);
    return true;
}

int main(void)
{
    return lambda_run(echo, NULL);
}
