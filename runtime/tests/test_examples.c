/* Each program of examples/, linked with the installed library, against a scripted Runtime API. */
#include "capture.h"
#include "session.h"
#include "test.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static const char *program; /* BUILD/tests/test_examples: the others are in BUILD/examples/ */

/* Runs one to its end, its output in the log; returns its status as waitpid() gives it. */
static int run_example(struct session *session, const char *name, const struct scripted_turn *turns,
                       size_t count)
{
    char path[512], address[32];
    struct capture capture;
    pid_t pid = 0;
    int status = -1;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
    lambda_buffer_init(&session->log, 1 << 20);
    scripted_api_start(&session->api, turns, count);
    snprintf(path, sizeof path, "%.*s../examples/%s",
             (int)(strlen(program) - strlen("test_examples")), program, name);
    snprintf(address, sizeof address, "127.0.0.1:%d", session->api.port);
    setenv("AWS_LAMBDA_RUNTIME_API", address, 1);
    alarm(30);
    capture_start(&capture);
    int failure = posix_spawn(&pid, path, &actions, NULL, (char *[]){path, NULL}, environ);
    pid_t ended = failure == 0 ? waitpid(pid, &status, 0) : -1;
    capture_end(&capture, &session->log);
    scripted_api_join(&session->api);
    alarm(0);
    posix_spawn_file_actions_destroy(&actions);
    assert_int_equal(failure, 0);
    assert_int_equal(ended, pid);
    return status;
}

#define HTTP(method, path, query)                                                                  \
    "{\"rawPath\":\"" path "\",\"requestContext\":{\"http\":{\"method\":\"" method "\"}}" query "}"
#define HELLO(status, body)                                                                        \
    "{\"statusCode\":" status ",\"headers\":{\"content-type\":\"text/plain; charset=utf-8\"},"     \
    "\"body\":\"" body "\"}"

static void test_answers(void **state)
{
    (void)state;
    static const struct {
        const char *example, *event, *verb, *answer;
    } rows[] = {
        {"echo", "{\"a\":1}", "response", "{\"a\":1}"},
        {"echo_cpp", "{\"a\":1}", "response", "{\"a\":1}"},
        {"steps", "{\"a\":1}", "response", "\"7 bytes\""},
        {"custom_error", "{\"a\":1}", "response", "\"well\""},
        {"custom_error", "{}", "error",
         "{\"errorType\":\"Function.EventEmpty\",\"errorMessage\":\"There is nothing in event "
         "id-1: send an object with members.\",\"stackTrace\":[]}"},
        {"http", HTTP("GET", "/hello", ""), "response", HELLO("200", "Hello, world!\\n")},
        {"http", HTTP("GET", "/hello", ",\"queryStringParameters\":{\"name\":\"J\\\"\"}"),
         "response", HELLO("200", "Hello, J\\\"!\\n")},
        {"http", HTTP("POST", "/hello", ""), "response", HELLO("405", "GET it.\\n")},
        {"http", HTTP("GET", "/", ""), "response", HELLO("404", "There is only /hello.\\n")},
        {"concurrent", "1", "response", "1"},
        {"concurrent", "-1", "error",
         "{\"errorType\":\"Function.WaitTooLong\",\"errorMessage\":\"Send a number from 0 to "
         "10000.\",\"stackTrace\":[]}"},
        {"http", "[", "error",
         "{\"errorType\":\"Function.EventNotJson\",\"errorMessage\":\"The event is not JSON.\","
         "\"stackTrace\":[]}"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char event[1000], path[64];
        struct session session;
        snprintf(event, sizeof event, EVENT_HEAD "Content-Length: %zu\r\n\r\n%s",
                 strlen(rows[i].event), rows[i].event);
        snprintf(path, sizeof path, "/invocation/id-1/%s", rows[i].verb);
        const struct scripted_turn turns[] = {{event}, {ACCEPTED}, {LAST}};
        int status = run_example(&session, rows[i].example, turns, COUNT(turns));
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == EXIT_FAILURE); /* LAST says so */
        session_assert_request(&session, 1, "POST", path);
        assert_string_equal(session.api.requests[1].body.data, rows[i].answer);
        session_done(&session);
    }
}

#define HEAD                                                                                       \
    "{\"statusCode\":200,\"headers\":{\"Content-Type\":\"text/plain; "                             \
    "charset=utf-8\"},\"cookies\":[]}"

static void test_stream(void **state)
{
    (void)state;
    static const struct scripted_turn turns[] = {
        {EVENT}, {ACCEPTED}, {EVENT_HEAD "Content-Length: 2\r\n\r\n{}"}, {ACCEPTED}, {LAST}};
    static const char *const texts[] = {"3\n2\n1\nlift-off\n", "3\n2\n1\n"};
    struct session session;
    run_example(&session, "stream", turns, COUNT(turns));
    for (size_t i = 0; i < COUNT(texts); i++) {
        const struct scripted_request *request = &session.api.requests[2 * i + 1];
        assert_string_equal(request->body.data, HEAD);
        assert_string_equal(request->body.data + strlen(HEAD) + 8, texts[i]);
    }
    assert_string_equal(session.api.requests[1].trailers.data, "\r\n");
    assert_non_null(strstr(session.api.requests[3].trailers.data,
                           "Lambda-Runtime-Function-Error-Type: Function.EventEmpty\r\n"));
    session_done(&session);
}

static void test_hooks(void **state)
{
    (void)state;
    static const struct scripted_turn turns[] = {
        {"HTTP/1.1 200 OK\r\nLambda-Extension-Identifier: e\r\nContent-Length: 0\r\n\r\n"},
        {NULL, .end = PARK},
        {EVENT},
        {ACCEPTED},
        {EVENT},
        {ACCEPTED},
        {LAST}};
    struct session session;
    run_example(&session, "hooks", turns, COUNT(turns));
    assert_string_equal(session.api.requests[3].body.data, "1");
    assert_string_equal(session.api.requests[5].body.data, "2");
    assert_int_equal(session_log_count(&session, "goodbye"), 1);
    session_done(&session);
}

static void test_snapshot(void **state)
{
    (void)state;
    static const struct scripted_turn turns[] = {{STATUS(200)}, {EVENT}, {ACCEPTED}, {LAST}};
    struct session session;
    setenv("AWS_LAMBDA_INITIALIZATION_TYPE", "snap-start", 1);
    run_example(&session, "snapshot", turns, COUNT(turns));
    unsetenv("AWS_LAMBDA_INITIALIZATION_TYPE");
    session_assert_request(&session, 0, "GET", "/restore/next");
    session_assert_request(&session, 2, "POST", "/invocation/id-1/response");
    assert_true(strtoul(session.api.requests[2].body.data, NULL, 10) > 0); /* it was drawn */
    session_done(&session);
}

int main(int argc, char **argv)
{
    assert_int_equal(argc, 1);
    program = argv[0];
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_stream),
        cmocka_unit_test(test_hooks),
        cmocka_unit_test(test_snapshot),
    };
    return cmocka_run_group_tests_name("examples", tests, NULL, NULL);
}
