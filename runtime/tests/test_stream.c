/* Responses in pieces: what is on the wire, and what becomes of streams that break. */
#include "session.h"
#include "test.h"

#include <lambda/client.h>
#include <lambda/stream.h>
#include <unistd.h>

/* What the handler under test does, one after the other. */
struct play {
    const struct lambda_stream_head *head; /* NULL for none */
    const char *const *pieces;             /* the last is left in response; NULL ends them */
    const struct lambda_error *failure;    /* instead of the last piece; NULL for none */
    size_t times;                          /* to send the pieces, 0 for once */
    struct lambda_error err;               /* what lambda_stream_send() said */
    bool event_kept;
};

static bool perform(const struct lambda_invocation *invocation, struct lambda_buffer *response,
                    struct lambda_error *err, void *user)
{
    struct play *play = user;
    play->err = (struct lambda_error){0};
    if (play->head)
        lambda_stream_prelude(invocation, response, play->head);
    for (size_t i = 0; i < (play->times ? play->times : 1); i++) {
        for (const char *const *piece = play->pieces; *piece; piece++) {
            lambda_buffer_add_string(response, *piece);
            if ((piece[1] || play->failure || play->times) &&
                !lambda_stream_send(invocation, response, err)) {
                play->err = *err;
                return false;
            }
        }
    }
    play->event_kept = strcmp(invocation->event, "{\"a\":1}") == 0;
    return !play->failure || lambda_fail(err, play->failure->type, "%s", play->failure->message);
}

static const struct lambda_error broken = {"Function.Broken", "\"It\" broke: \xC3\xA9."};

#define PIECES(...) ((const char *const[]){__VA_ARGS__, NULL})
#define NO_PIECES ((const char *const[]){NULL})

static void test_success(void **state)
{
    (void)state;
    static const struct scripted_turn turns[] = {
        {EVENT_HEAD "Lambda-Runtime-Invocation-Id: i\r\nContent-Length: 7\r\n\r\n{\"a\":1}"},
        {ACCEPTED},
        {EVENT},
        {ACCEPTED},
        {LAST}};
    struct session session;
    struct play play = {.pieces = PIECES("one", "two", "three")};
    session_run(&session, turns, COUNT(turns), perform, &play);
    assert_int_equal(session.api.connection_count, 1);
    assert_int_equal(session.api.request_count, 5);
    session_assert_request(&session, 1, "POST", "/invocation/id-1/response");
    assert_string_equal(session_header(&session, 1, "Content-Type"), "application/octet-stream");
    assert_string_equal(session_header(&session, 1, "Transfer-Encoding"), "chunked");
    assert_string_equal(session_header(&session, 1, "Lambda-Runtime-Invocation-Id"), "i");
    assert_string_equal(session_header(&session, 1, "Lambda-Runtime-Function-Response-Mode"),
                        "streaming");
    assert_null(session_header(&session, 1, "Content-Length"));
    assert_null(session_header(&session, 1, "Expect"));
    for (size_t i = 1; i <= 3; i += 2) {
        assert_string_equal(session.api.requests[i].body.data, "onetwothree");
        assert_string_equal(session.api.requests[i].trailers.data, "\r\n");
        assert_int_equal(session.api.requests[i].chunk_count, 3);
    }
    assert_true(play.event_kept);
    assert_int_equal(session_log_count(&session, "WARN") + session_log_count(&session, "ERROR"), 0);
    session_done(&session);
}

/* Every other time a stream, of which nothing is sent before the handler returns. */
static bool stream_or_echo(const struct lambda_invocation *invocation,
                           struct lambda_buffer *response, struct lambda_error *err, void *user)
{
    int *calls = user;
    if (++*calls % 2 == 0)
        return session_echo(invocation, response, err, NULL);
    lambda_stream_prelude(invocation, response, &(struct lambda_stream_head){.status = 204});
    return true;
}

static void test_whole_after_stream(void **state)
{
    (void)state;
    static const struct scripted_turn turns[] = {{EVENT}, {ACCEPTED}, {EVENT}, {ACCEPTED},
                                                 {EVENT}, {ACCEPTED}, {LAST}};
    struct session session;
    int calls = 0;
    session_run(&session, turns, COUNT(turns), stream_or_echo, &calls);
    assert_int_equal(session.api.connection_count, 1);
    assert_string_equal(session_header(&session, 3, "Content-Type"), "application/json");
    assert_string_equal(session_header(&session, 3, "Content-Length"), "7");
    assert_null(session_header(&session, 3, "Transfer-Encoding"));
    assert_null(session_header(&session, 3, "Lambda-Runtime-Function-Response-Mode"));
    assert_string_equal(session.api.requests[3].body.data, "{\"a\":1}");
    for (size_t i = 1; i <= 5; i += 4) {
        assert_int_equal(session.api.requests[i].chunk_count, 1);
        assert_string_equal(session.api.requests[i].trailers.data, "\r\n");
    }
    session_done(&session);
}

