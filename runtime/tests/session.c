#include "session.h"

#include "capture.h"
#include "test.h"

#include <strings.h>
#include <time.h>
#include <unistd.h>

enum { HANG_S = 30 }; /* SIGALRM ends a program that waits for ever */

static int64_t clock_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void session_run(struct session *session, const struct scripted_turn *turns, size_t count,
                 lambda_handler *handler, void *user)
{
    session_run_with(session, turns, count,
                     &(struct lambda_options){.handler = handler, .user = user});
}

void session_run_with(struct session *session, const struct scripted_turn *turns, size_t count,
                      const struct lambda_options *options)
{
    struct capture capture;
    char address[32];
    lambda_buffer_init(&session->log, 1 << 20);
    scripted_api_start(&session->api, turns, count);
    snprintf(address, sizeof address, "127.0.0.1:%d", session->api.port);
    setenv("AWS_LAMBDA_RUNTIME_API", address, 1);
    alarm(HANG_S);
    int64_t start = clock_ms();
    capture_start(&capture);
    session->status =
        options->handler ? lambda_run_with(options) : lambda_init_failed(options->user);
    capture_end(&capture, &session->log);
    session->elapsed_ms = clock_ms() - start;
    scripted_api_join(&session->api);
    alarm(0);
}

void session_done(struct session *session)
{
    scripted_api_done(&session->api);
    lambda_buffer_done(&session->log);
}

void session_assert_request(const struct session *session, size_t i, const char *verb,
                            const char *path)
{
    char line[256];
    assert_true(i < session->api.request_count);
    snprintf(line, sizeof line, "%s /2018-06-01/runtime%s HTTP/1.1\r\n", verb, path);
    const char *head = session->api.requests[i].head.data;
    if (strncmp(head, line, strlen(line)) != 0)
        fail_msg("request %zu is not %s but %s", i, line, head);
}

const char *session_header(const struct session *session, size_t i, const char *name)
{
    static char value[100000];
    assert_true(i < session->api.request_count);
    const char *line = session->api.requests[i].head.data;
    while ((line = strstr(line, "\r\n"))) {
        line += 2;
        size_t len = strlen(name);
        if (strncasecmp(line, name, len) != 0 || line[len] != ':')
            continue;
        line += len + 1 + strspn(line + len + 1, " ");
        snprintf(value, sizeof value, "%.*s", (int)(strstr(line, "\r\n") - line), line);
        return value;
    }
    return NULL;
}

size_t session_log_count(const struct session *session, const char *text)
{
    size_t count = 0;
    const char *line = session->log.data;
    while (*line) {
        const char *end = strchr(line, '\n');
        const char *found = strstr(line, text);
        assert_non_null(end);
        count += found && found < end;
        line = end + 1;
    }
    return count;
}

bool session_echo(const struct lambda_invocation *invocation, struct lambda_buffer *response,
                  struct lambda_error *err, void *user)
{
    (void)err, (void)user;
    lambda_buffer_add(response, invocation->event, invocation->event_len);
    return true;
}

bool session_fail(const struct lambda_invocation *invocation, struct lambda_buffer *response,
                  struct lambda_error *err, void *user)
{
    (void)invocation;
    const struct lambda_error *wanted = user;
    lambda_buffer_add_string(response, "must not be sent");
    return lambda_fail(err, wanted->type, "%s", wanted->message);
}
