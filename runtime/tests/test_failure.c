/* Errors on their way to Lambda, and what the log says about them. */
#include "capture.h"
#include "json_check.h"
#include "session.h"
#include "test.h"

static struct lambda_error broken = {"Function.Broken", "It broke: \"x\"."};

static void test_invocation_error(void **state)
{
    (void)state;
    static const struct scripted_turn turns[] = {
        {EVENT_HEAD "Lambda-Runtime-Invocation-Id: try-1\r\nContent-Length: 0\r\n\r\n"},
        {ACCEPTED},
        {LAST}};
    struct session session;
    session_run(&session, turns, COUNT(turns), session_fail, &broken);
    assert_int_equal(session.api.request_count, 3);
    session_assert_request(&session, 1, "POST", "/invocation/id-1/error");
    assert_string_equal(session_header(&session, 1, "Lambda-Runtime-Function-Error-Type"),
                        "Function.Broken");
    assert_string_equal(session_header(&session, 1, "Lambda-Runtime-Invocation-Id"), "try-1");
    assert_string_equal(session_header(&session, 1, "Content-Type"), "application/json");
    const char *cause = session_header(&session, 1, "Lambda-Runtime-Function-XRay-Error-Cause");
    assert_true(json_is_valid(cause, strlen(cause)));
    assert_ptr_equal(strstr(cause, "{\"working_directory\":\"/"), cause);
    assert_non_null(strstr(cause, "\"exceptions\":[{\"type\":\"Function.Broken\","
                                  "\"message\":\"It broke: \\\"x\\\".\",\"stack\":[]}],"
                                  "\"paths\":[]}"));
    assert_string_equal(session.api.requests[1].body.data,
                        "{\"errorType\":\"Function.Broken\","
                        "\"errorMessage\":\"It broke: \\\"x\\\".\",\"stackTrace\":[]}");
    assert_int_equal(session_log_count(&session, "\"level\":\"ERROR\",\"message\":\"It broke: "
                                                 "\\\"x\\\".\",\"requestId\":\"id-1\","
                                                 "\"errorType\":\"Function.Broken\"}"),
                     1);
    session_done(&session);
}

static void test_hostile_text(void **state)
{
    (void)state;
    static struct lambda_error errors[] = {
        {"Function.Bad", "\"}\r\n{\"forged\":1}"},
        {"Function.Bad", "\xFF\xC0\x80 caf\xC3\xA9 \xED\xA0\x80"},
        {"Function.Bad", "\x1B[31m \xE2\x80\xAE \x7F"},
        {"Function.Bad\r\nX-Forged: 1", "type with a line break"},
        {"Function.Bad\x01", "type with a control"},
        {"", "no type"},
        {"Function.Bad", ""},
    };
    static const struct scripted_turn turns[] = {{EVENT}, {ACCEPTED}, {LAST}};
    for (size_t i = 0; i < COUNT(errors); i++) {
        struct session session;
        session_run(&session, turns, COUNT(turns), session_fail, &errors[i]);
        assert_int_equal(session.api.request_count, 3);
        const struct scripted_request *request = &session.api.requests[1];
        assert_true(json_is_valid(request->body.data, request->body.len));
        const char *cause = session_header(&session, 1, "Lambda-Runtime-Function-XRay-Error-Cause");
        assert_true(cause && json_is_valid(cause, strlen(cause)));
        assert_null(strstr(request->head.data, "\nX-Forged"));
        for (const char *line = session.log.data; *line; line = strchr(line, '\n') + 1)
            assert_true(json_is_valid(line, (size_t)(strchr(line, '\n') - line)));
        assert_int_equal(session_log_count(&session, "{"), 2);
        session_done(&session);
    }
}

/* The longest message, all of it escaped, still arrives whole. */
static void test_longest_message(void **state)
{
    (void)state;
    static const struct scripted_turn turns[] = {{EVENT}, {ACCEPTED}, {LAST}};
    struct lambda_error err = {.type = "Function.Long"};
    struct session session;
    memset(err.message, '\x01', sizeof err.message - 1);
    session_run(&session, turns, COUNT(turns), session_fail, &err);
    const struct scripted_request *request = &session.api.requests[1];
    assert_true(json_is_valid(request->body.data, request->body.len));
    assert_true(request->body.len > (sizeof err.message - 1) * strlen("\\u0001"));
    session_done(&session);
}