static void test_prelude(void **state)
{
    (void)state;
    static const struct lambda_stream_header headers[] = {
        {"Content-Type", "text/plain"}, {"X-Quote", "a\"b"}, {0}};
    static const char *const cookies[] = {"a=1; Secure", "b=2", NULL};
    static const struct {
        struct lambda_stream_head head;
        const char *pieces[3], *json;
    } rows[] = {
        {{201, headers, cookies},
         {"hello", "!"},
         "{\"statusCode\":201,\"headers\":{\"Content-Type\":\"text/plain\",\"X-Quote\":\"a\\\"b\"},"
         "\"cookies\":[\"a=1; Secure\",\"b=2\"]}"},
        {{404, NULL, NULL}, {"hello!"}, "{\"statusCode\":404,\"headers\":{},\"cookies\":[]}"},
    };
    static const struct scripted_turn turns[] = {{EVENT}, {ACCEPTED}, {LAST}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct session session;
        struct play play = {.head = &rows[i].head, .pieces = rows[i].pieces};
        session_run(&session, turns, COUNT(turns), perform, &play);
        size_t len = strlen(rows[i].json);
        const struct lambda_buffer *body = &session.api.requests[1].body;
        assert_string_equal(session_header(&session, 1, "Content-Type"),
                            "application/vnd.awslambda.http-integration-response");
        assert_string_equal(body->data, rows[i].json);
        assert_int_equal(body->len, len + 8 + strlen("hello!"));
        assert_memory_equal(body->data + len, "\0\0\0\0\0\0\0\0hello!", 14);
        session_done(&session);
    }
}

/* An error before the first piece is posted as any other. */
static void test_failure_before_a_piece(void **state)
{
    (void)state;
    static const struct scripted_turn turns[] = {{EVENT}, {ACCEPTED}, {EVENT}, {ACCEPTED}, {LAST}};
    struct session session;
    struct play play = {
        .head = &(struct lambda_stream_head){200}, .pieces = NO_PIECES, .failure = &broken};
    session_run(&session, turns, COUNT(turns), perform, &play);
    session_assert_request(&session, 1, "POST", "/invocation/id-1/error");
    session_assert_request(&session, 3, "POST", "/invocation/id-1/error");
    assert_string_equal(session_header(&session, 1, "Content-Type"), "application/json");
    session_done(&session);
}

/* The value of a trailer, in place; NULL if it did not come. */
static char *find_trailer(struct session *session, const char *name)
{
    char *line = strstr(session->api.requests[1].trailers.data, name);
    if (!line)
        return NULL;
    char *value = line + strlen(name) + strlen(": ");
    *strstr(value, "\r\n") = '\0';
    return value;
}

/* What base64(1) makes of it: nothing of ours decodes. The text has no NUL but its last. */
static void decode(const char *base64, char *text, size_t room)
{
    char command[8192];
    snprintf(command, sizeof command, "printf %%s '%s' | base64 -d", base64);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    size_t len = fread(text, 1, room - 1, pipe);
    text[len] = '\0';
    assert_int_equal(pclose(pipe), 0);
    assert_int_equal(strlen(text), len);
}

#define ERROR(message)                                                                             \
    "{\"errorType\":\"Function.Broken\",\"errorMessage\":\"" message "\",\"stackTrace\":[]}"

