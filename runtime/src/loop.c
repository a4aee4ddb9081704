#include "api.h"
#include "stop.h"

#include <stdlib.h>
#include <time.h>

enum { RETRIES_MAX = 5, FIRST_RETRY_MS = 100 };

/* What lasts as long as lambda_run(). */
struct loop {
    struct lambda_logger logger;
    struct lambda_stop stop;
    struct lambda_api api;
    struct lambda_buffer response;
    struct lambda_buffer trace; /* _X_AMZN_TRACE_ID=... */
    lambda_handler *handler;
    void *user;
};

int64_t lambda_remaining_ms(const struct lambda_invocation *invocation)
{
    if (invocation->deadline_ms == INT64_MAX)
        return INT64_MAX;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    int64_t now_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
    return invocation->deadline_ms > now_ms ? invocation->deadline_ms - now_ms : 0;
}

static void log_error(const struct lambda_logger *logger, enum lambda_log_level level,
                      const struct lambda_error *err)
{
    lambda_log(logger, level, err->message,
               (struct lambda_log_field[]){{"errorType", .text = err->type}, {0}});
}

/* Logs what the Runtime API said, and returns what to do. */
static enum lambda_api_action report(const struct lambda_logger *logger,
                                     struct lambda_api_verdict verdict)
{
    struct lambda_log_field fields[3] = {0};
    size_t count = 0;
    if (verdict.status > 0)
        fields[count++] = (struct lambda_log_field){"status", .number = verdict.status};
    if (verdict.detail[0] != '\0')
        fields[count++] = (struct lambda_log_field){"detail", .text = verdict.detail};
    lambda_log(logger, verdict.level, verdict.meaning, fields);
    return verdict.action;
}

/*
 * The X-Ray SDKs read it; it must not outlive its invocation. The variable lives in a buffer of
 * ours, because setenv() of glibc keeps a copy of every value for ever.
 */
static void set_trace_id(struct lambda_buffer *variable, const char *trace_id)
{
    unsetenv("_X_AMZN_TRACE_ID"); /* before its text goes away */
    lambda_buffer_clear(variable);
    if (trace_id[0] == '\0')
        return;
    lambda_buffer_format(variable, "_X_AMZN_TRACE_ID=%s", trace_id);
    if (!variable->failed)
        putenv(variable->data);
}

static bool handle(struct loop *loop, const struct lambda_invocation *invocation, bool complete,
                   struct lambda_error *err)
{
    if (!complete)
        return lambda_fail(err, "Runtime.EventTooLarge",
                           "The event is larger than %d bytes, or memory ran out.",
                           LAMBDA_EVENT_MAX);
    lambda_buffer_clear(&loop->response);
    set_trace_id(&loop->trace, invocation->trace_id);
    if (!loop->handler(invocation, &loop->response, err, loop->user))
        return false;
    if (loop->response.failed)
        return lambda_fail(err, "Runtime.ResponseTooLarge",
                           "The response is larger than %d bytes, or memory ran out.",
                           LAMBDA_RESPONSE_MAX);
    return true;
}

static void set_ids(struct lambda_logger *logger, const char *request_id, const char *tenant_id)
{
    logger->request_id = request_id;
    logger->tenant_id = tenant_id;
}

/* Takes one event, handles it and answers it. */
static enum lambda_api_action serve(struct loop *loop)
{
    struct lambda_invocation invocation;
    bool complete = false;
    set_ids(&loop->logger, "", "");
    struct lambda_api_verdict event =
        lambda_api_next(&loop->api, loop->stop.fd, &invocation, &complete);
    if (event.action == API_GO_ON)
        set_ids(&loop->logger, invocation.request_id, invocation.tenant_id);
    if (report(&loop->logger, event) != API_GO_ON)
        return event.action;

    invocation.logger = &loop->logger;
    struct lambda_error err = {"Function.Unknown", "The handler failed and did not say why."};
    if (handle(loop, &invocation, complete, &err))
        return report(&loop->logger, lambda_api_respond(&loop->api, &invocation, &loop->response));
    log_error(&loop->logger, LAMBDA_LOG_ERROR, &err);
    return report(&loop->logger, lambda_api_fail(&loop->api, &invocation, &err));
}

/* 0, 100, 200, 400, ... */
static int pause_ms(int failures)
{
    return failures == 0 ? 0 : FIRST_RETRY_MS << (failures - 1);
}

static int run(struct loop *loop)
{
    int failures = 0; /* in a row */
    while (!lambda_stop_wait(&loop->stop, pause_ms(failures))) {
        enum lambda_api_action action = serve(loop);
        if (action == API_EXIT)
            return EXIT_FAILURE;
        if (action == API_STOP)
            break;
        failures = action == API_RETRY ? failures + 1 : 0;
        if (failures > RETRIES_MAX) {
            lambda_log(&loop->logger, LAMBDA_LOG_FATAL, "too many failures to get an event", NULL);
            return EXIT_FAILURE;
        }
    }
    set_ids(&loop->logger, "", "");
    lambda_log(&loop->logger, LAMBDA_LOG_INFO, "SIGTERM ends this process", NULL);
    return EXIT_SUCCESS;
}

static bool connect_api(struct lambda_api *api, const struct lambda_logger *logger)
{
    struct lambda_error err;
    if (lambda_api_init(api, getenv("AWS_LAMBDA_RUNTIME_API"), &err))
        return true;
    log_error(logger, LAMBDA_LOG_FATAL, &err);
    return false;
}

int lambda_run(lambda_handler *handler, void *user)
{
    struct loop loop = {.handler = handler, .user = user};
    int status = EXIT_FAILURE;
    lambda_logger_init(&loop.logger);
    if (!connect_api(&loop.api, &loop.logger))
        return status;
    lambda_buffer_init(&loop.response, LAMBDA_RESPONSE_MAX);
    lambda_buffer_init(&loop.trace, SIZE_MAX);
    if (lambda_stop_init(&loop.stop)) {
        status = run(&loop);
        lambda_stop_done(&loop.stop);
    } else {
        lambda_log(&loop.logger, LAMBDA_LOG_FATAL, "there is no descriptor left for SIGTERM", NULL);
    }
    set_trace_id(&loop.trace, "");
    lambda_buffer_done(&loop.trace);
    lambda_buffer_done(&loop.response);
    lambda_api_done(&loop.api);
    return status;
}

int lambda_init_failed(const struct lambda_error *err)
{
    struct lambda_logger logger;
    struct lambda_api api;
    lambda_logger_init(&logger);
    log_error(&logger, LAMBDA_LOG_FATAL, err);
    if (connect_api(&api, &logger)) {
        report(&logger, lambda_api_fail_init(&api, err));
        lambda_api_done(&api);
    }
    return EXIT_FAILURE;
}
