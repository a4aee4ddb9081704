/* A worker with something of its own, and a last word before Lambda ends the process. */
#include <lambda/json.h>
#include <lambda/runtime.h>
#include <stdio.h>
#include <stdlib.h>

struct counter {
    int64_t events;
};

static bool start(void *user, void **worker, struct lambda_error *err)
{
    (void)user;
    *worker = calloc(1, sizeof(struct counter));
    return *worker || lambda_fail(err, "Function.OutOfMemory", "There is no memory to count in.");
}

static bool count(const struct lambda_invocation *invocation, struct lambda_buffer *response,
                  struct lambda_error *err, void *worker)
{
    struct counter *counter = worker;
    (void)invocation, (void)err;
    lambda_json_number(response, NULL, ++counter->events);
    return true;
}

static void say_goodbye(void *user)
{
    (void)user;
    puts("goodbye");
    fflush(stdout);
}

int main(void)
{
    return lambda_run_with(&(struct lambda_options){
        .handler = count, .worker_start = start, .worker_end = free, .shutdown = say_goodbye});
}
