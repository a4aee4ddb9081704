/* The single steps: what each sends and says, and that it does nothing else. */
#include "capture.h"
#include "session.h"
#include "test.h"

#include <lambda/client.h>
#include <unistd.h>

static const struct lambda_error broken = {"Function.Broken", "It broke."};

/* A client of the session's server, by an address of its own, with the log captured. */
static struct lambda_client *begin(struct session *session, struct capture *capture,
                                   const struct scripted_turn *turns, size_t count, char *address)
{
    struct lambda_error err;
    lambda_buffer_init(&session->log, 1 << 20);
    scripted_api_start(&session->api, turns, count);
    snprintf(address, 32, "127.0.0.1:%d", session->api.port);
    setenv("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:1", 1); /* nobody is there */
    setenv("AWS_LAMBDA_LOG_LEVEL", "TRACE", 1);
    capture_start(capture);
    struct lambda_client *client = lambda_client_new(address, &err);
    assert_non_null(client);
    return client;
}

/* Nothing was logged, whatever came. session_done() is left to do. */
static void end(struct session *session, struct capture *capture, struct lambda_client *client)
{
    lambda_client_free(client);
    capture_end(capture, &session->log);
    unsetenv("AWS_LAMBDA_LOG_LEVEL");
    scripted_api_join(&session->api);
    assert_string_equal(session->log.data, "");
}

static void test_steps(void **state)
{
    (void)state;
    static const struct scripted_turn turns[] = {
        {EVENT_HEAD "Lambda-Runtime-Trace-Id: t\r\nLambda-Runtime-Aws-Tenant-Id: blue\r\n"
                    "Content-Length: 2\r\n\r\n{}"},
        {ACCEPTED},
        {EVENT},
        {STATUS(410)}};
    struct session session;
    struct capture capture;
    char address[32];
    struct lambda_client *client = begin(&session, &capture, turns, COUNT(turns), address);
    struct lambda_invocation invocation;
    struct lambda_buffer response;
    lambda_buffer_init(&response, LAMBDA_RESPONSE_MAX);
    lambda_buffer_add_string(&response, "[1]");

    struct lambda_verdict verdict = lambda_client_next(client, -1, &invocation);
    assert_int_equal(verdict.action, LAMBDA_GO_ON);
    assert_int_equal(verdict.status, 200);
    assert_string_equal(invocation.event, "{}");
    assert_string_equal(invocation.logger->request_id, "id-1");
    assert_string_equal(invocation.logger->tenant_id, "blue");
    assert_null(getenv("_X_AMZN_TRACE_ID"));
    verdict = lambda_client_respond(client, &invocation, &response);
    assert_int_equal(verdict.action, LAMBDA_GO_ON);
    assert_int_equal(verdict.status, 202);

    assert_int_equal(lambda_client_next(client, -1, &invocation).action, LAMBDA_GO_ON);
    assert_string_equal(invocation.logger->tenant_id, "");
    verdict = lambda_client_fail(client, &invocation, &broken);
    assert_int_equal(verdict.action, LAMBDA_GO_ON);
    assert_int_equal(verdict.level, LAMBDA_LOG_WARN);
    assert_int_equal(verdict.status, 410);
    lambda_buffer_done(&response);

    end(&session, &capture, client);
    assert_int_equal(session.api.connection_count, 1);
    session_assert_request(&session, 0, "GET", "/invocation/next");
    session_assert_request(&session, 1, "POST", "/invocation/id-1/response");
    assert_string_equal(session.api.requests[1].body.data, "[1]");
    session_assert_request(&session, 2, "GET", "/invocation/next");
    session_assert_request(&session, 3, "POST", "/invocation/id-1/error");
    session_done(&session);
}

