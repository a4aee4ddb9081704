/* SIGTERM at every moment. */
#include "../src/stop.h"
#include "session.h"
#include "test.h"

#include <signal.h>
#include <sys/time.h>
#include <time.h>

enum { PROMPT_MS = 1000 }; /* a loaded machine is allowed for; without SIGTERM it is for ever */

static volatile sig_atomic_t own_signals;

static void count_signal(int number)
{
    (void)number;
    own_signals++;
}

static bool raise_and_echo(const struct lambda_invocation *invocation,
                           struct lambda_buffer *response, struct lambda_error *err, void *user)
{
    raise(SIGTERM);
    return session_echo(invocation, response, err, user);
}

static void test_while_waiting(void **state)
{
    (void)state;
    static const struct scripted_turn turns[] = {{NULL, .sigterm = true}, {LAST}};
    struct session session;
    session_run(&session, turns, COUNT(turns), session_echo, NULL);
    assert_int_equal(session.status, EXIT_SUCCESS);
    assert_int_equal(session.api.request_count, 1);
    assert_true(session.elapsed_ms < PROMPT_MS);
    assert_int_equal(session_log_count(&session, "SIGTERM ends this process"), 1);
    assert_int_equal(session_log_count(&session, "{"), 1);
    session_done(&session);
}

/* In the middle of an event that never becomes whole. */
static void test_while_receiving(void **state)
{
    (void)state;
    static const struct scripted_turn turns[] = {
        {EVENT}, {ACCEPTED}, {EVENT_HEAD "Content-Length: 100\r\n\r\n{", .sigterm = true}, {LAST}};
    struct session session;
    session_run(&session, turns, COUNT(turns), session_echo, NULL);
    assert_int_equal(session.status, EXIT_SUCCESS);
    assert_int_equal(session.api.request_count, 3);
    assert_true(session.elapsed_ms < PROMPT_MS);
    session_done(&session);
}

static void test_while_handling(void **state)
{
    (void)state;
    static const struct scripted_turn turns[] = {{EVENT}, {ACCEPTED}, {LAST}};
    struct session session;
    session_run(&session, turns, COUNT(turns), raise_and_echo, NULL);
    assert_int_equal(session.status, EXIT_SUCCESS);
    assert_int_equal(session.api.request_count, 2);
    session_assert_request(&session, 1, "POST", "/invocation/id-1/response");
    assert_string_equal(session.api.requests[1].body.data, "{\"a\":1}");
    session_done(&session);
}

static void test_while_answering(void **state)
{
    (void)state;
    static const struct scripted_turn turns[] = {{EVENT}, {ACCEPTED, .sigterm = true}, {LAST}};
    struct session session;
    session_run(&session, turns, COUNT(turns), session_echo, NULL);
    assert_int_equal(session.status, EXIT_SUCCESS);
    assert_int_equal(session.api.request_count, 2);
    assert_int_equal(session_log_count(&session, "{"), 1);
    session_done(&session);
}

/* The pause before the fifth retry would take 1600 ms. */
static void test_while_pausing(void **state)
{
    (void)state;
    static const struct scripted_turn turns[] = {
        {STATUS(403)}, {STATUS(403)}, {STATUS(403)}, {STATUS(403)}, {STATUS(403), .sigterm = true},
        {LAST}};
    struct session session;
    session_run(&session, turns, COUNT(turns), session_echo, NULL);
    assert_int_equal(session.status, EXIT_SUCCESS);
    assert_int_equal(session.api.request_count, 5);
    assert_true(session.elapsed_ms >= 1500 && session.elapsed_ms < 1500 + PROMPT_MS);
    session_done(&session);
}

static void raise_sigterm(int number)
{
    (void)number;
    raise(SIGTERM);
}

/* Waits 500 ms at most, with a SIGALRM after 20 ms; returns how long it took. */
static int64_t wait_with_alarm(const struct lambda_stop *stop, void (*on_alarm)(int), bool *stopped)
{
    struct sigaction action = {.sa_handler = on_alarm};
    struct timespec start, end;
    sigemptyset(&action.sa_mask);
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &(struct itimerval){.it_value.tv_usec = 20000}, NULL);
    clock_gettime(CLOCK_MONOTONIC, &start);
    *stopped = lambda_stop_wait(stop, 500);
    clock_gettime(CLOCK_MONOTONIC, &end);
    sigaction(SIGALRM, &(struct sigaction){.sa_handler = SIG_DFL}, NULL);
    return (int64_t)(end.tv_sec - start.tv_sec) * 1000 + (end.tv_nsec - start.tv_nsec) / 1000000;
}

/* Only SIGTERM ends a wait early. */
static void test_interrupted_wait(void **state)
{
    (void)state;
    struct lambda_stop stop;
    bool stopped = true;
    assert_true(lambda_stop_init(&stop));
    assert_true(wait_with_alarm(&stop, count_signal, &stopped) >= 500);
    assert_false(stopped);
    assert_true(wait_with_alarm(&stop, raise_sigterm, &stopped) < 500);
    assert_true(stopped);
    assert_true(lambda_stop_wait(&stop, 0)); /* it stays so */
    lambda_stop_done(&stop);
    own_signals = 0;
}

/* What had SIGTERM before has it afterwards, and lambda_run() can be called again. */
static void test_handler_is_given_back(void **state)
{
    (void)state;
    struct sigaction mine = {.sa_handler = count_signal}, after;
    sigemptyset(&mine.sa_mask);
    sigaction(SIGTERM, &mine, NULL);
    test_while_waiting(state);
    test_while_waiting(state);
    assert_int_equal(own_signals, 0);
    raise(SIGTERM);
    assert_int_equal(own_signals, 1);
    sigaction(SIGTERM, &(struct sigaction){.sa_handler = SIG_DFL}, &after);
    assert_true(after.sa_handler == count_signal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_while_waiting),         cmocka_unit_test(test_while_receiving),
        cmocka_unit_test(test_while_handling),        cmocka_unit_test(test_while_answering),
        cmocka_unit_test(test_while_pausing),         cmocka_unit_test(test_interrupted_wait),
        cmocka_unit_test(test_handler_is_given_back),
    };
    return cmocka_run_group_tests_name("stop", tests, NULL, NULL);
}
