/*
 * Any bytes as the Runtime API: each request ends in a verdict, and an event is a whole one.
 *
 * Answers are separated by 1E (hexadecimal), one a connection; the first byte of the input says how
 * connections end.
 */
#include "fuzz.h"

#include <arpa/inet.h>
#include <lambda/client.h>
#include <lambda/stream.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SEPARATOR = 0x1E, FIN = 0 };

/* What the server's thread is to send. */
static struct {
    pthread_mutex_t lock;
    int listener;
    bool reset;
    const uint8_t *rest;
    size_t rest_len;
} server = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void receive_head(int peer)
{
    char bytes[4096];
    size_t len = 0;
    ssize_t got = 0;
    do {
        len += (size_t)got;
        bytes[len] = '\0';
    } while (!strstr(bytes, "\r\n\r\n") && len < sizeof bytes - 1 &&
             (got = recv(peer, bytes + len, sizeof bytes - 1 - len, 0)) > 0);
}

static void send_answer(int peer)
{
    const uint8_t *end =
        server.rest_len > 0 ? memchr(server.rest, SEPARATOR, server.rest_len) : NULL;
    size_t len = end ? (size_t)(end - server.rest) : server.rest_len;
    for (size_t sent = 0; sent < len;) {
        ssize_t put = send(peer, server.rest + sent, len - sent, MSG_NOSIGNAL);
        if (put <= 0)
            break;
        sent += (size_t)put;
    }
    len += end != NULL;
    server.rest += len;
    server.rest_len -= len;
}

static void *serve(void *user)
{
    const struct linger at_once = {.l_onoff = 1, .l_linger = 0};
    for (;;) {
        int peer = accept(server.listener, NULL, NULL);
        require(peer >= 0);
        receive_head(peer);
        pthread_mutex_lock(&server.lock);
        send_answer(peer);
        if (server.reset)
            setsockopt(peer, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        pthread_mutex_unlock(&server.lock);
        close(peer);
    }
    return user;
}

static struct lambda_client *start(void)
{
    static char address[32];
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof name;
    pthread_t thread;
    struct lambda_error err;
    server.listener = socket(AF_INET, SOCK_STREAM, 0);
    require(bind(server.listener, (struct sockaddr *)&name, len) == 0);
    require(listen(server.listener, 8) == 0);
    require(getsockname(server.listener, (struct sockaddr *)&name, &len) == 0);
    require(pthread_create(&thread, NULL, serve, NULL) == 0);
    snprintf(address, sizeof address, "127.0.0.1:%d", ntohs(name.sin_port));
    return lambda_client_new(address, &err);
}

static void check_verdict(struct lambda_verdict verdict)
{
    require(verdict.meaning[0] != '\0');
    require(verdict.status >= 0 && verdict.status <= 999);
    require(verdict.action != LAMBDA_STOP);
    require(memchr(verdict.detail, '\0', 1024) != NULL);
}

static void check_invocation(const struct lambda_invocation *invocation)
{
    static const char *const allowed = "0123456789-_.~abcdefghijklmnopqrstuvwxyz"
                                       "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    size_t id_len = strlen(invocation->request_id);
    require(id_len > 0 && strspn(invocation->request_id, allowed) == id_len);
    require(invocation->event[invocation->event_len] == '\0');
    require(strlen(invocation->trace_id) <= 65536 && strlen(invocation->tenant_id) <= 65536);
    require(invocation->deadline_ms >= 0);
}

/* A part of a response, which may find that there is an answer already. */
static void stream(const struct lambda_invocation *invocation)
{
    struct lambda_error err = {"", ""};
    struct lambda_buffer response;
    lambda_buffer_init(&response, 16);
    lambda_buffer_add_string(&response, "piece");
    bool sent = lambda_stream_send(invocation, &response, &err);
    require(sent == (err.type[0] == '\0') && response.len == 0);
    require(invocation->event[invocation->event_len] == '\0');
    lambda_buffer_done(&response);
}

/* One event, and the answer to it. */
static void run(struct lambda_client *client)
{
    struct lambda_invocation invocation;
    struct lambda_error err = {"Function.Fuzzed", "An error."};
    struct lambda_verdict verdict = lambda_client_next(client, -1, &invocation);
    check_verdict(verdict);
    if (verdict.action != LAMBDA_GO_ON)
        return;
    check_invocation(&invocation);
    if (invocation.event_len % 2 == 1)
        stream(&invocation);
    check_verdict(lambda_client_fail(client, &invocation, &err));
}

static void set_answers(const uint8_t *bytes, size_t len, bool reset)
{
    pthread_mutex_lock(&server.lock);
    server.reset = reset;
    server.rest = bytes;
    server.rest_len = len;
    pthread_mutex_unlock(&server.lock);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct lambda_client *client;
    client = client ? client : start();
    require(client != NULL);
    if (size == 0)
        return 0;
    set_answers(data + 1, size - 1, data[0] % 2 != FIN);
    run(client);
    set_answers((const uint8_t *)"", 0,
                false); /* the input goes away, and a connection may be left */
    return 0;
}
