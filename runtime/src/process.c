#include "extension.h"
#include "loop.h"

#include <stdlib.h>
#include <string.h>

enum { CONCURRENCY_MAX = 1600 };

size_t lambda_concurrency(void)
{
    const char *text = getenv("AWS_LAMBDA_MAX_CONCURRENCY");
    char *end = NULL;
    long number = text ? strtol(text, &end, 10) : 0;
    return number > 0 && number <= CONCURRENCY_MAX && *end == '\0' ? (size_t)number : 1;
}

static bool is_snapstart(void)
{
    const char *type = getenv("AWS_LAMBDA_INITIALIZATION_TYPE");
    return type && strcmp(type, "snap-start") == 0;
}

/* Lambda copies the process while it waits here: what follows is done by each copy. */
static int run_from_snapshot(struct lambda_worker *first)
{
    const struct lambda_options *options = first->options;
    struct lambda_client *client = first->client;
    struct lambda_error before = {"Runtime.BeforeSnapshotError", "The hook did not say why."};
    struct lambda_error after = {"Runtime.AfterRestoreError", "The hook did not say why."};
    if (options->before_snapshot && !options->before_snapshot(options->user, &before))
        return lambda_give_up(client, lambda_client_fail_init, &before);
    switch (lambda_report(&client->logger, lambda_client_restore(client, first->stop->fd))) {
    case LAMBDA_GO_ON:
        break;
    case LAMBDA_STOP:
        return EXIT_SUCCESS;
    default:
        return EXIT_FAILURE;
    }
    if (options->after_restore && !options->after_restore(options->user, &after))
        return lambda_give_up(client, lambda_client_fail_restore, &after);
    return lambda_workers_run(first);
}

static int run_to_the_end(struct lambda_worker *first)
{
    int status = is_snapstart() ? run_from_snapshot(first) : lambda_workers_run(first);
    if (status == EXIT_SUCCESS)
        lambda_log(&first->client->logger, LAMBDA_LOG_INFO, "SIGTERM ends this process", NULL);
    return status;
}

/* With an extension, so that the hook is called when Lambda ends the process. */
static int run_until_shutdown(struct lambda_worker *first)
{
    struct lambda_http extension;
    struct lambda_client *client = first->client;
    if (!lambda_extension_start(&extension, client->http.connection.endpoint))
        lambda_log(&client->logger, LAMBDA_LOG_WARN,
                   "no extension: Lambda may end this process without SIGTERM", NULL);
    int status = run_to_the_end(first);
    first->options->shutdown(first->options->user);
    lambda_http_done(&extension);
    return status;
}

static int live(struct lambda_worker *first)
{
    const struct lambda_options *options = first->options;
    struct lambda_error err = {"Function.Unknown", "Initialisation failed."};
    if (options->init && !options->init(options->user, &err))
        return lambda_give_up(first->client, lambda_client_fail_init, &err);
    return options->shutdown ? run_until_shutdown(first) : run_to_the_end(first);
}

int lambda_run_with(const struct lambda_options *options)
{
    struct lambda_stop stop = {.fd = -1};
    struct lambda_worker first;
    int status = EXIT_FAILURE;
    if (!lambda_worker_init(&first, options, &stop))
        return status;
    if (lambda_stop_init(&stop)) {
        status = live(&first);
        lambda_stop_done(&stop);
    } else {
        lambda_log(&first.client->logger, LAMBDA_LOG_FATAL,
                   "there is no descriptor left for SIGTERM", NULL);
    }
    lambda_worker_done(&first);
    return status;
}

int lambda_run(lambda_handler *handler, void *user)
{
    return lambda_run_with(&(struct lambda_options){.handler = handler, .user = user});
}

int lambda_init_failed(const struct lambda_error *err)
{
    struct lambda_logger logger;
    lambda_logger_init(&logger);
    lambda_log_error(&logger, LAMBDA_LOG_FATAL, err);
    struct lambda_error reason;
    struct lambda_client *client = lambda_client_new(NULL, &reason);
    if (client)
        lambda_report(&logger, lambda_client_fail_init(client, err));
    else
        lambda_log_error(&logger, LAMBDA_LOG_FATAL, &reason);
    lambda_client_free(client);
    return EXIT_FAILURE;
}
