/*
 * mirror - a function that shows what it was given, or does what the event asks for:
 *   "fail"            an error
 *   "exact", "large"  the longest response, or one byte more
 *   "wait"            half a second of work
 *   "stream", "break" a piece, and the rest or an error
 * INIT_FAILS, BEFORE_FAILS, AFTER_FAILS or SHUTDOWN in the environment: it has a hook that fails (in
 * init, before the snapshot, after the restore) or that says goodbye.
 */
#include <lambda/json.h>
#include <lambda/stream.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static bool asks(const struct lambda_invocation *invocation, const char *wanted)
{
    return strcmp(invocation->event, wanted) == 0;
}

static void fill(struct lambda_buffer *response, size_t len)
{
    char *bytes = malloc(len);
    if (bytes)
        memset(bytes, ' ', len);
    lambda_buffer_adopt(response, bytes, bytes ? len : 0);
}

static void show(const struct lambda_invocation *invocation, struct lambda_buffer *json)
{
    const char *environment = getenv("_X_AMZN_TRACE_ID");
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
    lambda_json_close(json, '}');
}

static bool stream(const struct lambda_invocation *invocation, struct lambda_buffer *response,
                   struct lambda_error *err)
{
    lambda_buffer_add_string(response, "piece, ");
    if (!lambda_stream_send(invocation, response, err))
        return false;
    if (asks(invocation, "\"break\""))
        return lambda_fail(err, "Function.Asked", "It was asked to break: caf\xC3\xA9.");
    lambda_buffer_add_string(response, "rest");
    return true;
}

static bool handle(const struct lambda_invocation *invocation, struct lambda_buffer *response,
                   struct lambda_error *err, void *user)
{
    (void)user;
    lambda_log(invocation->logger, LAMBDA_LOG_INFO, "handling", NULL);
    if (asks(invocation, "\"fail\""))
        return lambda_fail(err, "Function.Asked", "It was asked to fail: caf\xC3\xA9 \"\x7F\".");
    if (asks(invocation, "\"stream\"") || asks(invocation, "\"break\""))
        return stream(invocation, response, err);
    if (asks(invocation, "\"wait\""))
        nanosleep(&(struct timespec){.tv_nsec = 500000000}, NULL);
    if (asks(invocation, "\"exact\"") || asks(invocation, "\"large\""))
        fill(response, LAMBDA_RESPONSE_MAX + asks(invocation, "\"large\""));
    else
        show(invocation, response);
    return true;
}

static bool fail_init(void *user, struct lambda_error *err)
{
    (void)user;
    return lambda_fail(err, "Function.InitBroken", "It cannot start.");
}

static bool fail_silently(void *user, struct lambda_error *err)
{
    (void)user, (void)err;
    return false;
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
    return lambda_run_with(
        &(struct lambda_options){.handler = handle,
                                 .concurrent = true,
                                 .init = getenv("INIT_FAILS") ? fail_init : NULL,
                                 .before_snapshot = getenv("BEFORE_FAILS") ? fail_silently : NULL,
                                 .after_restore = getenv("AFTER_FAILS") ? fail_silently : NULL,
                                 .shutdown = getenv("SHUTDOWN") ? say_goodbye : NULL});
}
