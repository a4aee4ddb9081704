/* The hooks of lambda_run_with(): when each is called, with what, and what its failure does. */
#include "diary.h"
#include "session.h"
#include "test.h"

static void test_order(void **state)
{
    (void)state;
    static const struct scripted_turn turns[] = {{REGISTERED}, {NULL, .end = PARK},     {EVENT},
                                                 {ACCEPTED},   {NULL, .sigterm = true}, {LAST}};
    struct diary diary = {0};
    struct lambda_options options = diary_hooks(&diary);
    struct session session;
    session_run_with(&session, turns, COUNT(turns), &options);
    assert_int_equal(session.status, EXIT_SUCCESS);
    assert_string_equal(diary.text, "ished");
    assert_int_equal(session.api.request_count, 5);
    assert_true(session.elapsed_ms < 1000); /* a loaded machine is allowed for */

    const struct scripted_request *requests = session.api.requests;
    static const char enroll[] = "POST /2020-01-01/extension/register HTTP/1.1\r\n";
    static const char park[] = "GET /2020-01-01/extension/event/next HTTP/1.1\r\n";
    assert_memory_equal(requests[0].head.data, enroll, sizeof enroll - 1);
    assert_string_equal(session_header(&session, 0, "Lambda-Extension-Name"), "lambda-c-runtime");
    assert_string_equal(requests[0].body.data, "{\"events\":[]}");
    assert_memory_equal(requests[1].head.data, park, sizeof park - 1);
    assert_string_equal(session_header(&session, 1, "Lambda-Extension-Identifier"), "ext-1");
    session_assert_request(&session, 2, "GET", "/invocation/next");
    assert_int_equal(session_log_count(&session, "{"), 1);
    session_done(&session);
}

/* The hook also runs when the Runtime API ends the process. */
static void test_end_by_api(void **state)
{
    (void)state;
    static const struct scripted_turn turns[] = {{REGISTERED}, {NULL, .end = PARK}, {LAST}};
    struct diary diary = {0};
    struct lambda_options options = diary_hooks(&diary);
    struct session session;
    session_run_with(&session, turns, COUNT(turns), &options);
    assert_int_equal(session.status, EXIT_FAILURE);
    assert_string_equal(diary.text, "ised");
    session_done(&session);
}

/* Without that hook there is no extension. */
static void test_no_shutdown(void **state)
{
    (void)state;
    static const struct scripted_turn turns[] = {{EVENT}, {ACCEPTED}, {NULL, .sigterm = true}};
    struct diary diary = {0};
    struct lambda_options options = diary_hooks(&diary);
    options.shutdown = NULL;
    struct session session;
    session_run_with(&session, turns, COUNT(turns), &options);
    assert_int_equal(session.status, EXIT_SUCCESS);
    assert_string_equal(diary.text, "ishe");
    session_assert_request(&session, 0, "GET", "/invocation/next");
    session_done(&session);
}

static void test_no_extension(void **state)
{
    (void)state;
    static const struct scripted_turn rows[][5] = {
        {{STATUS(403)}, {EVENT}, {ACCEPTED}, {NULL, .sigterm = true}},
        {{STATUS(500)}, {EVENT}, {ACCEPTED}, {NULL, .sigterm = true}},
        {{NULL, .end = CLOSE}, {EVENT}, {ACCEPTED}, {NULL, .sigterm = true}},
        {{NULL, .end = RESET}, {EVENT}, {ACCEPTED}, {NULL, .sigterm = true}},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct scripted_turn turns[4];
        memcpy(turns, rows[i], sizeof turns);
        if (turns[0].end == KEEP)
            turns[0].end = PARK;
        struct diary diary = {0};
        struct lambda_options options = diary_hooks(&diary);
        struct session session;
        session_run_with(&session, turns, COUNT(turns), &options);
        assert_int_equal(session.status, EXIT_SUCCESS);
        assert_string_equal(diary.text, "ished");
        assert_int_equal(session_log_count(&session, "\"WARN\",\"message\":\"no extension"), 1);
        session_done(&session);
    }
}

/* An init that fails is reported, and what it had not begun is not ended. */
static void test_failing_hooks(void **state)
{
    (void)state;
    static const struct {
        char failing;
        bool silent;
        const char *calls, *type;
    } rows[] = {{'i', false, "i", "Function.HookBroken"},
                {'i', true, "i", "Function.Unknown"},
                {'s', false, "isd", "Function.HookBroken"},
                {'s', true, "isd", "Function.Unknown"}};
    static const struct scripted_turn turns[] = {
        {REGISTERED}, {NULL, .end = PARK}, {ACCEPTED}, {LAST}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t skipped = rows[i].failing == 'i' ? 2 : 0; /* it never came to the extension */
        struct diary diary = {.failing = rows[i].failing, .silent = rows[i].silent};
        struct lambda_options options = diary_hooks(&diary);
        struct session session;
        session_run_with(&session, turns + skipped, COUNT(turns) - skipped, &options);
        assert_int_equal(session.status, EXIT_FAILURE);
        assert_string_equal(diary.text, rows[i].calls);
        assert_int_equal(session.api.request_count, 3 - skipped);
        session_assert_request(&session, 2 - skipped, "POST", "/init/error");
        assert_string_equal(
            session_header(&session, 2 - skipped, "Lambda-Runtime-Function-Error-Type"),
            rows[i].type);
        assert_int_equal(session_log_count(&session, "FATAL"), 1);
        session_done(&session);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),         cmocka_unit_test(test_end_by_api),
        cmocka_unit_test(test_no_shutdown),   cmocka_unit_test(test_no_extension),
        cmocka_unit_test(test_failing_hooks),
    };
    return cmocka_run_group_tests_name("hooks", tests, NULL, NULL);
}
