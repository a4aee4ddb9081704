#include "http.h"

#include <lambda/runtime.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define END_OF_LINE "\r\n"

void lambda_http_init(struct lambda_http *http, const char *endpoint, size_t body_max)
{
    *http = (struct lambda_http){.problem = ""};
    lambda_buffer_init(&http->body, body_max);
    lambda_buffer_init(&http->head, SIZE_MAX);
    lambda_connection_init(&http->connection, endpoint);
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

/* Forgets the last answer. */
static void reset(struct lambda_http *http, struct lambda_http_field *fields)
{
    http->status = HTTP_NO_ANSWER;
    http->fields = fields;
    lambda_buffer_clear(&http->body);
    for (; fields && fields->name; fields++) {
        lambda_buffer_clear(&fields->value);
        fields->seen = false;
    }
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

/* All but the empty line. */
static void write_head(struct lambda_http *http, const char *method, const char *path,
                       const struct lambda_http_header *headers)
{
    lambda_buffer_clear(&http->head);
    lambda_buffer_add_string(&http->head, method);
    lambda_buffer_add_string(&http->head, path);
    lambda_buffer_add_string(&http->head, " HTTP/1.1" END_OF_LINE);
    add_header(&http->head, "Host", http->connection.endpoint);
    add_header(&http->head, "User-Agent", "lambda-c-runtime/" LAMBDA_RUNTIME_VERSION);
    add_headers(&http->head, headers);
}

/* False, and the status tells why, if there is no connection or no memory. */
static bool open_connection(struct lambda_http *http, int stop_fd)
{
    http->problem = "memory ran out";
    if (http->head.failed)
        return false;
    if (lambda_connection_open(&http->connection, stop_fd))
        return true;
    http->status = http->connection.stopped ? HTTP_STOPPED : HTTP_NO_ANSWER;
    http->problem = http->connection.problem;
    return false;
}

/*
 * The server says something, or nothing more, before all is sent. If that is yes, it gets the rest;
 * after anything else the request is over.
 */
static bool hear_early_answer(struct lambda_http *http)
{
    bool first = http->status == HTTP_NO_ANSWER;
    if (first)
        lambda_http_read_answer(http);
    if (first && http->status / 100 == 2 && http->connection.socket >= 0)
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

static bool send_request(struct lambda_http *http, const struct lambda_buffer *body)
{
    struct iovec parts[] = {part(http->head.data, http->head.len),
                            part(body ? body->data : "", body ? body->len : 0)};
    return send_parts(http, parts, body ? 2 : 1);
}

static void get_answer(struct lambda_http *http)
{
    if (http->status == HTTP_NO_ANSWER)
        lambda_http_read_answer(http);
}

static const struct lambda_http_header no_headers[1];

void lambda_http_get(struct lambda_http *http, const char *path, struct lambda_http_field *fields,
                     int stop_fd)
{
    reset(http, fields);
    write_head(http, "GET ", path, no_headers);
    lambda_buffer_add_string(&http->head, END_OF_LINE);
    if (open_connection(http, stop_fd) && send_request(http, NULL))
        get_answer(http);
}

void lambda_http_post(struct lambda_http *http, const char *path,
                      const struct lambda_http_header *headers, const struct lambda_buffer *body,
                      struct lambda_http_field *fields)
{
    reset(http, fields);
    write_head(http, "POST ", path, headers);
    lambda_buffer_format(&http->head, "Content-Length: %zu" END_OF_LINE END_OF_LINE, body->len);
    if (open_connection(http, -1) && send_request(http, body))
        get_answer(http);
}

bool lambda_http_park(struct lambda_http *http, const char *path,
                      const struct lambda_http_header *headers)
{
    reset(http, NULL);
    write_head(http, "GET ", path, headers);
    lambda_buffer_add_string(&http->head, END_OF_LINE);
    return open_connection(http, -1) && send_request(http, NULL);
}

bool lambda_http_begin(struct lambda_http *http, const char *path,
                       const struct lambda_http_header *headers)
{
    reset(http, NULL);
    write_head(http, "POST ", path, headers);
    lambda_buffer_add_string(&http->head, "Transfer-Encoding: chunked" END_OF_LINE END_OF_LINE);
    http->in_pieces = open_connection(http, -1) && send_request(http, NULL);
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
