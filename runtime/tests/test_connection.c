/* Connections that break, at every place where they can. */
#include "session.h"
#include "test.h"

#include <unistd.h>

static const struct scripted_turn no_turns[1];

/* The API lets go of a connection in some way instead of a good answer to the first /next. */
static void test_next_breaks(void **state)
{
    (void)state;
    static const struct scripted_turn breaks[] = {
        {NULL, .end = CLOSE},
        {NULL, .end = RESET},
        {"HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-", .end = CLOSE},
        {"HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-", .end = RESET},
        {EVENT_HEAD "Content-Len", .end = CLOSE},
        {EVENT_HEAD "Content-Len", .end = RESET},
        {"HTTP/1.1 100 Continue\r\n\r\n" EVENT_HEAD, .end = CLOSE},
        {EVENT_HEAD "Content-Length: 700\r\n\r\n{\"a\":1", .end = CLOSE},
        {EVENT_HEAD "Content-Length: 700\r\n\r\n{\"a\":1", .end = RESET},
        {EVENT_HEAD "Transfer-Encoding: chunked\r\n\r\n7\r\n{\"a\":1}\r\n", .end = CLOSE},
        {EVENT_HEAD "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n", .end = CLOSE},
        {"garbage\r\n\r\n", .end = CLOSE},
        {"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", .end = CLOSE},
        {"HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n", .reply_len = 27, .end = CLOSE},
        {"HTTP/1.1 200 OK\r\n folded: 1\r\n\r\n", .end = CLOSE},
        {"HTTP/1.1 200 OK\r\n  \r\n" EVENT, .end = CLOSE},
        {"HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n", .end = CLOSE},
        {"HTTP/1.1 099 OK\r\nContent-Length: 0\r\n\r\n", .end = CLOSE},
        {"HTTP/2 200 OK\r\nContent-Length: 0\r\n\r\n", .end = CLOSE},
        {EVENT_HEAD "Content-Length: -1\r\n\r\n{}", .end = CLOSE},
        {EVENT_HEAD "Content-Length: 2x\r\n\r\n{}", .end = CLOSE},
        {EVENT_HEAD "Content-Length: 18446744073709551618\r\n\r\n{}", .end = CLOSE},
        {EVENT_HEAD "Content-Length: 3\r\nContent-Length: 2\r\n\r\n{}", .end = CLOSE},
        {EVENT_HEAD "Transfer-Encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", .end = CLOSE},
        {EVENT_HEAD "Transfer-Encoding: chunked\r\n\r\n2\r\n{}x\r\n0\r\n\r\n", .end = CLOSE},
        {EVENT_HEAD "Transfer-Encoding: chunked\r\n\r\n2x\r\n{}\r\n0\r\n\r\n", .end = CLOSE},
        {EVENT_HEAD "Transfer-Encoding: chunked\r\n\r\n\r\n\r\n", .end = CLOSE},
        {EVENT_HEAD "Transfer-Encoding: chunked\r\n\r\n0\r\nX: y\r\n", .end = CLOSE},
    };
    for (size_t i = 0; i < COUNT(breaks); i++) {
        const struct scripted_turn turns[] = {breaks[i], {EVENT}, {ACCEPTED}, {LAST}};
        struct session session;
        session_run(&session, turns, COUNT(turns), session_echo, NULL);
        assert_int_equal(session.status, EXIT_FAILURE);
        assert_int_equal(session.api.request_count, 4);
        assert_int_equal(session.api.connection_count, 2);
        session_assert_request(&session, 2, "POST", "/invocation/id-1/response");
        assert_string_equal(session.api.requests[2].body.data, "{\"a\":1}");
        assert_int_equal(session_log_count(&session, "WARN"), 1);
        assert_int_equal(session_log_count(&session, "\"detail\":\""), 1);
        session_done(&session);
    }
}

