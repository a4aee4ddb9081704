/* Several workers: what each does, and what the others do meanwhile. */
#define _GNU_SOURCE /* pthread_setattr_default_np() */

#include "capture.h"
#include "session.h"
#include "test.h"

#include <signal.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

enum { WORKERS = 8, TURNS = 8 };

/* The event is a word of four letters, which tells the handler what to do. */
#define TELL(id, word)                                                                             \
    {"HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: " id                                       \
     "\r\nLambda-Runtime-Trace-Id: Root=1\r\nContent-Length: 4\r\n\r\n" word}

/* What is left out of it takes a request and never answers. */
typedef struct scripted_turn script[TURNS];

struct crew {
    struct scripted_api apis[WORKERS];
    struct session session; /* its log and status; its own API is not used */
    pthread_barrier_t all_here;
    pthread_t main_thread;
    atomic_int started, ended, handled, in_environment, on_main_thread;
    int failing_start; /* the number of the call of on_start that fails, from 1; 0: none */
    int handled_goal;  /* what the word "hang" waits for */
    int ended_goal;    /* what the word "lost" waits for */
};

static void pause_a_little(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
}

static bool on_start(void *user, void **worker, struct lambda_error *err)
{
    struct crew *crew = user;
    *worker = user;
    if (atomic_fetch_add(&crew->started, 1) + 1 == crew->failing_start)
        return lambda_fail(err, "Function.HookBroken", "This worker does not start.");
    return true;
}

static void on_end(void *worker)
{
    struct crew *crew = worker;
    atomic_fetch_add(&crew->ended, 1);
}

/* Each word is a row of the tests' scripts. A wait that never ends is ended by SIGALRM. */
static bool on_event(const struct lambda_invocation *invocation, struct lambda_buffer *response,
                     struct lambda_error *err, void *user)
{
    struct crew *crew = user;
    const char *word = invocation->event;
    if (getenv("_X_AMZN_TRACE_ID"))
        atomic_fetch_add(&crew->in_environment, 1);
    if (pthread_equal(pthread_self(), crew->main_thread))
        atomic_fetch_add(&crew->on_main_thread, 1);
    if (strcmp(word, "meet") == 0)
        pthread_barrier_wait(&crew->all_here);
    while (strcmp(word, "hang") == 0 && atomic_load(&crew->handled) < crew->handled_goal)
        pause_a_little();
    while (strcmp(word, "lost") == 0 && atomic_load(&crew->ended) < crew->ended_goal)
        pause_a_little();
    if (strcmp(word, "stop") == 0)
        kill(getpid(), SIGTERM);
    lambda_log(invocation->logger, LAMBDA_LOG_INFO, "handled",
               (struct lambda_log_field[]){{"id", .text = invocation->request_id}, {0}});
    lambda_buffer_add_string(response, invocation->request_id);
    atomic_fetch_add(&crew->handled, 1);
    return strcmp(word, "fail") != 0 || lambda_fail(err, "Function.Wanted", "As told.");
}

static struct lambda_options options_of(struct crew *crew)
{
    return (struct lambda_options){
        .handler = on_event, .user = crew, .worker_start = on_start, .worker_end = on_end};
}

/* Runs as many workers as there are scripts: the nth connection is served by the nth script. */
static void run(struct crew *crew, const script *scripts, size_t count, const char *concurrency,
                int (*run_them)(const struct lambda_options *))
{
    const struct scripted_turn *turns[WORKERS];
    struct lambda_options options = options_of(crew);
    struct capture capture;
    char address[32];
    for (size_t i = 0; i < count; i++)
        turns[i] = scripts[i];
    pthread_barrier_init(&crew->all_here, NULL, WORKERS);
    crew->main_thread = pthread_self();
    lambda_buffer_init(&crew->session.log, 1 << 20);
    scripted_api_start_all(crew->apis, count, turns, TURNS);
    snprintf(address, sizeof address, "127.0.0.1:%d", crew->apis[0].port);
    setenv("AWS_LAMBDA_RUNTIME_API", address, 1);
    setenv("AWS_LAMBDA_MAX_CONCURRENCY", concurrency, 1);
    alarm(30);
    capture_start(&capture);
    crew->session.status = run_them(&options);
    capture_end(&capture, &crew->session.log);
    scripted_api_join_all(crew->apis, count);
    alarm(0);
    unsetenv("AWS_LAMBDA_MAX_CONCURRENCY");
    pthread_barrier_destroy(&crew->all_here);
}

