#include "loop.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

/* A worker on its thread. */
struct colleague {
    struct lambda_worker worker;
    atomic_size_t *at_work; /* how many workers there are */
    pthread_t thread;
    int status;
};

static void log_count(const struct lambda_logger *logger, enum lambda_log_level level,
                      const char *message, size_t count)
{
    lambda_log(logger, level, message,
               (struct lambda_log_field[]){{"workers", .number = (int64_t)count}, {0}});
}

static int work(struct lambda_worker *worker, atomic_size_t *at_work)
{
    int status = lambda_worker_run(worker);
    size_t left = atomic_fetch_sub(at_work, 1) - 1;
    if (status != EXIT_SUCCESS)
        log_count(&worker->client->logger, LAMBDA_LOG_ERROR, "a worker is lost, these are left",
                  left);
    return status;
}

static void *run_thread(void *user)
{
    struct colleague *self = user;
    self->status = work(&self->worker, self->at_work);
    return NULL;
}

static bool hire(struct colleague *colleague, const struct lambda_worker *first,
                 atomic_size_t *at_work)
{
    colleague->at_work = at_work;
    if (!lambda_worker_init(&colleague->worker, first->options, first->stop))
        return false;
    colleague->worker.alone = false;
    if (pthread_create(&colleague->thread, NULL, run_thread, colleague) == 0)
        return true;
    lambda_worker_done(&colleague->worker);
    return false;
}

/* As many as can be had; without memory for any the first works alone. */
static int run_together(struct lambda_worker *first, size_t wanted)
{
    size_t hired = 0;
    struct colleague *colleagues = calloc(wanted, sizeof *colleagues);
    atomic_size_t at_work = wanted + 1;
    while (colleagues && hired < wanted && hire(&colleagues[hired], first, &at_work))
        hired++;
    if (hired < wanted)
        log_count(&first->client->logger, LAMBDA_LOG_WARN, "there are fewer workers than asked for",
                  hired + 1);
    atomic_fetch_sub(&at_work, wanted - hired);
    first->alone = hired == 0;
    int status = work(first, &at_work);
    for (size_t i = 0; i < hired; i++) {
        pthread_join(colleagues[i].thread, NULL);
        if (colleagues[i].status == EXIT_SUCCESS)
            status = EXIT_SUCCESS; /* it was SIGTERM in the end */
        lambda_worker_done(&colleagues[i].worker);
    }
    free(colleagues);
    return status;
}

int lambda_workers_run(struct lambda_worker *first)
{
    size_t wanted = lambda_concurrency();
    if (wanted > 1 && first->options->concurrent)
        return run_together(first, wanted - 1);
    if (wanted > 1)
        lambda_log(&first->client->logger, LAMBDA_LOG_WARN,
                   "this program takes one event at a time, however many may come at once",
                   (struct lambda_log_field[]){
                       {"AWS_LAMBDA_MAX_CONCURRENCY", .number = (int64_t)wanted}, {0}});
    return lambda_worker_run(first);
}
