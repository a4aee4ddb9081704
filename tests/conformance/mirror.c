/*
 * mirror - a function that shows what it was given, or does what the event asks for:
 *   "fail", "odd", "long"     an error; one of a type that Lambda does not take; a long message
 *   "silent"                  no success, and no word why
 *   "exact", "large", "over"  the longest response; one byte more; the same, made to be posted
 *   "wait", "linger"          half a second of work, or four seconds
 *   "stream", "break"         a piece, and the rest or an error
 *   "flood"                   a stream that is longer than a response may be
 *   "exit"                    the end of the process
 * INIT_FAILS, BEFORE_FAILS, AFTER_FAILS or SHUTDOWN in the environment: it has a hook that fails (in
 * init, before the snapshot, after the restore) or that says goodbye. With INIT_EXITS init ends the
 * process, with WORKER_FAILS=n the first n workers cannot start.
 */
#include <lambda/json.h>
#include <lambda/stream.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { MIB = 1048576, FLOOD_MIB = 8, STATUS = 7 };

static void fill(struct lambda_buffer *response, char byte, size_t len)
{
    char *bytes = malloc(len);
    if (bytes)
        memset(bytes, byte, len);
    lambda_buffer_adopt(response, bytes, bytes ? len : 0);
}

static bool show(const struct lambda_invocation *invocation, struct lambda_buffer *json,
                 struct lambda_error *err, void *user)
{
    const char *environment = getenv("_X_AMZN_TRACE_ID");
    (void)err, (void)user;
    lambda_json_open(json, NULL, '{');
    lambda_json_bytes(json, "event", invocation->event, invocation->event_len);
    lambda_json_string(json, "request_id", invocation->request_id);
    lambda_json_string(json, "invocation_id", invocation->invocation_id);
    lambda_json_string(json, "function_arn", invocation->function_arn);
    lambda_json_string(json, "trace_id", invocation->trace_id);
    lambda_json_string(json, "tenant_id", invocation->tenant_id);
    lambda_json_string(json, "client_context", invocation->client_context);
    lambda_json_string(json, "cognito_identity", invocation->cognito_identity);
    lambda_json_string(json, "content_type", invocation->content_type);
    lambda_json_number(json, "deadline_ms", invocation->deadline_ms);
    lambda_json_string(json, "environment", environment ? environment : "");
    lambda_json_number(json, "pid", getpid());
    lambda_json_close(json, '}');
    return true;
}

static bool fail(const struct lambda_invocation *invocation, struct lambda_buffer *response,
                 struct lambda_error *err, void *user)
{
    (void)invocation, (void)response, (void)user;
    return lambda_fail(err, "Function.Asked", "It was asked to fail: caf\xC3\xA9 \"\x7F\".");
}

static bool fail_oddly(const struct lambda_invocation *invocation, struct lambda_buffer *response,
                       struct lambda_error *err, void *user)
{
    (void)invocation, (void)response, (void)user;
    return lambda_fail(err, "Function.X", "It was asked to fail oddly.");
}

/* Each of these bytes is six in JSON. */
static bool fail_at_length(const struct lambda_invocation *invocation,
                           struct lambda_buffer *response, struct lambda_error *err, void *user)
{
    (void)invocation, (void)user;
    fill(response, '\x01', LAMBDA_ERROR_MESSAGE_MAX - 1);
    return lambda_fail(err, "Function.Asked", "%s", response->data);
}

static bool fail_silently(const struct lambda_invocation *invocation,
                          struct lambda_buffer *response, struct lambda_error *err, void *user)
{
    (void)invocation, (void)response, (void)err, (void)user;
    return false;
}

static bool fill_exactly(const struct lambda_invocation *invocation, struct lambda_buffer *response,
                         struct lambda_error *err, void *user)
{
    (void)invocation, (void)err, (void)user;
    fill(response, ' ', LAMBDA_RESPONSE_MAX);
    return true;
}

static bool fill_too_much(const struct lambda_invocation *invocation,
                          struct lambda_buffer *response, struct lambda_error *err, void *user)
{
    (void)invocation, (void)err, (void)user;
    fill(response, ' ', LAMBDA_RESPONSE_MAX + 1);
    return true;
}

/* Lambda shall be the one that refuses it. */
static bool fill_over(const struct lambda_invocation *invocation, struct lambda_buffer *response,
                      struct lambda_error *err, void *user)
{
    response->max = LAMBDA_RESPONSE_MAX + 1;
    return fill_too_much(invocation, response, err, user);
}