static int run_concurrently(const struct lambda_options *options)
{
    struct lambda_options concurrent = *options;
    concurrent.concurrent = true;
    return lambda_run_with(&concurrent);
}

static void run_eight(struct crew *crew, const script scripts[WORKERS])
{
    run(crew, scripts, WORKERS, "8", run_concurrently);
}

static void done(struct crew *crew, size_t count)
{
    for (size_t i = 0; i < count; i++)
        scripted_api_done(&crew->apis[i]);
    lambda_buffer_done(&crew->session.log);
}

/* That a request of this worker is a POST of this kind for this id, with what belongs to it. */
static void assert_answer(const struct crew *crew, size_t worker, size_t request, const char *id,
                          const char *verb)
{
    char line[128];
    const struct scripted_api *api = &crew->apis[worker];
    snprintf(line, sizeof line, "POST /2018-06-01/runtime/invocation/%s/%s HTTP/1.1\r\n", id, verb);
    assert_true(request < api->request_count);
    if (strncmp(api->requests[request].head.data, line, strlen(line)) != 0)
        fail_msg("not %s but %s", line, api->requests[request].head.data);
    if (strcmp(verb, "response") == 0)
        assert_string_equal(api->requests[request].body.data, id);
}

/* Each line that a handler wrote bears the id of its own invocation. */
static void assert_own_log(const struct crew *crew, const char *id)
{
    char text[128];
    snprintf(text, sizeof text, "\"message\":\"handled\",\"requestId\":\"%s\",\"id\":\"%s\"", id,
             id);
    assert_int_equal(session_log_count(&crew->session, text), 1);
}

/* Eight handlers at once, none of which returns before all have been called. */
static void test_all_at_once(void **state)
{
    (void)state;
#define MEET(id)                                                                                   \
    {                                                                                              \
        TELL(id, "meet"), {ACCEPTED}, TELL(id "-b", "meet"),                                       \
        {                                                                                          \
            ACCEPTED                                                                               \
        }                                                                                          \
    }
    static const script scripts[WORKERS] = {MEET("0"),
                                            MEET("1"),
                                            MEET("2"),
                                            MEET("3"),
                                            MEET("4"),
                                            MEET("5"),
                                            MEET("6"),
                                            {TELL("7", "meet"),
                                             {ACCEPTED},
                                             TELL("7-b", "meet"),
                                             {ACCEPTED},
                                             TELL("7-c", "stop"),
                                             {ACCEPTED}}};
    struct crew crew = {0};
    run_eight(&crew, scripts);
    assert_int_equal(crew.session.status, EXIT_SUCCESS);
    for (size_t i = 0; i < WORKERS; i++) {
        char id[] = {(char)('0' + i), '\0'}, second[] = {id[0], '-', 'b', '\0'};
        assert_int_equal(crew.apis[i].connection_count, 1);
        assert_answer(&crew, i, 1, id, "response");
        assert_answer(&crew, i, 3, second, "response");
        assert_own_log(&crew, id);
        assert_own_log(&crew, second);
    }
    assert_answer(&crew, 7, 5, "7-c", "response");
    assert_int_equal(crew.started, WORKERS);
    assert_int_equal(crew.ended, WORKERS);
    assert_int_equal(crew.in_environment, 0);
    assert_in_range(crew.on_main_thread, 2, 3); /* the worker with three events may be on it */
    assert_int_equal(session_log_count(&crew.session, "SIGTERM ends this process"), 1);
    assert_int_equal(session_log_count(&crew.session, "{"), 2 * WORKERS + 2);
    done(&crew, WORKERS);
}