/* One request, and what the client makes of the answer to it. */
static void test_verdicts(void **state)
{
    (void)state;
    static const struct {
        struct scripted_turn turn;
        enum lambda_action action;
        int status;
        const char *detail;
    } rows[] = {
        {{EVENT}, LAMBDA_GO_ON, 200, ""},
        {{"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"}, LAMBDA_RETRY, 200, ""},
        {{"HTTP/1.1 403 No\r\nContent-Length: 3\r\n\r\nnot"}, LAMBDA_RETRY, 403, "not"},
        {{STATUS(500)}, LAMBDA_EXIT, 500, ""},
        {{NULL, .end = RESET}, LAMBDA_RETRY, 0, NULL},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct session session;
        struct capture capture;
        struct lambda_invocation invocation;
        char address[32];
        struct lambda_client *client = begin(&session, &capture, &rows[i].turn, 1, address);
        struct lambda_verdict verdict = lambda_client_next(client, -1, &invocation);
        assert_int_equal(verdict.action, rows[i].action);
        assert_int_equal(verdict.status, rows[i].status);
        assert_true(verdict.meaning[0] != '\0');
        if (rows[i].detail)
            assert_string_equal(verdict.detail, rows[i].detail);
        else
            assert_true(verdict.detail[0] != '\0');
        end(&session, &capture, client);
        session_done(&session);
    }
}

static void test_too_large(void **state)
{
    (void)state;
    struct lambda_buffer reply;
    lambda_buffer_init(&reply, SIZE_MAX);
    lambda_buffer_format(&reply, EVENT_HEAD "Content-Length: %d\r\n\r\n%0*d", LAMBDA_EVENT_MAX + 1,
                         LAMBDA_EVENT_MAX + 1, 0);
    const struct scripted_turn turns[] = {{reply.data, .reply_len = reply.len}};
    struct session session;
    struct capture capture;
    struct lambda_invocation invocation;
    char address[32];
    struct lambda_client *client = begin(&session, &capture, turns, 1, address);
    assert_int_equal(lambda_client_next(client, -1, &invocation).action, LAMBDA_REFUSE);
    assert_string_equal(invocation.request_id, "id-1");
    end(&session, &capture, client);
    session_done(&session);
    lambda_buffer_done(&reply);
}

/* The wait ends by any descriptor that the caller has; the event that is there already is taken. */
static void test_stop(void **state)
{
    (void)state;
    static const struct scripted_turn turns[] = {{NULL}, {LAST}}; /* the last never comes */
    struct session session;
    struct capture capture;
    struct lambda_invocation invocation;
    char address[32];
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "x", 1), 1);
    struct lambda_client *client = begin(&session, &capture, turns, COUNT(turns), address);
    alarm(30);
    assert_int_equal(lambda_client_next(client, ends[0], &invocation).action, LAMBDA_STOP);
    alarm(0);
    close(ends[0]);
    close(ends[1]);
    end(&session, &capture, client);
    session_done(&session);
}

static void test_fail_init(void **state)
{
    (void)state;
    static const struct scripted_turn turns[] = {{ACCEPTED}};
    struct session session;
    struct capture capture;
    char address[32];
    struct lambda_client *client = begin(&session, &capture, turns, 1, address);
    assert_int_equal(lambda_client_fail_init(client, &broken).action, LAMBDA_EXIT);
    end(&session, &capture, client);
    session_assert_request(&session, 0, "POST", "/init/error");
    session_done(&session);
}

static void test_no_endpoint(void **state)
{
    (void)state;
    struct lambda_error err;
    setenv("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:1", 1);
    static const char *const bad[] = {
        "nonsense",
        "",
        "127.0.0.1",
        "127.0.0.1:",
        "127.0.0.1:0",
        "127.0.0.1:65536",
        "127.0.0.1:x",
        "127.0.0.1:1 ",
        ":1",
        "127.0.0.256:1",
        "name.example:1",
        "[::1]:1",
        "127.0.0.1:4294967297",
        "255.255.255.2555:1",
        "127.0.0.1:18446744073709551617",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_null(lambda_client_new(bad[i], &err));
        assert_string_equal(err.type, "Runtime.EndpointInvalid");
    }
    struct lambda_client *client = lambda_client_new("localhost:65535", &err);
    assert_non_null(client);
    lambda_client_free(client);
    unsetenv("AWS_LAMBDA_RUNTIME_API");
    assert_null(lambda_client_new(NULL, &err));
    assert_string_equal(err.type, "Runtime.EndpointInvalid");
    lambda_client_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_steps),     cmocka_unit_test(test_verdicts),
        cmocka_unit_test(test_too_large), cmocka_unit_test(test_stop),
        cmocka_unit_test(test_fail_init), cmocka_unit_test(test_no_endpoint),
    };
    return cmocka_run_group_tests_name("client", tests, NULL, NULL);
}
