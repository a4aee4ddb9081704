/* Events and responses: how they are sent, and how long they may be. */
#include "test.h"
#include "witness.h"

static void test_odd_bodies(void **state)
{
    (void)state;
#define CHUNKED_BODY "Transfer-Encoding: Chunked\r\n\r\n3;x=y\r\n{\"a\r\n4 \r\n\":1}\r\n000\r\n\r\n"
#define CHUNKED EVENT_HEAD "Transfer-Encoding: chunked\r\n\r\n"
    static const struct {
        const char *reply, *event;
        size_t len;
        bool dribble;
    } rows[] = {
        {EVENT_HEAD "Content-Length: 0\r\n\r\n", "", 0, false},
        {EVENT_HEAD BODY, "{}", 2, true},
        {CHUNKED "0\r\n\r\n", "", 0, false},
        {CHUNKED "3\r\n{\"a\r\n4\r\n\":1}\r\n0\r\n\r\n", "{\"a\":1}", 7, false},
        {CHUNKED "3\r\n{\"a\r\n4\r\n\":1}\r\n0\r\nX: y\r\n\r\n", "{\"a\":1}", 7, true},
        {"HTTP/1.1 100 Continue\r\n\r\n" EVENT_HEAD BODY, "{}", 2, false},
        {"HTTP/1.0 103 Hints\r\nConnection: close\r\nLambda-Runtime-Aws-Request-Id: id-0\r\n\r\n"
         "HTTP/1.1 100 Continue\r\n\r\n" EVENT_HEAD BODY,
         "{}", 2, true},
        {EVENT_HEAD "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}", "{}", 2, false},
        {EVENT_HEAD "Content-Length: 9\r\n" CHUNKED_BODY, "{\"a\":1}", 7, false},
        {"HTTP/1.1 200\nLambda-Runtime-Aws-Request-Id:id-1\nContent-Length:  2 \n\n{}", "{}", 2,
         true},
        {EVENT_HEAD "Content-Type: text/x-odd\r\n" BODY, "{}", 2, false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct scripted_turn turns[] = {
            {rows[i].reply, .dribble = rows[i].dribble}, {ACCEPTED}, {LAST}};
        struct session session;
        session_run(&session, turns, COUNT(turns), witness, NULL);
        assert_int_equal(session.api.request_count, 3);
        session_assert_request(&session, 1, "POST", "/invocation/id-1/response");
        assert_int_equal(seen.calls, i + 1);
        assert_int_equal(seen.event.len, rows[i].len);
        assert_memory_equal(seen.event.data, rows[i].event, rows[i].len);
        session_done(&session);
    }
}

/* Makes an event of len bytes: head, then a NUL, then 'x'. */
static void make_event(struct lambda_buffer *reply, size_t len)
{
    static char block[65536];
    memset(block, 'x', sizeof block);
    lambda_buffer_init(reply, SIZE_MAX);
    lambda_buffer_format(reply, EVENT_HEAD "Content-Length: %zu\r\n\r\n", len);
    lambda_buffer_add(reply, "", 1);
    for (size_t left = len - 1; left > 0;) {
        size_t part = left < sizeof block ? left : sizeof block;
        lambda_buffer_add(reply, block, part);
        left -= part;
    }
}

static void test_large_events(void **state)
{
    (void)state;
    static const struct {
        size_t len;
        bool handled;
    } rows[] = {{6 << 20, true},
                {LAMBDA_EVENT_MAX, true},
                {LAMBDA_EVENT_MAX + 1, false},
                {12 << 20, false}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct lambda_buffer reply;
        struct session session;
        witness_forget(NULL);
        make_event(&reply, rows[i].len);
        witness_run(&session, reply.data, reply.len);
        assert_int_equal(session.api.request_count, 3);
        assert_int_equal(session.api.connection_count, 1);
        assert_int_equal(seen.calls, rows[i].handled);
        if (rows[i].handled) {
            assert_int_equal(seen.event.len, rows[i].len);
            assert_true(seen.event.data[0] == '\0' && seen.event.data[rows[i].len - 1] == 'x');
            session_assert_request(&session, 1, "POST", "/invocation/id-1/response");
        } else {
            session_assert_request(&session, 1, "POST", "/invocation/id-1/error");
            assert_string_equal(session_header(&session, 1, "Lambda-Runtime-Function-Error-Type"),
                                "Runtime.EventTooLarge");
        }
        session_done(&session);
        lambda_buffer_done(&reply);
    }
}

static bool respond_at_length(const struct lambda_invocation *invocation,
                              struct lambda_buffer *response, struct lambda_error *err, void *user)
{
    (void)invocation, (void)err;
    for (size_t len = *(size_t *)user; len > 0; len--)
        lambda_buffer_add(response, "r", 1);
    return true;
}

static void test_response_sizes(void **state)
{
    (void)state;
    static const struct scripted_turn turns[] = {{EVENT}, {ACCEPTED}, {LAST}};
    size_t sizes[] = {0, 1, LAMBDA_RESPONSE_MAX, LAMBDA_RESPONSE_MAX + 1};
    for (size_t i = 0; i < COUNT(sizes); i++) {
        struct session session;
        session_run(&session, turns, COUNT(turns), respond_at_length, &sizes[i]);
        assert_int_equal(session.api.request_count, 3);
        if (sizes[i] <= LAMBDA_RESPONSE_MAX) {
            session_assert_request(&session, 1, "POST", "/invocation/id-1/response");
            assert_int_equal(session.api.requests[1].body.len, sizes[i]);
            assert_non_null(session_header(&session, 1, "Content-Length"));
            assert_null(session_header(&session, 1, "Expect"));
        } else {
            session_assert_request(&session, 1, "POST", "/invocation/id-1/error");
            assert_string_equal(session_header(&session, 1, "Lambda-Runtime-Function-Error-Type"),
                                "Runtime.ResponseTooLarge");
        }
        session_done(&session);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_odd_bodies, witness_forget),
        cmocka_unit_test_teardown(test_large_events, witness_forget),
        cmocka_unit_test_teardown(test_response_sizes, witness_forget),
    };
    return cmocka_run_group_tests_name("event", tests, NULL, NULL);
}