/* One connection is reset in the middle of an answer, one gets a 500: the other six go on. */
static void test_lost_workers(void **state)
{
    (void)state;
#define GO_ON(id)                                                                                  \
    {                                                                                              \
        TELL(id, "lost"), {ACCEPTED}, TELL(id "-b", "work"),                                       \
        {                                                                                          \
            ACCEPTED                                                                               \
        }                                                                                          \
    }
    static const script scripts[WORKERS] = {{TELL("0", "work"), {NULL, .end = RESET}},
                                            {{LAST}},
                                            GO_ON("2"),
                                            GO_ON("3"),
                                            GO_ON("4"),
                                            GO_ON("5"),
                                            GO_ON("6"),
                                            {TELL("7", "lost"),
                                             {ACCEPTED},
                                             TELL("7-b", "hang"),
                                             {ACCEPTED},
                                             TELL("7-c", "stop"),
                                             {ACCEPTED}}};
    struct crew crew = {.handled_goal = 1 + 6 + 5, .ended_goal = 2};
    run_eight(&crew, scripts);
    assert_int_equal(crew.session.status, EXIT_SUCCESS);
    for (size_t i = 2; i < WORKERS; i++) {
        char id[] = {(char)('0' + i), '\0'};
        assert_answer(&crew, i, 1, id, "response");
        assert_answer(&crew, i, 3, (char[]){id[0], '-', 'b', '\0'}, "response");
    }
    assert_int_equal(crew.ended, WORKERS);
    assert_int_equal(session_log_count(&crew.session, "nobody knows if the answer arrived"), 1);
    assert_int_equal(session_log_count(&crew.session, "it cannot recover"), 1);
    assert_int_equal(session_log_count(&crew.session, "a worker is lost"), 2);
    assert_int_equal(session_log_count(&crew.session, "\"workers\":7"), 1);
    assert_int_equal(session_log_count(&crew.session, "\"workers\":6"), 1);
    done(&crew, WORKERS);
}

/* One handler hangs until the others have handled everything, another one fails. */
static void test_hang_and_failure(void **state)
{
    (void)state;
#define WORK(id)                                                                                   \
    {                                                                                              \
        TELL(id, "work"), {ACCEPTED}, TELL(id "-b", "work"),                                       \
        {                                                                                          \
            ACCEPTED                                                                               \
        }                                                                                          \
    }
    static const script scripts[WORKERS] = {
        {TELL("0", "hang"), {ACCEPTED}, TELL("0-b", "stop"), {ACCEPTED}},
        {TELL("1", "fail"), {ACCEPTED}, TELL("1-b", "work"), {ACCEPTED}},
        WORK("2"),
        WORK("3"),
        WORK("4"),
        WORK("5"),
        WORK("6"),
        WORK("7")};
    struct crew crew = {.handled_goal = 2 * (WORKERS - 1)};
    run_eight(&crew, scripts);
    assert_int_equal(crew.session.status, EXIT_SUCCESS);
    assert_answer(&crew, 0, 1, "0", "response");
    assert_answer(&crew, 0, 3, "0-b", "response");
    assert_answer(&crew, 1, 1, "1", "error");
    assert_non_null(strstr(crew.apis[1].requests[1].body.data, "As told."));
    assert_answer(&crew, 1, 3, "1-b", "response");
    for (size_t i = 2; i < WORKERS; i++)
        assert_answer(&crew, i, 3, (char[]){(char)('0' + i), '-', 'b', '\0'}, "response");
    assert_int_equal(session_log_count(&crew.session, "a worker is lost"), 0);
    done(&crew, WORKERS);
}

static void test_sigterm_while_waiting(void **state)
{
    (void)state;
    static const script scripts[WORKERS] = {
        {TELL("0", "work"), {ACCEPTED}, {NULL, .sigterm = true}}};
    struct crew crew = {0};
    run_eight(&crew, scripts);
    assert_int_equal(crew.session.status, EXIT_SUCCESS);
    assert_int_equal(crew.handled, 1);
    assert_int_equal(crew.ended, WORKERS);
    assert_int_equal(session_log_count(&crew.session, "{"), 2);
    done(&crew, WORKERS);
}