static void test_failure_after_a_piece(void **state)
{
    (void)state;
    static const struct {
        struct lambda_error err;
        const char *json;
    } rows[] = {
        {{"Function.Broken", "\"It\" broke: \xC3\xA9."}, ERROR("\\\"It\\\" broke: \xC3\xA9.")},
        {{"Function.Broken", "12"}, ERROR("12")},
        {{"Function.Broken", "123"}, ERROR("123")},
        {{"Function.Broken", ""}, ERROR("")},
    };
    static const struct scripted_turn turns[] = {{EVENT}, {ACCEPTED}, {EVENT}, {ACCEPTED}, {LAST}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        char json[4096];
        struct session session;
        struct play play = {.pieces = PIECES("one", "two"), .failure = &rows[i].err};
        session_run(&session, turns, COUNT(turns), perform, &play);
        session_assert_request(&session, 1, "POST", "/invocation/id-1/response");
        assert_int_equal(session.api.request_count, 5);
        assert_int_equal(session.api.connection_count, 1);
        assert_string_equal(session.api.requests[1].body.data, "onetwo");
        decode(find_trailer(&session, "Lambda-Runtime-Function-Error-Body"), json, sizeof json);
        assert_string_equal(json, rows[i].json);
        assert_string_equal(find_trailer(&session, "Lambda-Runtime-Function-Error-Type"),
                            "Function.Broken");
        assert_int_equal(session_log_count(&session, "Function.Broken"), 2);
        session_done(&session);
    }
}

/* Trailers of 4096 bytes or more would be refused. */
static void test_trailers_are_short(void **state)
{
    (void)state;
    static const unsigned char bytes[] = {'m', '"', '\x01', 0xFF};
    static const struct scripted_turn turns[] = {{EVENT}, {ACCEPTED}, {LAST}};
    for (size_t i = 0; i < COUNT(bytes); i++) {
        char json[4096];
        struct session session;
        struct lambda_error err = {.message = ""};
        memset(err.type, 'T', sizeof err.type - 1);
        memset(err.message, bytes[i], sizeof err.message - 1);
        struct play play = {.pieces = PIECES("one"), .failure = &err};
        session_run(&session, turns, COUNT(turns), perform, &play);
        size_t len = session.api.requests[1].trailers.len;
        if (len <= 1024 || len >= 4096)
            fail_msg("%zu bytes of trailers", len);
        decode(find_trailer(&session, "Lambda-Runtime-Function-Error-Body"), json, sizeof json);
        assert_non_null(strstr(json, "\"stackTrace\":[]}"));
        session_done(&session);
    }
}

