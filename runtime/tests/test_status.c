/* What the runtime does for each status on each verb. */
#include "session.h"
#include "test.h"

#define OTHER(status)                                                                              \
    "HTTP/1.1 " #status " Scripted\r\nContent-Length: 51\r\n\r\n"                                  \
    "{\"errorMessage\":\"words\",\"errorType\":\"ScriptedType\"}"

static struct lambda_error failure = {"Function.Broken", "It broke."};

static void test_happy(void **state)
{
    (void)state;
    static const struct scripted_turn turns[] = {{EVENT}, {ACCEPTED}, {EVENT}, {ACCEPTED}, {LAST}};
    struct session session;
    session_run(&session, turns, COUNT(turns), session_echo, NULL);
    assert_int_equal(session.status, EXIT_FAILURE);
    assert_int_equal(session.api.request_count, 5);
    assert_int_equal(session.api.connection_count, 1);
    session_assert_request(&session, 0, "GET", "/invocation/next");
    session_assert_request(&session, 1, "POST", "/invocation/id-1/response");
    session_assert_request(&session, 2, "GET", "/invocation/next");
    assert_string_equal(session.api.requests[1].body.data, "{\"a\":1}");
    assert_string_equal(session_header(&session, 0, "User-Agent"), "lambda-c-runtime/0.1.0");
    assert_string_equal(session_header(&session, 1, "User-Agent"), "lambda-c-runtime/0.1.0");
    assert_string_equal(session_header(&session, 1, "Content-Type"), "application/json");
    assert_string_equal(session_header(&session, 1, "Content-Length"), "7");
    assert_null(session_header(&session, 0, "Content-Type"));
    assert_null(session_header(&session, 1, "Expect"));
    assert_null(session_header(&session, 1, "Transfer-Encoding"));
    assert_null(session_header(&session, 1, "Lambda-Runtime-Function-Error-Type"));
    assert_int_equal(session_log_count(&session, "{"), 1);
    assert_int_equal(session_log_count(&session, "\"level\":\"FATAL\""), 1);
    session_done(&session);
}

/* One bad answer to /next, then all is well. */
static void test_next_retries(void **state)
{
    (void)state;
    static const char *const replies[] = {
        OTHER(400), OTHER(403), OTHER(404),
        OTHER(410), OTHER(413), OTHER(429),
        OTHER(502), OTHER(302), "HTTP/1.1 000 Zero\r\nContent-Length: 0\r\n\r\n"};
    for (size_t i = 0; i < COUNT(replies); i++) {
        const struct scripted_turn turns[] = {{replies[i]}, {EVENT}, {ACCEPTED}, {LAST}};
        struct session session;
        session_run(&session, turns, COUNT(turns), session_echo, NULL);
        assert_int_equal(session.status, EXIT_FAILURE);
        assert_int_equal(session.api.request_count, 4);
        session_assert_request(&session, 1, "GET", "/invocation/next");
        session_assert_request(&session, 2, "POST", "/invocation/id-1/response");
        assert_int_equal(session_log_count(&session, "WARN"), 1);
        assert_true(session.elapsed_ms >= 100);
        session_done(&session);
    }
}

/* Six answers in a row, five pauses that double: 100 + 200 + 400 + 800 + 1600 ms. */
static void test_next_gives_up(void **state)
{
    (void)state;
    static const char *const replies[] = {OTHER(403), OTHER(400)};
    for (size_t i = 0; i < COUNT(replies); i++) {
        const struct scripted_turn bad = {replies[i]};
        const struct scripted_turn turns[] = {bad, bad, bad, bad, bad, bad, bad};
        struct session session;
        session_run(&session, turns, COUNT(turns), session_echo, NULL);
        assert_int_equal(session.status, EXIT_FAILURE);
        assert_int_equal(session.api.request_count, 6);
        assert_true(session.elapsed_ms >= 3100 && session.elapsed_ms < 6000);
        assert_int_equal(session_log_count(&session, "\"level\":\"WARN\""), 6);
        assert_int_equal(session_log_count(&session, "\"level\":\"FATAL\""), 1);
        assert_int_equal(session_log_count(&session, "ScriptedType"), 6);
        session_done(&session);
    }
}

/* Failures count only in a row. */
static void test_next_recovers(void **state)
{
    (void)state;
    static const struct scripted_turn turns[] = {
        {STATUS(403)}, {STATUS(403)}, {STATUS(403)}, {EVENT},    {ACCEPTED}, {STATUS(403)},
        {STATUS(403)}, {STATUS(403)}, {EVENT},       {ACCEPTED}, {LAST}};
    struct session session;
    session_run(&session, turns, COUNT(turns), session_echo, NULL);
    assert_int_equal(session.api.request_count, 11);
    assert_true(session.elapsed_ms >= 1400 && session.elapsed_ms < 3000);
    session_done(&session);
}

static void test_next_500(void **state)
{
    (void)state;
    static const struct scripted_turn turns[] = {{OTHER(500)}, {EVENT}, {ACCEPTED}, {LAST}};
    struct session session;
    session_run(&session, turns, COUNT(turns), session_echo, NULL);
    assert_int_equal(session.status, EXIT_FAILURE);
    assert_int_equal(session.api.request_count, 1);
    assert_int_equal(session_log_count(&session, "\"level\":\"FATAL\""), 1);
    assert_int_equal(session_log_count(&session, "\"status\":500"), 1);
    session_done(&session);
}

/* The same rows for /response and for /error. */
static void test_answers(void **state)
{
    (void)state;
    static const struct {
        const char *reply;
        bool exits;
        const char *level; /* of the line about it; NULL for none */
    } rows[] = {
        {ACCEPTED, false, NULL},      {STATUS(200), false, NULL},   {STATUS(204), false, NULL},
        {OTHER(400), false, "ERROR"}, {OTHER(403), false, "ERROR"}, {OTHER(404), false, "ERROR"},
        {OTHER(410), false, "WARN"},  {OTHER(413), false, "ERROR"}, {OTHER(429), false, "ERROR"},
        {OTHER(503), false, "ERROR"}, {OTHER(500), true, "FATAL"},
    };
    for (size_t i = 0; i < 2 * COUNT(rows); i++) {
        bool fails = i >= COUNT(rows);
        size_t row = i % COUNT(rows);
        const struct scripted_turn turns[] = {
            {EVENT}, {rows[row].reply}, {EVENT}, {ACCEPTED}, {LAST}};
        struct session session;
        session_run(&session, turns, COUNT(turns), fails ? session_fail : session_echo, &failure);
        assert_int_equal(session.status, EXIT_FAILURE);
        assert_int_equal(session.api.request_count, rows[row].exits ? 2 : 5);
        assert_int_equal(session.api.connection_count, 1);
        session_assert_request(&session, 1, "POST",
                               fails ? "/invocation/id-1/error" : "/invocation/id-1/response");
        assert_int_equal(session_log_count(&session, "ScriptedType"), rows[row].level ? 1 : 0);
        if (rows[row].level) {
            char wanted[200];
            snprintf(wanted, sizeof wanted, "\"level\":\"%s\",\"message\":", rows[row].level);
            assert_true(session_log_count(&session, wanted) >= 1);
            assert_true(session_log_count(&session, "\"requestId\":\"id-1\",\"status\":") == 1);
        }
        session_done(&session);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_happy),         cmocka_unit_test(test_next_retries),
        cmocka_unit_test(test_next_gives_up), cmocka_unit_test(test_next_recovers),
        cmocka_unit_test(test_next_500),      cmocka_unit_test(test_answers),
    };
    return cmocka_run_group_tests_name("status", tests, NULL, NULL);
}
