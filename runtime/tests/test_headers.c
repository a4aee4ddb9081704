/* The headers of an event: what reaches the handler, and what goes back. */
#include "test.h"
#include "witness.h"

#include <time.h>

static void test_all_headers(void **state)
{
    (void)state;
    struct session session;
    witness_run(
        &session,
        "HTTP/1.1 200 OK\r\nlambda-runtime-aws-REQUEST-ID: \t8476a536-e9f4-11e8 \t\r\n"
        "Lambda-Runtime-Invocation-Id:try-1\r\nLambda-Runtime-Deadline-Ms: 1542409706888\r\n"
        "Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:us-east-1:123456789012:function:f\r\n"
        "Lambda-Runtime-Trace-Id: Root=1-5bef4de7;Parent=9a9197af;Sampled=1\r\n"
        "Lambda-Runtime-Aws-Tenant-Id: blue\r\nContent-Type: text/x-odd\r\n"
        "Lambda-Runtime-Client-Context: {\"custom\":{\"k\":1}}\r\n"
        "Lambda-Runtime-Cognito-Identity: {\"cognitoIdentityId\":\"i\"}\r\n" BODY,
        0);
    assert_int_equal(seen.calls, 1);
    assert_string_equal(seen.event.data, "{}");
    assert_string_equal(seen.request_id.data, "8476a536-e9f4-11e8");
    assert_string_equal(seen.invocation_id.data, "try-1");
    assert_string_equal(seen.function_arn.data, "arn:aws:lambda:us-east-1:123456789012:function:f");
    assert_string_equal(seen.trace_id.data, "Root=1-5bef4de7;Parent=9a9197af;Sampled=1");
    assert_string_equal(seen.environment.data, seen.trace_id.data);
    assert_string_equal(seen.tenant_id.data, "blue");
    assert_string_equal(seen.client_context.data, "{\"custom\":{\"k\":1}}");
    assert_string_equal(seen.cognito_identity.data, "{\"cognitoIdentityId\":\"i\"}");
    assert_string_equal(seen.content_type.data, "text/x-odd");
    assert_null(getenv("_X_AMZN_TRACE_ID")); /* it was for that invocation only */
    assert_true(seen.deadline_ms == 1542409706888);
    assert_int_equal(seen.remaining_ms, 0);
    session_assert_request(&session, 1, "POST", "/invocation/8476a536-e9f4-11e8/response");
    assert_string_equal(session_header(&session, 1, "Lambda-Runtime-Invocation-Id"), "try-1");
    session_done(&session);
}

static void test_only_request_id(void **state)
{
    (void)state;
    struct session session;
    setenv("_X_AMZN_TRACE_ID", "left over", 1);
    witness_run(&session, EVENT_HEAD BODY, 0);
    assert_int_equal(seen.calls, 1);
    assert_string_equal(seen.invocation_id.data, "");
    assert_string_equal(seen.function_arn.data, "");
    assert_string_equal(seen.trace_id.data, "");
    assert_string_equal(seen.tenant_id.data, "");
    assert_string_equal(seen.client_context.data, "");
    assert_string_equal(seen.cognito_identity.data, "");
    assert_string_equal(seen.content_type.data, "");
    assert_false(seen.environment_set);
    assert_true(seen.deadline_ms == INT64_MAX && seen.remaining_ms == INT64_MAX);
    assert_null(session_header(&session, 1, "Lambda-Runtime-Invocation-Id"));
    session_done(&session);
}

/* Nothing of one invocation shows in the next. */
static void test_headers_do_not_stay(void **state)
{
    (void)state;
    static const struct scripted_turn turns[] = {
        {EVENT_HEAD "Lambda-Runtime-Invocation-Id: try-1\r\nLambda-Runtime-Trace-Id: t\r\n"
                    "Lambda-Runtime-Deadline-Ms: 1\r\nLambda-Runtime-Aws-Tenant-Id: blue\r\n" BODY},
        {ACCEPTED},
        {"HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: id-2\r\nContent-Length: 0\r\n\r\n"},
        {ACCEPTED},
        {LAST}};
    struct session session;
    session_run(&session, turns, COUNT(turns), witness, NULL);
    assert_int_equal(seen.calls, 2);
    assert_string_equal(seen.event.data, "");
    assert_string_equal(seen.invocation_id.data, "");
    assert_string_equal(seen.tenant_id.data, "");
    assert_false(seen.environment_set);
    assert_true(seen.deadline_ms == INT64_MAX);
    session_assert_request(&session, 3, "POST", "/invocation/id-2/response");
    assert_null(session_header(&session, 3, "Lambda-Runtime-Invocation-Id"));
    session_done(&session);
}

static void test_deadlines(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t wanted;
    } rows[] = {
        {"0", 0},
        {"1", 1},
        {"9223372036854775806", INT64_MAX - 1},
        {"9223372036854775807", INT64_MAX},
        {"9223372036854775808", INT64_MAX},
        {"99999999999999999999999999", INT64_MAX},
        {"", INT64_MAX},
        {"-1", INT64_MAX},
        {"+1", INT64_MAX},
        {"0x10", INT64_MAX},
        {"12 34", INT64_MAX},
        {"1542409706888.5", INT64_MAX},
        {"soon", INT64_MAX},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char reply[300];
        struct session session;
        snprintf(reply, sizeof reply, EVENT_HEAD "Lambda-Runtime-Deadline-Ms: %s\r\n" BODY,
                 rows[i].text);
        witness_run(&session, reply, 0);
        assert_true(seen.deadline_ms == rows[i].wanted);
        session_done(&session);
    }
}

