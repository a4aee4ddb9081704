/*
 * Any bytes as the Runtime API: each request ends in a verdict, and an event is a whole one.
 *
 * The first byte of the input says how connections end, the rest is what the server says.
 */
#include "server.h"

#include <lambda/client.h>
#include <lambda/stream.h>

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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct lambda_client *client;
    struct lambda_error err;
    if (client == NULL)
        client = lambda_client_new("127.0.0.1:9001", &err);
    require(client != NULL);
    if (size == 0)
        return 0;
    server_start(data[0] % SERVER_ENDS, data + 1, size - 1);
    run(client);
    server_stop();
    return 0;
}