/* A header line of more than 100 KiB is a broken answer. */
static void test_next_header_flood(void **state)
{
    (void)state;
    struct lambda_buffer reply;
    struct session session;
    lambda_buffer_init(&reply, SIZE_MAX);
    lambda_buffer_format(&reply, EVENT_HEAD "X-Flood: %0*d\r\nContent-Length: 2\r\n\r\n{}", 200000,
                         1);
    const struct scripted_turn turns[] = {{reply.data, .end = CLOSE}, {EVENT}, {ACCEPTED}, {LAST}};
    session_run(&session, turns, COUNT(turns), session_echo, NULL);
    assert_int_equal(session.api.request_count, 4);
    assert_int_equal(session_log_count(&session, "WARN"), 1);
    session_done(&session);
    lambda_buffer_done(&reply);
}

/* The script is over before it began: the port is closed. */
static void test_nobody_listens(void **state)
{
    (void)state;
    struct session session;
    session_run(&session, no_turns, 0, session_echo, NULL);
    assert_int_equal(session.status, EXIT_FAILURE);
    assert_true(session.elapsed_ms >= 3100);
    assert_int_equal(session_log_count(&session, "WARN"), 6);
    assert_int_equal(session_log_count(&session, "FATAL"), 1);
    session_done(&session);
}

static bool wait_and_echo(const struct lambda_invocation *invocation,
                          struct lambda_buffer *response, struct lambda_error *err, void *user)
{
    usleep(50000); /* the end of the connection arrives meanwhile */
    return session_echo(invocation, response, err, user);
}

/* A kept connection that was closed between two requests is replaced, and nobody notices. */
static void test_closed_between_requests(void **state)
{
    (void)state;
    static const enum scripted_end ends[] = {CLOSE, RESET};
    for (size_t i = 0; i < COUNT(ends); i++) {
        const struct scripted_turn turns[] = {
            {EVENT, .end = ends[i]}, {ACCEPTED, .end = ends[i]}, {EVENT}, {ACCEPTED}, {LAST}};
        struct session session;
        session_run(&session, turns, COUNT(turns), wait_and_echo, NULL);
        assert_int_equal(session.api.request_count, 5);
        assert_int_equal(session.api.connection_count, 3);
        session_assert_request(&session, 1, "POST", "/invocation/id-1/response");
        session_assert_request(&session, 2, "GET", "/invocation/next");
        session_assert_request(&session, 3, "POST", "/invocation/id-1/response");
        assert_int_equal(session_log_count(&session, "FATAL"), 1);
        session_done(&session);
    }
}

/* A GET that died on a kept connection may be sent again, unlike a POST. */
static void test_next_dies_on_kept_connection(void **state)
{
    (void)state;
    static const struct scripted_turn turns[] = {{EVENT}, {ACCEPTED}, {NULL, .end = CLOSE},
                                                 {EVENT}, {ACCEPTED}, {LAST}};
    struct session session;
    session_run(&session, turns, COUNT(turns), session_echo, NULL);
    assert_int_equal(session.api.request_count, 6);
    session_assert_request(&session, 3, "GET", "/invocation/next");
    session_done(&session);
}

static bool respond_at_length(const struct lambda_invocation *invocation,
                              struct lambda_buffer *response, struct lambda_error *err, void *user)
{
    (void)invocation, (void)err;
    static char block[1024];
    memset(block, 'r', sizeof block);
    for (size_t left = *(size_t *)user; left > 0;) {
        size_t part = left < sizeof block ? left : sizeof block;
        lambda_buffer_add(response, block, part);
        left -= part;
    }
    return true;
}

/*
 * The connection breaks after a POST was sent, in part or whole: nobody knows what became of it, even
 * if the connection was a kept one and gave no byte of an answer.
 */
