#include <lambda/json.h>
#include <lambda/stream.h>
#include <string.h>

#include "client.h"

enum {
    ANSWER_MAX = 65536,
    /* In base64 and with the error's type it stays below 4096 bytes: a server in Go, such as the
       emulator, refuses longer trailers. */
    ERROR_JSON_MAX = 2880,
    BASE64_MAX = ERROR_JSON_MAX / 3 * 4,
};

static const char error_type[] = "Lambda-Runtime-Function-Error-Type";
static const char error_body[] = "Lambda-Runtime-Function-Error-Body";

void lambda_stream_prelude(const struct lambda_invocation *invocation,
                           struct lambda_buffer *response, const struct lambda_stream_head *head)
{
    static const char delimiter[8];
    const struct lambda_stream_header *header = head->headers;
    lambda_json_open(response, NULL, '{');
    lambda_json_number(response, "statusCode", head->status);
    lambda_json_open(response, "headers", '{');
    for (; header && header->name; header++)
        lambda_json_string(response, header->name, header->value);
    lambda_json_close(response, '}');
    lambda_json_open(response, "cookies", '[');
    for (const char *const *cookie = head->cookies; cookie && *cookie; cookie++)
        lambda_json_string(response, NULL, *cookie);
    lambda_json_close(response, ']');
    lambda_json_close(response, '}');
    lambda_buffer_add(response, delimiter, sizeof delimiter);
    if (invocation->client)
        invocation->client->prelude = true;
}

/* The event stays where it is: the answer gets a buffer of its own. */
static bool begin(struct lambda_client *client, const struct lambda_invocation *invocation)
{
    const struct lambda_http_header headers[] = {
        {"Content-Type", client->prelude ? "application/vnd.awslambda.http-integration-response"
                                         : "application/octet-stream"},
        {"Lambda-Runtime-Invocation-Id", invocation->invocation_id},
        {"Lambda-Runtime-Function-Response-Mode", "streaming"},
        {"Trailer", error_type},
        {"Trailer", error_body},
        {0},
    };
    client->streaming = true;
    client->event = client->http.body;
    lambda_buffer_init(&client->http.body, ANSWER_MAX);
    lambda_client_set_path(client, "invocation/", invocation->request_id, "/response");
    return lambda_http_begin(&client->http, client->path, headers);
}

bool lambda_stream_send(const struct lambda_invocation *invocation, struct lambda_buffer *response,
                        struct lambda_error *err)
{
    struct lambda_client *client = invocation->client;
    if (response->failed)
        return lambda_refuse(response, "Runtime.ResponseTooLarge", "piece of the response", err);
    if (!client)
        return true;
    bool sent = (client->streaming || begin(client, invocation)) &&
                lambda_http_send(&client->http, response);
    lambda_buffer_clear(response);
    if (sent)
        return true;
    return lambda_fail(err, "Runtime.StreamBroken",
                       "The stream ended before the response did: %s (status %d).",
                       client->http.status > 0 ? "Lambda answered" : client->http.problem,
                       client->http.status > 0 ? client->http.status : 0);
}

static void add_base64(struct lambda_buffer *text, const struct lambda_buffer *bytes)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < bytes->len; i += 3) {
        unsigned bits = 0;
        char quad[4] = {'=', '=', '=', '='};
        for (size_t j = i; j < i + 3; j++)
            bits = bits << 8 | (j < bytes->len ? (unsigned char)bytes->data[j] : 0U);
        for (size_t j = 0; j < sizeof quad && i + j <= bytes->len; j++)
            quad[j] = digits[bits >> (18 - 6 * j) & 63];
        lambda_buffer_add(text, quad, sizeof quad);
    }
}

/* The error with as much of its message as fits. */
static void write_error(const struct lambda_error *err, struct lambda_buffer *json)
{
    struct lambda_error shorter = *err;
    lambda_error_write(&shorter, json);
    while (json->failed && shorter.message[0] != '\0') {
        shorter.message[strlen(shorter.message) / 2] = '\0';
        lambda_buffer_clear(json);
        lambda_error_write(&shorter, json);
    }
}

void lambda_stream_respond(struct lambda_client *client, const struct lambda_invocation *invocation,
                           const struct lambda_buffer *response)
{
    static const struct lambda_http_header none = {0};
    if (client->streaming || begin(client, invocation))
        lambda_http_end(&client->http, response, &none);
}

void lambda_stream_fail(struct lambda_client *client, const struct lambda_error *err)
{
    struct lambda_buffer nothing, json, base64;
    lambda_buffer_init(&nothing, 0);
    lambda_buffer_init(&json, ERROR_JSON_MAX);
    lambda_buffer_init(&base64, BASE64_MAX);
    write_error(err, &json);
    add_base64(&base64, &json);
    const struct lambda_http_header trailers[] = {
        {error_type, err->type}, {error_body, base64.failed ? "" : base64.data}, {0}};
    lambda_http_end(&client->http, &nothing, trailers);
    lambda_buffer_done(&base64);
    lambda_buffer_done(&json);
    lambda_buffer_done(&nothing);
}

void lambda_stream_forget(struct lambda_client *client)
{
    client->prelude = false;
    if (!client->streaming)
        return;
    client->streaming = false;
    if (client->http.in_pieces)
        lambda_http_disconnect(&client->http);
    lambda_buffer_done(&client->http.body);
    client->http.body = client->event;
}