static void test_remaining(void **state)
{
    (void)state;
    struct lambda_invocation invocation = {.deadline_ms = ((int64_t)time(NULL) + 10) * 1000};
    int64_t left = lambda_remaining_ms(&invocation);
    assert_true(left > 8000 && left <= 10000);
    invocation.deadline_ms = INT64_MAX - 1;
    assert_true(lambda_remaining_ms(&invocation) > INT64_MAX / 2);
    invocation.deadline_ms = 0;
    assert_int_equal(lambda_remaining_ms(&invocation), 0);
}

/* What stands in the request-id header, and whether the event is handled. */
static void test_request_ids(void **state)
{
    (void)state;
#define ID "Lambda-Runtime-Aws-Request-Id: "
#define TEN "0123456789"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN
    static const struct {
        const char *headers;
        bool usable;
    } rows[] = {
        {ID "a-Z_0.9~\r\n", true},
        {ID HUNDRED TEN TEN "12345678\r\n", true},
        {ID HUNDRED TEN TEN "123456789\r\n", false},
        {ID "id-1\r\n" ID "id/2\r\n", true}, /* doubled: the first wins */
        {ID "id/2\r\n" ID "id-1\r\n", false},
        {ID "\r\n" ID "id-1\r\n", false}, /* the first is there, and empty */
        {"", false},
        {ID "\r\n", false},
        {ID "../../init/error\r\n", false},
        {ID "..\r\n", false},
        {ID "id?x=1\r\n", false},
        {ID "id#1\r\n", false},
        {ID "id%2e\r\n", false},
        {ID "id 1\r\n", false},
        {ID "id\r1\r\n", false}, /* a lone CR */
        {ID "caf\xC3\xA9\r\n", false},
        {ID "\xFF\xFE\r\n", false},
        {"X-" ID "id-1\r\n", false},
        {"Lambda-Runtime-Aws-Request-Id2: id-1\r\n", false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char reply[1000];
        struct session session;
        witness_forget(NULL);
        snprintf(reply, sizeof reply, "HTTP/1.1 200 OK\r\n%s" BODY, rows[i].headers);
        const struct scripted_turn turns[] = {{reply}, {LAST}, {LAST}};
        session_run(&session, turns, COUNT(turns), witness, NULL);
        assert_int_equal(session.status, EXIT_FAILURE);
        assert_int_equal(session.api.request_count, 2);
        if (seen.calls != rows[i].usable)
            fail_msg("row %zu: handled %d times", i, seen.calls);
        if (!rows[i].usable) {
            session_assert_request(&session, 1, "GET", "/invocation/next");
            assert_int_equal(session_log_count(&session, "usable request id"), 1);
            assert_true(session.elapsed_ms >= 100);
        }
        session_done(&session);
    }
}

/* Echoed byte for byte, unless the bytes could not be one header. */
static void test_invocation_ids(void **state)
{
    (void)state;
    static const struct {
        const char *value, *echoed;
    } rows[] = {
        {"3f1c: a, b; \"c\"", "3f1c: a, b; \"c\""},
        {"\xFF\xC3(", "\xFF\xC3("},
        {"", NULL},
        {"a\rX-Forged: 1", NULL},
        {"a\x01", NULL},
        {"a\x7F", NULL},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char reply[300];
        struct session session;
        snprintf(reply, sizeof reply, EVENT_HEAD "Lambda-Runtime-Invocation-Id: %s\r\n" BODY,
                 rows[i].value);
        witness_run(&session, reply, 0);
        assert_int_equal(session.api.request_count, 3);
        const char *echoed = session_header(&session, 1, "Lambda-Runtime-Invocation-Id");
        if (rows[i].echoed)
            assert_string_equal(echoed, rows[i].echoed);
        else
            assert_null(echoed);
        assert_null(strstr(session.api.requests[1].head.data, "X-Forged"));
        session_done(&session);
    }
}

/* A value of 64 KiB is taken, one of 64 KiB + 1 or 100,000 bytes counts as absent. */
static void test_long_headers(void **state)
{
    (void)state;
    static const struct {
        int len;
        bool taken;
    } rows[] = {{60000, true}, {65536, true}, {65537, false}, {100000, false}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct lambda_buffer reply;
        struct session session;
        lambda_buffer_init(&reply, SIZE_MAX);
        lambda_buffer_format(&reply,
                             EVENT_HEAD "Lambda-Runtime-Trace-Id: %0*d\r\n"
                                        "Lambda-Runtime-Trace-Id: second\r\n" BODY,
                             rows[i].len, 7);
        witness_run(&session, reply.data, 0);
        assert_int_equal(session.api.request_count, 3);
        assert_int_equal(seen.trace_id.len, rows[i].taken ? rows[i].len : 0);
        session_done(&session);
        lambda_buffer_done(&reply);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_all_headers, witness_forget),
        cmocka_unit_test_teardown(test_only_request_id, witness_forget),
        cmocka_unit_test_teardown(test_headers_do_not_stay, witness_forget),
        cmocka_unit_test_teardown(test_deadlines, witness_forget),
        cmocka_unit_test_teardown(test_remaining, witness_forget),
        cmocka_unit_test_teardown(test_request_ids, witness_forget),
        cmocka_unit_test_teardown(test_invocation_ids, witness_forget),
        cmocka_unit_test_teardown(test_long_headers, witness_forget),
    };
    return cmocka_run_group_tests_name("headers", tests, NULL, NULL);
}
