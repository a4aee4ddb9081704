/* A response in pieces, over a function URL of the invoke mode RESPONSE_STREAM. */
#include <lambda/stream.h>
#include <threads.h>

static bool count_down(const struct lambda_invocation *invocation, struct lambda_buffer *response,
                       struct lambda_error *err, void *user)
{
    static const struct lambda_stream_header headers[] = {
        {"Content-Type", "text/plain; charset=utf-8"}, {0}};
    static const struct timespec pause = {.tv_nsec = 100000000};
    (void)user;
    lambda_stream_prelude(invocation, response,
                          &(struct lambda_stream_head){.status = 200, .headers = headers});
    for (int i = 3; i > 0; i--) {
        lambda_buffer_format(response, "%d\n", i);
        if (!lambda_stream_send(invocation, response, err))
            return false;
        thrd_sleep(&pause, NULL);
    }
    if (invocation->event_len <= 2)
        return lambda_fail(err, "Function.EventEmpty", "There is nothing to lift off.");
    lambda_buffer_add_string(response, "lift-off\n");
    return true;
}

int main(void)
{
    return lambda_run(count_down, NULL);
}