static bool fail_silently(const struct lambda_invocation *invocation,
                          struct lambda_buffer *response, struct lambda_error *err, void *user)
{
    (void)invocation, (void)response, (void)err, (void)user;
    return false;
}

static void test_silent_failure(void **state)
{
    (void)state;
    static const struct scripted_turn turns[] = {{EVENT}, {ACCEPTED}, {LAST}};
    struct session session;
    session_run(&session, turns, COUNT(turns), fail_silently, NULL);
    session_assert_request(&session, 1, "POST", "/invocation/id-1/error");
    assert_string_equal(session_header(&session, 1, "Lambda-Runtime-Function-Error-Type"),
                        "Function.Unknown");
    session_done(&session);
}

static void test_init_error(void **state)
{
    (void)state;
    static const struct {
        struct scripted_turn turn;
        size_t lines; /* of log */
    } rows[] = {
        {{ACCEPTED}, 1},           {{STATUS(200)}, 1}, {{STATUS(400)}, 2},
        {{STATUS(403)}, 2},        {{STATUS(500)}, 2}, {{NULL, .end = CLOSE}, 2},
        {{NULL, .end = RESET}, 2},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct scripted_turn turns[] = {rows[i].turn, {ACCEPTED}};
        struct session session;
        session_run(&session, turns, COUNT(turns), NULL, &broken);
        assert_int_equal(session.status, EXIT_FAILURE);
        assert_int_equal(session.api.request_count, 1);
        session_assert_request(&session, 0, "POST", "/init/error");
        assert_string_equal(session_header(&session, 0, "Lambda-Runtime-Function-Error-Type"),
                            "Function.Broken");
        assert_null(session_header(&session, 0, "Lambda-Runtime-Invocation-Id"));
        assert_null(session_header(&session, 0, "Lambda-Runtime-Function-XRay-Error-Cause"));
        assert_string_equal(session.api.requests[0].body.data,
                            "{\"errorType\":\"Function.Broken\","
                            "\"errorMessage\":\"It broke: \\\"x\\\".\",\"stackTrace\":[]}");
        assert_int_equal(session_log_count(&session, "\"level\":\"FATAL\""), 1);
        assert_int_equal(session_log_count(&session, "{"), rows[i].lines);
        session_done(&session);
    }
}

/* Runs without a Runtime API, and wants one FATAL line and nothing else. */
static void assert_refused(const char *endpoint)
{
    struct capture capture;
    struct lambda_buffer log;
    lambda_buffer_init(&log, 10000);
    capture_start(&capture);
    int status = lambda_run(session_echo, NULL);
    capture_end(&capture, &log);
    assert_int_equal(status, EXIT_FAILURE);
    if (!strstr(log.data, "FATAL") || !strstr(log.data, "AWS_LAMBDA_RUNTIME_API"))
        fail_msg("%s was not refused: %s", endpoint ? endpoint : "(none)", log.data);
    assert_ptr_equal(strchr(log.data, '\n'), log.data + log.len - 1);
    assert_null(strstr(log.data, "secret"));
    lambda_buffer_done(&log);
}

static void test_endpoints(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "127.0.0.1",
        ":9001",
        "127.0.0.1:",
        "127.0.0.1:0",
        "127.0.0.1:65536",
        "127.0.0.1:9001/",
        "127.0.0.1:9001/x",
        "http://127.0.0.1:9001",
        "u:secret@host:1",
        "secret@host:9001",
        "host :9001",
        "host:9001 ",
        " host:9001",
        "host:9001\r\nX: y",
        "host\n:9001",
        "host:90:01",
        "host:+1",
        "host:999999999999",
        "h\xC3\xB6st:9001",
        "host:9001#",
        "host:9001?",
        "[::1]:9001",
    };
    for (size_t i = 0; i < COUNT(bad); i++) {
        setenv("AWS_LAMBDA_RUNTIME_API", bad[i], 1);
        assert_refused(bad[i]);
    }
    unsetenv("AWS_LAMBDA_RUNTIME_API");
    assert_refused(NULL);
    struct capture capture;
    struct lambda_buffer log;
    lambda_buffer_init(&log, 10000);
    capture_start(&capture);
    assert_int_equal(lambda_init_failed(&broken), EXIT_FAILURE);
    capture_end(&capture, &log);
    assert_non_null(strstr(log.data, "Function.Broken"));
    assert_non_null(strstr(log.data, "AWS_LAMBDA_RUNTIME_API"));
    lambda_buffer_done(&log);
}