/* When none is left the process must end. */
static void test_all_lost(void **state)
{
    (void)state;
    static const script scripts[WORKERS] = {{{LAST}}, {{LAST}}, {{LAST}}, {{LAST}},
                                            {{LAST}}, {{LAST}}, {{LAST}}, {{LAST}}};
    struct crew crew = {0};
    run_eight(&crew, scripts);
    assert_int_equal(crew.session.status, EXIT_FAILURE);
    assert_int_equal(session_log_count(&crew.session, "a worker is lost"), WORKERS);
    assert_int_equal(session_log_count(&crew.session, "\"workers\":0"), 1);
    done(&crew, WORKERS);
}

/* The worker that does not start says so and is lost. */
static void test_failing_start(void **state)
{
    (void)state;
#define MAYBE(id)                                                                                  \
    {                                                                                              \
        TELL(id, "stop"),                                                                          \
        {                                                                                          \
            ACCEPTED                                                                               \
        }                                                                                          \
    }
    static const script scripts[WORKERS] = {MAYBE("0"), MAYBE("1"), MAYBE("2"), MAYBE("3"),
                                            MAYBE("4"), MAYBE("5"), MAYBE("6"), MAYBE("7")};
    struct crew crew = {.failing_start = 3};
    size_t reports = 0;
    run_eight(&crew, scripts);
    for (size_t i = 0; i < WORKERS; i++)
        reports += strstr(crew.apis[i].requests[0].head.data, "/runtime/init/error") != NULL;
    assert_int_equal(crew.session.status, EXIT_SUCCESS);
    assert_int_equal(reports, 1);
    assert_int_equal(crew.ended, WORKERS - 1);
    done(&crew, WORKERS);
}

/* Where no stack can be had, no thread can. */
static int run_without_threads(const struct lambda_options *options)
{
    pthread_attr_t before, huge;
    pthread_getattr_default_np(&before);
    pthread_attr_init(&huge);
    pthread_attr_setstacksize(&huge, (size_t)1 << 46);
    pthread_setattr_default_np(&huge);
    int status = run_concurrently(options);
    pthread_setattr_default_np(&before);
    return status;
}

/* Where there is one worker it has the main thread, and the trace id is in the environment. */
static void test_one_worker(void **state)
{
    (void)state;
    static const struct {
        const char *concurrency;
        int (*run)(const struct lambda_options *);
        const char *warning;
    } rows[] = {
        {"1", run_concurrently, NULL},
        {"", run_concurrently, NULL},
        {"0", run_concurrently, NULL},
        {"-8", run_concurrently, NULL},
        {"8 or so", run_concurrently, NULL},
        {"1601", run_concurrently, NULL},
        {"8", run_without_threads, "there are fewer workers than asked for\",\"workers\":1}"},
        {"1", lambda_run_with, NULL},
        {"8", lambda_run_with, "this program takes one event at a time"},
    };
    static const script scripts[] = {
        {TELL("0", "work"), {ACCEPTED}, TELL("1", "stop"), {ACCEPTED}, {LAST}}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct crew crew = {0};
        run(&crew, scripts, 1, rows[i].concurrency, rows[i].run);
        assert_int_equal(crew.session.status, EXIT_SUCCESS);
        assert_int_equal(crew.started, 1);
        assert_int_equal(crew.on_main_thread, 2);
        assert_int_equal(crew.in_environment, 2);
        assert_int_equal(session_log_count(&crew.session, "WARN"), rows[i].warning ? 1 : 0);
        if (rows[i].warning)
            assert_int_equal(session_log_count(&crew.session, rows[i].warning), 1);
        assert_int_equal(session_log_count(&crew.session, "{"), rows[i].warning ? 4 : 3);
        done(&crew, 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_at_once),      cmocka_unit_test(test_lost_workers),
        cmocka_unit_test(test_hang_and_failure), cmocka_unit_test(test_sigterm_while_waiting),
        cmocka_unit_test(test_all_lost),         cmocka_unit_test(test_failing_start),
        cmocka_unit_test(test_one_worker),
    };
    return cmocka_run_group_tests_name("workers", tests, NULL, NULL);
}
