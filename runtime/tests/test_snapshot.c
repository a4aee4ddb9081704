/* SnapStart: what is done before the snapshot, and what in the process that was restored from it. */
#include "diary.h"
#include "session.h"
#include "test.h"

#define TYPE "AWS_LAMBDA_INITIALIZATION_TYPE"
#define RESTORED "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"

/* But for those at the end. */
static struct lambda_options hooks(struct diary *diary)
{
    struct lambda_options options = diary_hooks(diary);
    options.worker_end = NULL;
    options.shutdown = NULL;
    return options;
}

static int be_snapstart(void **state)
{
    (void)state;
    return setenv(TYPE, "snap-start", 1);
}

/* No connection from before the snapshot is used after it; the one after it is kept. */
static void test_restored(void **state)
{
    (void)state;
    static const struct scripted_turn turns[] = {{RESTORED}, {EVENT}, {ACCEPTED}, {LAST}};
    struct diary diary = {0};
    struct lambda_options options = hooks(&diary);
    struct session session;
    session_run_with(&session, turns, COUNT(turns), &options);
    assert_string_equal(diary.text, "ibash");
    assert_int_equal(session.api.request_count, 4);
    session_assert_request(&session, 0, "GET", "/restore/next");
    session_assert_request(&session, 1, "GET", "/invocation/next");
    assert_int_equal(session.api.requests[0].connection, 1);
    assert_int_equal(session.api.requests[1].connection, 2);
    assert_int_equal(session.api.requests[3].connection, 2);
    assert_int_equal(session_log_count(&session, "{"), 1); /* what LAST means */
    session_done(&session);
}

static void test_without_hooks(void **state)
{
    (void)state;
    static const struct scripted_turn turns[] = {{RESTORED}, {EVENT}, {ACCEPTED}, {LAST}};
    struct session session;
    session_run(&session, turns, COUNT(turns), session_echo, NULL);
    assert_int_equal(session.api.request_count, 4);
    session_assert_request(&session, 0, "GET", "/restore/next");
    session_done(&session);
}

static void test_other_types(void **state)
{
    (void)state;
    static const char *const types[] = {NULL, "", "on-demand", "provisioned-concurrency",
                                        "lambda-managed-instances"};
    static const struct scripted_turn turns[] = {{EVENT}, {ACCEPTED}, {LAST}};
    for (size_t i = 0; i < COUNT(types); i++) {
        unsetenv(TYPE);
        if (types[i])
            setenv(TYPE, types[i], 1);
        struct diary diary = {0};
        struct lambda_options options = hooks(&diary);
        struct session session;
        session_run_with(&session, turns, COUNT(turns), &options);
        assert_string_equal(diary.text, "ish");
        session_assert_request(&session, 0, "GET", "/invocation/next");
        session_done(&session);
    }
}

/* An extension can register only before the snapshot. */
static void test_with_extension(void **state)
{
    (void)state;
    static const struct scripted_turn turns[] = {{REGISTERED}, {NULL, .end = PARK}, {RESTORED},
                                                 {EVENT},      {ACCEPTED},          {LAST}};
    struct diary diary = {0};
    struct lambda_options options = hooks(&diary);
    struct session session;
    options.shutdown = diary_hooks(&diary).shutdown;
    session_run_with(&session, turns, COUNT(turns), &options);
    assert_string_equal(diary.text, "ibashd");
    session_assert_request(&session, 2, "GET", "/restore/next");
    session_done(&session);
}

/* Lambda ends what waits to be copied. */
static void test_sigterm(void **state)
{
    (void)state;
    static const struct scripted_turn turns[] = {{NULL, .sigterm = true}, {LAST}};
    struct diary diary = {0};
    struct lambda_options options = hooks(&diary);
    struct session session;
    session_run_with(&session, turns, COUNT(turns), &options);
    assert_int_equal(session.status, EXIT_SUCCESS);
    assert_string_equal(diary.text, "ib");
    assert_int_equal(session.api.request_count, 1);
    session_done(&session);
}

static void test_answers(void **state)
{
    (void)state;
    static const struct {
        struct scripted_turn turn;
        const char *calls, *level;
    } rows[] = {
        {{STATUS(404)}, "ibash", "WARN"},
        {{STATUS(400)}, "ib", "FATAL"},
        {{STATUS(403)}, "ib", "FATAL"},
        {{STATUS(500)}, "ib", "FATAL"},
        {{NULL, .end = RESET}, "ib", "FATAL"},
        {{NULL, .end = CLOSE}, "ib", "FATAL"},
        {{"HTTP/1.1 200 OK\r\nContent-Le", .end = CLOSE}, "ib", "FATAL"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct scripted_turn turns[] = {rows[i].turn, {EVENT}, {ACCEPTED}, {LAST}};
        struct diary diary = {0};
        struct lambda_options options = hooks(&diary);
        struct session session;
        session_run_with(&session, turns, COUNT(turns), &options);
        assert_int_equal(session.status, EXIT_FAILURE);
        assert_string_equal(diary.text, rows[i].calls);
        assert_int_equal(session.api.request_count, strlen(rows[i].calls) > 2 ? 4 : 1);
        assert_true(session_log_count(&session, rows[i].level) > 0);
        session_done(&session);
    }
}

/* Before the snapshot it is init that failed. */
static void test_failing_hooks(void **state)
{
    (void)state;
    static const struct {
        char failing;
        bool silent;
        const char *calls, *path, *type;
    } rows[] = {{'b', false, "ib", "/init/error", "Function.HookBroken"},
                {'b', true, "ib", "/init/error", "Runtime.BeforeSnapshotError"},
                {'a', false, "iba", "/restore/error", "Function.HookBroken"},
                {'a', true, "iba", "/restore/error", "Runtime.AfterRestoreError"}};
    static const struct scripted_turn turns[] = {{RESTORED}, {ACCEPTED}, {LAST}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t restored = rows[i].failing == 'a' ? 1 : 0;
        struct diary diary = {.failing = rows[i].failing, .silent = rows[i].silent};
        struct lambda_options options = hooks(&diary);
        struct session session;
        session_run_with(&session, turns + 1 - restored, COUNT(turns) - 1 + restored, &options);
        assert_int_equal(session.status, EXIT_FAILURE);
        assert_string_equal(diary.text, rows[i].calls);
        assert_int_equal(session.api.request_count, 1 + restored);
        session_assert_request(&session, restored, "POST", rows[i].path);
        assert_string_equal(
            session_header(&session, restored, "Lambda-Runtime-Function-Error-Type"), rows[i].type);
        assert_int_equal(session.api.requests[restored].connection, 1 + (int)restored);
        assert_int_equal(session_log_count(&session, "FATAL"), 1);
        session_done(&session);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_restored, be_snapstart),
        cmocka_unit_test_setup(test_without_hooks, be_snapstart),
        cmocka_unit_test_setup(test_other_types, be_snapstart),
        cmocka_unit_test_setup(test_with_extension, be_snapstart),
        cmocka_unit_test_setup(test_sigterm, be_snapstart),
        cmocka_unit_test_setup(test_answers, be_snapstart),
        cmocka_unit_test_setup(test_failing_hooks, be_snapstart),
    };
    return cmocka_run_group_tests_name("snapshot", tests, NULL, NULL);
}