/* At TRACE, with every kind of answer, nothing of an event or a response is logged. */
static void test_log_holds_no_payload(void **state)
{
    (void)state;
#define SECRET "Content-Length: 8\r\n\r\n\"secret\""
    static const struct scripted_turn turns[] = {
        {"HTTP/1.1 200 OK\r\n" SECRET}, /* no request id */
        {EVENT_HEAD SECRET},
        {ACCEPTED},
        {EVENT_HEAD SECRET},
        {STATUS(413)},
        {EVENT_HEAD "Content-Length: 80\r\n\r\n\"secret\"", .end = CLOSE},
        {LAST}};
    struct session session;
    setenv("AWS_LAMBDA_LOG_LEVEL", "TRACE", 1);
    session_run(&session, turns, COUNT(turns), session_echo, NULL);
    unsetenv("AWS_LAMBDA_LOG_LEVEL");
    assert_int_equal(session.api.request_count, 7);
    assert_string_equal(session.api.requests[2].body.data, "\"secret\"");
    assert_int_equal(session_log_count(&session, "DEBUG"), 3);
    assert_int_equal(session_log_count(&session, "secret"), 0);
    session_done(&session);
}

static bool log_and_echo(const struct lambda_invocation *invocation, struct lambda_buffer *response,
                         struct lambda_error *err, void *user)
{
    lambda_log(invocation->logger, LAMBDA_LOG_INFO, "hello", NULL);
    return session_echo(invocation, response, err, user);
}

static void test_log_of_handler(void **state)
{
    (void)state;
    static const struct scripted_turn turns[] = {{EVENT}, {ACCEPTED}, {LAST}};
    struct session session;
    session_run(&session, turns, COUNT(turns), log_and_echo, NULL);
    assert_int_equal(session_log_count(&session, "\"message\":\"hello\",\"requestId\":\"id-1\"}"),
                     1);
    assert_int_equal(session_log_count(&session, "id-1"), 1); /* the last line belongs to none */
    session_done(&session);

    static const struct scripted_turn of_tenant[] = {
        {EVENT_HEAD "Lambda-Runtime-Aws-Tenant-Id: blue\r\nContent-Length: 0\r\n\r\n"},
        {ACCEPTED},
        {LAST}};
    session_run(&session, of_tenant, COUNT(of_tenant), log_and_echo, NULL);
    assert_int_equal(session_log_count(&session, "\"requestId\":\"id-1\",\"tenantId\":\"blue\"}"),
                     1);
    assert_int_equal(session_log_count(&session, "blue"), 1); /* the last line belongs to none */
    session_done(&session);

    setenv("AWS_LAMBDA_LOG_FORMAT", "Text", 1);
    session_run(&session, turns, COUNT(turns), log_and_echo, NULL);
    unsetenv("AWS_LAMBDA_LOG_FORMAT");
    assert_int_equal(session_log_count(&session, "Z id-1 INFO hello"), 1);
    assert_int_equal(session_log_count(&session, "Z FATAL the Runtime API"), 1);
    session_done(&session);

    setenv("AWS_LAMBDA_LOG_LEVEL", "ERROR", 1);
    session_run(&session, turns, COUNT(turns), log_and_echo, NULL);
    unsetenv("AWS_LAMBDA_LOG_LEVEL");
    assert_int_equal(session_log_count(&session, "hello"), 0);
    assert_int_equal(session_log_count(&session, "FATAL"), 1);
    session_done(&session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_invocation_error),     cmocka_unit_test(test_hostile_text),
        cmocka_unit_test(test_longest_message),      cmocka_unit_test(test_silent_failure),
        cmocka_unit_test(test_init_error),           cmocka_unit_test(test_endpoints),
        cmocka_unit_test(test_log_holds_no_payload), cmocka_unit_test(test_log_of_handler),
    };
    return cmocka_run_group_tests_name("failure", tests, NULL, NULL);
}