static bool work(const struct lambda_invocation *invocation, struct lambda_buffer *response,
                 struct timespec time)
{
    lambda_log(invocation->logger, LAMBDA_LOG_INFO, "working", NULL);
    nanosleep(&time, NULL);
    return show(invocation, response, NULL, NULL);
}

static bool wait_shortly(const struct lambda_invocation *invocation, struct lambda_buffer *response,
                         struct lambda_error *err, void *user)
{
    (void)err, (void)user;
    return work(invocation, response, (struct timespec){.tv_nsec = 500000000});
}

static bool wait_long(const struct lambda_invocation *invocation, struct lambda_buffer *response,
                      struct lambda_error *err, void *user)
{
    (void)err, (void)user;
    return work(invocation, response, (struct timespec){.tv_sec = 4});
}

static bool stream(const struct lambda_invocation *invocation, struct lambda_buffer *response,
                   struct lambda_error *err, void *user)
{
    (void)user;
    lambda_buffer_add_string(response, "piece, ");
    if (!lambda_stream_send(invocation, response, err))
        return false;
    lambda_buffer_add_string(response, "rest");
    return true;
}

static bool stream_and_fail(const struct lambda_invocation *invocation,
                            struct lambda_buffer *response, struct lambda_error *err, void *user)
{
    return stream(invocation, response, err, user) &&
           lambda_fail(err, "Function.Asked", "It was asked to break: caf\xC3\xA9.");
}

static bool flood(const struct lambda_invocation *invocation, struct lambda_buffer *response,
                  struct lambda_error *err, void *user)
{
    (void)user;
    for (int i = 0; i < FLOOD_MIB; i++) {
        fill(response, ' ', MIB);
        if (!lambda_stream_send(invocation, response, err))
            return false;
    }
    return true;
}

static bool end_process(const struct lambda_invocation *invocation, struct lambda_buffer *response,
                        struct lambda_error *err, void *user)
{
    (void)invocation, (void)response, (void)err, (void)user;
    _exit(STATUS);
}

static const struct {
    const char *event;
    lambda_handler *handle;
} deeds[] = {
    {"\"fail\"", fail},
    {"\"odd\"", fail_oddly},
    {"\"long\"", fail_at_length},
    {"\"silent\"", fail_silently},
    {"\"exact\"", fill_exactly},
    {"\"large\"", fill_too_much},
    {"\"over\"", fill_over},
    {"\"wait\"", wait_shortly},
    {"\"linger\"", wait_long},
    {"\"stream\"", stream},
    {"\"break\"", stream_and_fail},
    {"\"flood\"", flood},
    {"\"exit\"", end_process},
};

static bool handle(const struct lambda_invocation *invocation, struct lambda_buffer *response,
                   struct lambda_error *err, void *user)
{
    response->max = LAMBDA_RESPONSE_MAX;
    lambda_log(invocation->logger, LAMBDA_LOG_INFO, "handling", NULL);
    for (size_t i = 0; i < sizeof deeds / sizeof deeds[0]; i++) {
        if (strcmp(invocation->event, deeds[i].event) == 0)
            return deeds[i].handle(invocation, response, err, user);
    }
    return show(invocation, response, err, user);
}

static bool fail_init(void *user, struct lambda_error *err)
{
    (void)user;
    return lambda_fail(err, "Function.InitBroken", "It cannot start.");
}

static bool end_in_init(void *user, struct lambda_error *err)
{
    (void)user, (void)err;
    _exit(STATUS);
}

static bool fail_hook(void *user, struct lambda_error *err)
{
    (void)user, (void)err;
    return false;
}

static bool start_worker(void *user, void **worker, struct lambda_error *err)
{
    static atomic_int count;
    (void)user, (void)worker;
    return atomic_fetch_add(&count, 1) >= atoi(getenv("WORKER_FAILS")) ||
           lambda_fail(err, "Function.WorkerBroken", "It cannot work.");
}

static void say_goodbye(void *user)
{
    struct lambda_logger logger;
    (void)user;
    lambda_logger_init(&logger);
    lambda_log(&logger, LAMBDA_LOG_INFO, "goodbye", NULL);
}

int main(void)
{
    struct lambda_options options = {.handler = handle, .concurrent = true};
    if (getenv("INIT_FAILS"))
        options.init = fail_init;
    if (getenv("INIT_EXITS"))
        options.init = end_in_init;
    if (getenv("WORKER_FAILS"))
        options.worker_start = start_worker;
    if (getenv("BEFORE_FAILS"))
        options.before_snapshot = fail_hook;
    if (getenv("AFTER_FAILS"))
        options.after_restore = fail_hook;
    if (getenv("SHUTDOWN"))
        options.shutdown = say_goodbye;
    return lambda_run_with(&options);
}