static void test_post_is_never_repeated(void **state)
{
    (void)state;
    static const struct scripted_turn breaks[] = {
        {NULL, .end = CLOSE},
        {NULL, .end = RESET},
        {NULL, .end = CLOSE, .head_only = true},
        {NULL, .end = RESET, .head_only = true},
        {"HTTP/1.1 202 Acc", .end = CLOSE},
        {"HTTP/1.1 202 Acc", .end = RESET},
        {"HTTP/1.1 202 Accepted\r\nContent-Len", .end = CLOSE},
        {"HTTP/1.1 202 Accepted\r\nContent-Length: 16\r\n\r\n{", .end = CLOSE},
        {"nonsense\r\n\r\n", .end = CLOSE},
    };
    size_t sizes[] = {0, 7, 200000, 5 << 20};
    for (size_t i = 0; i < COUNT(breaks) * COUNT(sizes); i++) {
        const struct scripted_turn turns[] = {
            {EVENT}, breaks[i % COUNT(breaks)], {ACCEPTED}, {LAST}, {LAST}};
        struct session session;
        session_run(&session, turns, COUNT(turns), respond_at_length, &sizes[i / COUNT(breaks)]);
        assert_int_equal(session.status, EXIT_FAILURE);
        assert_int_equal(session.api.request_count, 2);
        session_assert_request(&session, 1, "POST", "/invocation/id-1/response");
        assert_int_equal(session_log_count(&session, "nobody knows if the answer arrived"), 1);
        assert_int_equal(session_log_count(&session, "\"detail\":\""), 1);
        session_done(&session);
    }
}

/* What comes behind an answer is not the answer to the next request: that gets a new connection. */
static void test_answer_too_many(void **state)
{
    (void)state;
    static const struct scripted_turn turns[] = {
        {EVENT STATUS(413)}, {ACCEPTED STATUS(403)}, {LAST}};
    struct session session;
    session_run(&session, turns, COUNT(turns), session_echo, NULL);
    assert_int_equal(session.api.request_count, 3);
    assert_int_equal(session.api.connection_count, 3);
    assert_int_equal(session_log_count(&session, "{"), 1); /* the 500 */
    session_done(&session);
}

/* A server that asks for another connection gets one. */
static void test_connection_close(void **state)
{
    (void)state;
    static const char *const last[] = {
        EVENT_HEAD "connection: Close\r\nContent-Length: 7\r\n\r\n{\"a\":1}",
        "HTTP/1.0 200 OK\r\nLambda-Runtime-Aws-Request-Id: id-1\r\nContent-Length: 2\r\n\r\n{}",
    };
    for (size_t i = 0; i < COUNT(last); i++) {
        const struct scripted_turn turns[] = {{last[i]}, {ACCEPTED}, {LAST}};
        struct session session;
        session_run(&session, turns, COUNT(turns), session_echo, NULL);
        assert_int_equal(session.api.request_count, 3);
        assert_int_equal(session.api.connection_count, 2);
        session_done(&session);
    }
}

/* The environment's proxy is a port where nobody listens. */
static void test_proxy_variables(void **state)
{
    (void)state;
    static const char *const names[] = {"http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY",
                                        "https_proxy"};
    static const struct scripted_turn turns[] = {{EVENT}, {ACCEPTED}, {LAST}};
    struct session session;
    for (size_t i = 0; i < COUNT(names); i++)
        setenv(names[i], "http://127.0.0.1:1", 1);
    session_run(&session, turns, COUNT(turns), session_echo, NULL);
    for (size_t i = 0; i < COUNT(names); i++)
        unsetenv(names[i]);
    assert_int_equal(session.api.request_count, 3);
    session_done(&session);
}

/* A redirect is an answer like any other; it leads nowhere. */
static void test_redirect(void **state)
{
    (void)state;
    static const struct scripted_turn turns[] = {
        {EVENT},
        {"HTTP/1.1 307 Moved\r\nLocation: /2018-06-01/runtime/elsewhere\r\nContent-Length: "
         "0\r\n\r\n"},
        {LAST}};
    struct session session;
    session_run(&session, turns, COUNT(turns), session_echo, NULL);
    assert_int_equal(session.api.request_count, 3);
    session_assert_request(&session, 2, "GET", "/invocation/next");
    session_done(&session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_next_breaks),
        cmocka_unit_test(test_next_header_flood),
        cmocka_unit_test(test_nobody_listens),
        cmocka_unit_test(test_closed_between_requests),
        cmocka_unit_test(test_next_dies_on_kept_connection),
        cmocka_unit_test(test_post_is_never_repeated),
        cmocka_unit_test(test_answer_too_many),
        cmocka_unit_test(test_connection_close),
        cmocka_unit_test(test_proxy_variables),
        cmocka_unit_test(test_redirect),
    };
    return cmocka_run_group_tests_name("connection", tests, NULL, NULL);
}