/* In the middle of the body the server says no, or nothing. */
static void test_server_ends_the_stream(void **state)
{
    (void)state;
    static const struct {
        struct scripted_turn turn;
        const char *said;
        bool lives;
    } rows[] = {
        {{STATUS(413), .chunks = 2}, "Lambda answered (status 413)", true},
        {{STATUS(403), .chunks = 2}, "Lambda answered (status 403)", true},
        {{STATUS(410), .chunks = 1}, "Lambda answered (status 410)", true},
        {{STATUS(413), .chunks = 1}, "Lambda answered (status 413)", true},
        {{STATUS(400), .head_only = true}, "Lambda answered (status 400)", true},
        {{STATUS(500), .chunks = 1}, "Lambda answered (status 500)", false},
        {{NULL, .chunks = 2, .end = CLOSE}, "(status 0)", false},
        {{NULL, .chunks = 2, .end = RESET}, "(status 0)", false},
        {{NULL, .head_only = true, .end = RESET}, "(status 0)", false},
        {{"HTTP/1.1 413 T", .chunks = 2, .end = CLOSE}, "(status 0)", false},
        {{"nonsense\r\n\r\n", .chunks = 2, .end = CLOSE}, "(status 0)", false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct scripted_turn turns[] = {{EVENT}, rows[i].turn, {LAST}};
        struct session session;
        struct play play = {.pieces = PIECES("piece"), .times = 100000};
        session_run(&session, turns, COUNT(turns), perform, &play);
        if (!strstr(play.err.message, rows[i].said))
            fail_msg("row %zu: %s", i, play.err.message);
        assert_string_equal(play.err.type, "Runtime.StreamBroken");
        assert_int_equal(session.api.request_count, rows[i].lives ? 3 : 2);
        assert_int_equal(session_log_count(&session, "nobody knows if the answer arrived"),
                         !rows[i].lives && strcmp(rows[i].said, "(status 0)") == 0);
        session_done(&session);
    }
}

/* Only the head is on its way when the connection ends. */
static bool send_nothing_first(const struct lambda_invocation *invocation,
                               struct lambda_buffer *response, struct lambda_error *err, void *user)
{
    (void)user;
    if (!lambda_stream_send(invocation, response, err))
        return false;
    usleep(50000); /* the end of the connection arrives meanwhile */
    lambda_buffer_add_string(response, "piece");
    return lambda_stream_send(invocation, response, err);
}

static void test_stream_is_never_repeated(void **state)
{
    (void)state;
    static const enum scripted_end ends[] = {CLOSE, RESET};
    for (size_t i = 0; i < COUNT(ends); i++) {
        const struct scripted_turn turns[] = {
            {EVENT}, {NULL, .head_only = true, .end = ends[i]}, {ACCEPTED}, {LAST}};
        struct session session;
        session_run(&session, turns, COUNT(turns), send_nothing_first, NULL);
        assert_int_equal(session.status, EXIT_FAILURE);
        assert_int_equal(session.api.request_count, 2);
        assert_int_equal(session_log_count(&session, "nobody knows if the answer arrived"), 1);
        session_done(&session);
    }
}

/* An interim answer, though nobody asked for it, is none: the rest is sent. */
static void test_go_on(void **state)
{
    (void)state;
    static const struct scripted_turn turns[] = {
        {EVENT}, {"HTTP/1.1 100 Continue\r\n\r\n", .head_only = true}, {ACCEPTED}, {LAST}};
    struct session session;
    session_run(&session, turns, COUNT(turns), send_nothing_first, NULL);
    assert_string_equal(session.api.requests[2].head.data, "5\r\npiece\r\n0\r\n\r\n");
    session_assert_request(&session, 3, "GET", "/invocation/next");
    assert_int_equal(session.api.connection_count, 1);
    session_done(&session);
}

/* An answer that says yes before it has heard the end is still an answer. */
static void test_early_yes(void **state)
{
    (void)state;
    static const struct scripted_turn turns[] = {
        {EVENT}, {ACCEPTED, .chunks = 1}, {NULL}, {LAST}}; /* the third takes the rest */
    struct session session;
    struct play play = {.pieces = PIECES("one", "two")};
    session_run(&session, turns, COUNT(turns), perform, &play);
    assert_string_equal(session.api.requests[1].body.data, "one");
    assert_string_equal(session.api.requests[2].head.data, "3\r\ntwo\r\n0\r\n\r\n");
    session_assert_request(&session, 3, "GET", "/invocation/next");
    session_done(&session);
}

enum { LARGE = 1 << 20, LARGE_COUNT = 12 };

static bool send_large_pieces(const struct lambda_invocation *invocation,
                              struct lambda_buffer *response, struct lambda_error *err, void *user)
{
    (void)user;
    char *piece = malloc(LARGE);
    memset(piece, '\0', LARGE);
    bool sent = true;
    for (size_t i = 0; sent && i < LARGE_COUNT; i++) {
        piece[LARGE - 1] = (char)i;
        lambda_buffer_add(response, piece, LARGE);
        sent = lambda_stream_send(invocation, response, err);
    }
    free(piece);
    return sent;
}

/* More than a response that is whole may hold, of any byte, as fast as the reader takes it. */
static void test_slow_reader(void **state)
{
    (void)state;
    static const struct scripted_turn turns[] = {{EVENT}, {ACCEPTED, .slow = true}, {LAST}};
    struct session session;
    session_run(&session, turns, COUNT(turns), send_large_pieces, NULL);
    const struct lambda_buffer *body = &session.api.requests[1].body;
    assert_int_equal(body->len, (size_t)LARGE * LARGE_COUNT);
    for (size_t i = 0; i < LARGE_COUNT; i++) {
        assert_int_equal(body->data[i * LARGE], 0);
        assert_int_equal(body->data[(i + 1) * LARGE - 1], i);
    }
    assert_string_equal(session.api.requests[1].trailers.data, "\r\n");
    assert_true(session.elapsed_ms > LARGE_COUNT * 16 * 2); /* a chunk has 64 KiB at most */
    session_done(&session);
}

/* A handler that goes on, and claims success, when sending has failed. */
static bool persist(const struct lambda_invocation *invocation, struct lambda_buffer *response,
                    struct lambda_error *err, void *user)
{
    int *refusals = user;
    for (int i = 0; i < 1000 || *refusals < 3; i++) {
        lambda_buffer_add_string(response, "piece");
        *refusals += !lambda_stream_send(invocation, response, err);
    }
    lambda_buffer_add_string(response, "the end");
    return true;
}

static void test_handler_that_goes_on(void **state)
{
    (void)state;
    static const struct scripted_turn turns[] = {{EVENT}, {STATUS(413), .chunks = 1}, {LAST}};
    struct session session;
    int refusals = 0;
    session_run(&session, turns, COUNT(turns), persist, &refusals);
    assert_true(refusals >= 3);
    assert_int_equal(session.api.request_count, 3);
    assert_int_equal(session_log_count(&session, "the answer is larger than Lambda takes"), 1);
    session_done(&session);
}

/* A small piece, and one that is too large, which is sent or left in response. */
static bool overflow(const struct lambda_invocation *invocation, struct lambda_buffer *response,
                     struct lambda_error *err, void *user)
{
    const bool *left = user;
    lambda_buffer_add_string(response, "small");
    if (!lambda_stream_send(invocation, response, err))
        return false;
    for (size_t i = 0; i < 7; i++)
        lambda_buffer_format(response, "%01048576d", 1);
    return *left || lambda_stream_send(invocation, response, err);
}

static void test_piece_too_large(void **state)
{
    (void)state;
    static const struct scripted_turn turns[] = {{EVENT}, {ACCEPTED}, {LAST}};
    for (int i = 0; i < 2; i++) {
        struct session session;
        bool left = i == 1;
        session_run(&session, turns, COUNT(turns), overflow, &left);
        assert_string_equal(session.api.requests[1].body.data, "small");
        assert_string_equal(find_trailer(&session, "Lambda-Runtime-Function-Error-Type"),
                            "Runtime.ResponseTooLarge");
        session_done(&session);
    }
}

/* In a test of a handler there is no client: what it would have sent is in response. */
static void test_without_client(void **state)
{
    (void)state;
    char event[] = "{\"a\":1}";
    struct play play = {.pieces = PIECES("one", "two"),
                        .head = &(struct lambda_stream_head){.status = 200}};
    const struct lambda_invocation invocation = {.event = event, .event_len = strlen(event)};
    struct lambda_buffer response;
    struct lambda_error err;
    lambda_buffer_init(&response, LAMBDA_RESPONSE_MAX);
    assert_true(perform(&invocation, &response, &err, &play));
    size_t len = strlen(response.data);
    assert_string_equal(response.data, "{\"statusCode\":200,\"headers\":{},\"cookies\":[]}");
    assert_string_equal(response.data + len + 8, "onetwo");
    lambda_buffer_done(&response);
}

/* By single steps: a stream that is never ended is broken off by the next step, or the end. */
static void test_steps(void **state)
{
    (void)state;
    static const struct scripted_turn turns[] = {{EVENT}, {NULL, .chunks = 1, .end = PARK},
                                                 {EVENT}, {ACCEPTED},
                                                 {EVENT}, {NULL, .chunks = 1}};
    struct scripted_api api;
    struct lambda_invocation invocation;
    struct lambda_buffer response;
    struct lambda_error err;
    char address[32];
    scripted_api_start(&api, turns, COUNT(turns));
    snprintf(address, sizeof address, "127.0.0.1:%d", api.port);
    lambda_buffer_init(&response, 100);
    struct lambda_client *client = lambda_client_new(address, &err);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(lambda_client_next(client, -1, &invocation).action, LAMBDA_GO_ON);
        lambda_buffer_add_string(&response, "piece");
        assert_true(lambda_stream_send(&invocation, &response, &err));
        assert_string_equal(invocation.event, "{\"a\":1}");
        if (i == 1)
            assert_int_equal(lambda_client_respond(client, &invocation, &response).status, 202);
    }
    lambda_client_free(client);
    scripted_api_join(&api);
    lambda_buffer_done(&response);
    assert_int_equal(api.request_count, COUNT(turns));
    assert_int_equal(api.connection_count, 2);
    assert_string_equal(api.requests[3].body.data, "piece");
    scripted_api_done(&api);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_success),
        cmocka_unit_test(test_whole_after_stream),
        cmocka_unit_test(test_prelude),
        cmocka_unit_test(test_failure_before_a_piece),
        cmocka_unit_test(test_failure_after_a_piece),
        cmocka_unit_test(test_trailers_are_short),
        cmocka_unit_test(test_server_ends_the_stream),
        cmocka_unit_test(test_stream_is_never_repeated),
        cmocka_unit_test(test_go_on),
        cmocka_unit_test(test_early_yes),
        cmocka_unit_test(test_slow_reader),
        cmocka_unit_test(test_handler_that_goes_on),
        cmocka_unit_test(test_piece_too_large),
        cmocka_unit_test(test_without_client),
        cmocka_unit_test(test_steps),
    };
    return cmocka_run_group_tests_name("stream", tests, NULL, NULL);
}
