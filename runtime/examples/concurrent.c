/*
 * Several events at once, on Lambda Managed Instances: waits as many milliseconds as the event
 * says, and answers how many were waiting then. What the workers share must be safe for threads.
 */
#include <lambda/json.h>
#include <lambda/runtime.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <threads.h>

enum { WAIT_MAX_MS = 10000 };

static bool wait_for(const struct lambda_invocation *invocation, struct lambda_buffer *response,
                     struct lambda_error *err, void *user)
{
    atomic_int *waiting = user;
    long ms = strtol(invocation->event, NULL, 10);
    if (ms < 0 || ms > WAIT_MAX_MS)
        return lambda_fail(err, "Function.WaitTooLong", "Send a number from 0 to %d.", WAIT_MAX_MS);
    atomic_fetch_add(waiting, 1);
    thrd_sleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
    lambda_json_number(response, NULL, atomic_fetch_sub(waiting, 1));
    return true;
}

int main(void)
{
    atomic_int waiting = 0;
    return lambda_run_with(
        &(struct lambda_options){.handler = wait_for, .user = &waiting, .concurrent = true});
}
