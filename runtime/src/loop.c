#include "loop.h"

#include <stdlib.h>
#include <time.h>

enum { RETRIES_MAX = 5, FIRST_RETRY_MS = 100 };

int64_t lambda_remaining_ms(const struct lambda_invocation *invocation)
{
    if (invocation->deadline_ms == INT64_MAX)
        return INT64_MAX;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    int64_t now_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
    return invocation->deadline_ms > now_ms ? invocation->deadline_ms - now_ms : 0;
}

void lambda_log_error(const struct lambda_logger *logger, enum lambda_log_level level,
                      const struct lambda_error *err)
{
    lambda_log(logger, level, err->message,
               (struct lambda_log_field[]){{"errorType", .text = err->type}, {0}});
}

enum lambda_action lambda_report(const struct lambda_logger *logger, struct lambda_verdict verdict)
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

bool lambda_refuse(const struct lambda_buffer *buffer, const char *type, const char *what,
                   struct lambda_error *err)
{
    if (buffer->starved)
        return lambda_fail(err, "Runtime.OutOfMemory", "Memory ran out for the %s.", what);
    return lambda_fail(err, type, "The %s is larger than %zu bytes.", what, buffer->max);
}

static bool handle(struct lambda_worker *worker, const struct lambda_invocation *invocation,
                   struct lambda_error *err)
{
    lambda_buffer_clear(&worker->response);
    if (worker->alone)
        set_trace_id(&worker->trace, invocation->trace_id);
    if (!worker->options->handler(invocation, &worker->response, err, worker->user))
        return false;
    return !worker->response.failed ||
           lambda_refuse(&worker->response, "Runtime.ResponseTooLarge", "response", err);
}

/* Takes one event, handles it and answers it. */
static enum lambda_action serve(struct lambda_worker *worker)
{
    struct lambda_client *client = worker->client;
    struct lambda_invocation invocation;
    enum lambda_action action =
        lambda_report(&client->logger, lambda_client_next(client, worker->stop->fd, &invocation));
    if (action != LAMBDA_GO_ON && action != LAMBDA_REFUSE)
        return action;

    struct lambda_error err = {"Function.Unknown", "The handler failed and did not say why."};
    bool ok = action == LAMBDA_GO_ON
                  ? handle(worker, &invocation, &err)
                  : lambda_refuse(&client->http.body, "Runtime.EventTooLarge", "event", &err);
    if (ok)
        return lambda_report(&client->logger,
                             lambda_client_respond(client, &invocation, &worker->response));
    lambda_log_error(&client->logger, LAMBDA_LOG_ERROR, &err);
    return lambda_report(&client->logger, lambda_client_fail(client, &invocation, &err));
}

/* 100, 200, 400, ... */
static int pause_ms(int failures)
{
    return FIRST_RETRY_MS << (failures - 1);
}

static int take_events(struct lambda_worker *worker)
{
    struct lambda_logger *logger = &worker->client->logger;
    int failures = 0; /* in a row */
    while (failures == 0 || !lambda_stop_wait(worker->stop, pause_ms(failures))) {
        enum lambda_action action = serve(worker);
        if (action == LAMBDA_EXIT)
            return EXIT_FAILURE;
        if (action == LAMBDA_STOP)
            break;
        failures = action == LAMBDA_RETRY ? failures + 1 : 0;
        if (failures > RETRIES_MAX) {
            lambda_log(logger, LAMBDA_LOG_FATAL, "too many failures to get an event", NULL);
            return EXIT_FAILURE;
        }
    }
    logger->request_id = logger->tenant_id = "";
    return EXIT_SUCCESS;
}

int lambda_give_up(struct lambda_client *client, lambda_fail_step *step,
                   const struct lambda_error *err)
{
    lambda_log_error(&client->logger, LAMBDA_LOG_FATAL, err);
    lambda_report(&client->logger, step(client, err));
    return EXIT_FAILURE;
}

int lambda_worker_run(struct lambda_worker *worker)
{
    const struct lambda_options *options = worker->options;
    struct lambda_error err = {"Function.Unknown", "A worker could not start."};
    worker->user = options->user;
    if (options->worker_start && !options->worker_start(options->user, &worker->user, &err))
        return lambda_give_up(worker->client, lambda_client_fail_init, &err);
    int status = take_events(worker);
    if (options->worker_end)
        options->worker_end(worker->user);
    return status;
}

static struct lambda_client *open_client(const char *endpoint, const struct lambda_logger *logger)
{
    struct lambda_error err;
    struct lambda_client *client = lambda_client_new(endpoint, &err);
    if (!client)
        lambda_log_error(logger, LAMBDA_LOG_FATAL, &err);
    return client;
}

bool lambda_worker_init(struct lambda_worker *worker, const struct lambda_options *options,
                        const struct lambda_stop *stop)
{
    struct lambda_logger logger;
    lambda_logger_init(&logger);
    *worker = (struct lambda_worker){.options = options,
                                     .client = open_client(options->endpoint, &logger),
                                     .stop = stop,
                                     .alone = true};
    lambda_buffer_init(&worker->response, LAMBDA_RESPONSE_MAX);
    lambda_buffer_init(&worker->trace, SIZE_MAX);
    return worker->client != NULL;
}

void lambda_worker_done(struct lambda_worker *worker)
{
    if (worker->alone)
        set_trace_id(&worker->trace, "");
    lambda_buffer_done(&worker->trace);
    lambda_buffer_done(&worker->response);
    lambda_client_free(worker->client);
}
