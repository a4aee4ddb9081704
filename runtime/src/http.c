#include "http.h"

#include <lambda/runtime.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define END_OF_LINE "\r\n"

bool lambda_http_init(struct lambda_http *http, const char *endpoint, size_t body_max)
{
    http->status = HTTP_NO_ANSWER;
    http->problem = "";
    http->fields = NULL;
    http->in_pieces = false;
    lambda_buffer_init(&http->body, body_max);
    lambda_buffer_init(&http->head, SIZE_MAX);
    return lambda_connection_init(&http->connection, endpoint);
}

void lambda_http_done(struct lambda_http *http)
{
    lambda_connection_done(&http->connection);
    lambda_buffer_done(&http->head);
    lambda_buffer_done(&http->body);
}

void lambda_http_disconnect(struct lambda_http *http)
{
    lambda_connection_close(&http->connection);
    http->in_pieces = false;
}

static bool is_sendable(const char *value)
{
    size_t len = 0;
    while ((unsigned char)value[len] >= ' ' && value[len] != '\x7F')
        len++;
    return len > 0 && value[len] == '\0';
}

static void add_header(struct lambda_buffer *head, const char *name, const char *value)
{
    lambda_buffer_add_string(head, name);
    lambda_buffer_add_string(head, ": ");
    lambda_buffer_add_string(head, value);
    lambda_buffer_add_string(head, END_OF_LINE);
}

static void add_headers(struct lambda_buffer *head, const struct lambda_http_header *headers)
{
    for (; headers->name; headers++) {
        if (is_sendable(headers->value))
            add_header(head, headers->name, headers->value);
    }
}

/* Forgets the last answer, and writes the head of a request but for its end. */
static void begin(struct lambda_http *http, const char *method, const char *path,
                  const struct lambda_http_header *headers, struct lambda_http_field *fields)
{
    http->status = HTTP_NO_ANSWER;
    http->problem = "memory ran out";
    http->fields = fields;
    lambda_buffer_clear(&http->body);
    for (; fields && fields->name; fields++) {
        lambda_buffer_clear(&fields->value);
        fields->seen = false;
    }
    lambda_buffer_clear(&http->head);
    lambda_buffer_add_string(&http->head, method);
    lambda_buffer_add_string(&http->head, path);
    lambda_buffer_add_string(&http->head, " HTTP/1.1" END_OF_LINE);
    add_header(&http->head, "Host", http->connection.endpoint);
    add_header(&http->head, "User-Agent", "lambda-c-runtime/" LAMBDA_RUNTIME_VERSION);
    add_headers(&http->head, headers);
}

/*
 * The server says something, or nothing more, before all is sent. If that is yes or "go on", it
 * gets the rest; after anything else the request is over.
 */
static bool hear_early_answer(struct lambda_http *http)
{
    bool answered = http->status >= 200;
    if (!answered)
        lambda_http_read_answer(http);
    if (!answered && http->status >= 100 && http->status < 300 && http->connection.socket >= 0)
        return true;
    lambda_http_disconnect(http);
    return false;
}

/* Waits where it must. False if the request is over before all was sent. */
static bool send_parts(struct lambda_http *http, struct iovec *parts, size_t count)
{
    while (count > 0) {
        bool readable = false;
        if (!lambda_connection_send(&http->connection, &parts, &count)) {
            hear_early_answer(http); /* it may say why */
            lambda_http_disconnect(http);
            return false;
        }
        if (count > 0 && (!lambda_connection_wait_to_send(&http->connection, &readable) ||
                          (readable && !hear_early_answer(http))))
            return false;
    }
    return true;
}

static struct iovec part(const char *bytes, size_t len)
{
    return (struct iovec){.iov_base = (char *)(uintptr_t)bytes, .iov_len = len};
}

/* With the end of the head. False if the request is over, as the status tells. */
static bool send_request(struct lambda_http *http, const struct lambda_buffer *body, int stop_fd)
{
    lambda_buffer_add_string(&http->head, END_OF_LINE);
    if (http->head.failed)
        return false;
    if (!lambda_connection_open(&http->connection, stop_fd)) {
        http->status = http->connection.stopped ? HTTP_STOPPED : HTTP_NO_ANSWER;
        http->problem = http->connection.problem;
        return false;
    }
    struct iovec parts[] = {part(http->head.data, http->head.len), part(body->data, body->len)};
    return send_parts(http, parts, sizeof parts / sizeof parts[0]);
}

static void get_answer(struct lambda_http *http)
{
    do {
        if (http->status < 200)
            lambda_http_read_answer(http);
    } while (http->status >= 100 && http->status < 200);
}

static const struct lambda_http_header no_headers[1];
static const struct lambda_buffer no_body;

void lambda_http_get(struct lambda_http *http, const char *path, struct lambda_http_field *fields,
                     int stop_fd)
{
    begin(http, "GET ", path, no_headers, fields);
    if (send_request(http, &no_body, stop_fd))
        get_answer(http);
}

bool lambda_http_park(struct lambda_http *http, const char *path,
                      const struct lambda_http_header *headers)
{
    begin(http, "GET ", path, headers, NULL);
    return send_request(http, &no_body, -1);
}

void lambda_http_post(struct lambda_http *http, const char *path,
                      const struct lambda_http_header *headers, const struct lambda_buffer *body,
                      struct lambda_http_field *fields)
{
    begin(http, "POST ", path, headers, fields);
    lambda_buffer_format(&http->head, "Content-Length: %zu" END_OF_LINE, body->len);
    if (send_request(http, body, -1))
        get_answer(http);
}

bool lambda_http_begin(struct lambda_http *http, const char *path,
                       const struct lambda_http_header *headers)
{
    begin(http, "POST ", path, headers, NULL);
    add_header(&http->head, "Transfer-Encoding", "chunked");
    http->in_pieces = send_request(http, &no_body, -1);
    return http->in_pieces;
}

/* A piece as a chunk; with trailers (NULL for none yet) it is the last. False as send_parts(). */
static bool send_piece(struct lambda_http *http, const struct lambda_buffer *piece,
                       const struct lambda_http_header *trailers)
{
    char size[32] = "";
    bool readable = false;
    if (!http->in_pieces)
        return false;
    lambda_buffer_clear(&http->head);
    if (piece->len > 0) {
        snprintf(size, sizeof size, "%zx" END_OF_LINE, piece->len);
        lambda_buffer_add_string(&http->head, END_OF_LINE);
    }
    if (trailers) {
        lambda_buffer_add_string(&http->head, "0" END_OF_LINE);
        add_headers(&http->head, trailers);
        lambda_buffer_add_string(&http->head, END_OF_LINE);
    }
    struct iovec parts[] = {part(size, strlen(size)), part(piece->data, piece->len),
                            part(http->head.data, http->head.len)};
    if (!http->head.failed && lambda_connection_wait_to_send(&http->connection, &readable) &&
        (!readable || hear_early_answer(http)) && send_parts(http, parts, 3))
        return true;
    lambda_http_disconnect(http);
    return false;
}

bool lambda_http_send(struct lambda_http *http, const struct lambda_buffer *piece)
{
    return send_piece(http, piece, NULL);
}

void lambda_http_end(struct lambda_http *http, const struct lambda_buffer *piece,
                     const struct lambda_http_header *trailers)
{
    if (send_piece(http, piece, trailers))
        get_answer(http);
    http->in_pieces = false;
}
