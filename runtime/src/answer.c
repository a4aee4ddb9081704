#include "http.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What the head says about the rest. */
struct answer {
    int status;
    bool last;    /* on this connection */
    bool chunked; /* wins over a length, RFC 9112 section 6.3 */
    bool has_len;
    size_t len;
};

static bool fail(struct lambda_http *http, const char *problem)
{
    http->connection.problem = problem;
    return false;
}

/* Up to 15 digits. What may follow them is the caller's to say; true if it does. */
static bool parse_number(const char *text, int base, const char *followers, size_t *number)
{
    size_t len = strspn(text, base == 16 ? "0123456789abcdefABCDEF" : "0123456789");
    *number = strtoull(text, NULL, base);
    return len > 0 && len <= 15 && strchr(followers, text[len]);
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r';
}

/* HTTP/1.x, a blank, three digits. */
static bool read_status(struct lambda_http *http, struct answer *answer)
{
    if (!lambda_connection_read_line(&http->connection))
        return false;
    const char *line = http->connection.line.data;
    size_t status = 0;
    if (strncmp(line, "HTTP/1.", 7) != 0 || (line[7] != '0' && line[7] != '1') || line[8] != ' ' ||
        !parse_number(line + 9, 10, " ", &status) || status < 100 || status > 999)
        return fail(http, "the answer is not HTTP/1");
    *answer = (struct answer){.status = (int)status, .last = line[7] == '0'};
    return true;
}

static bool is_named(const char *line, size_t name_len, const char *name)
{
    return strlen(name) == name_len && strncasecmp(line, name, name_len) == 0;
}

static void keep_value(struct lambda_http_field *field, const char *value, size_t len)
{
    if (!field->seen)
        lambda_buffer_add(&field->value, value, len);
    field->seen = true;
}

/* What of the headers is for HTTP itself. The value is the rest of the line. */
static bool note(struct lambda_http *http, struct answer *answer, size_t name_len,
                 const char *value)
{
    const char *line = http->connection.line.data;
    size_t len = 0;
    if (is_named(line, name_len, "Connection")) {
        answer->last = answer->last || strcasecmp(value, "close") == 0;
    } else if (is_named(line, name_len, "Transfer-Encoding")) {
        answer->chunked = true;
        if (strcasecmp(value, "chunked") != 0)
            return fail(http, "the answer has an encoding that nobody asked for");
    } else if (is_named(line, name_len, "Content-Length")) {
        if (!parse_number(value, 10, "", &len) || (answer->has_len && answer->len != len))
            return fail(http, "the length of the answer is not a number");
        answer->has_len = true;
        answer->len = len;
    }
    return true;
}

static bool take_header(struct lambda_http *http, struct answer *answer)
{
    struct lambda_buffer *line = &http->connection.line;
    while (line->len > 0 && is_blank(line->data[line->len - 1]))
        lambda_buffer_cut(line, line->len - 1);
    const char *value = strchr(line->data, ':');
    if (!value || is_blank(line->data[0]))
        return fail(http, "a line of the answer is not a header");
    size_t name_len = (size_t)(value - line->data);
    do {
        value++;
    } while (is_blank(*value));
    struct lambda_http_field *field = answer->status < 200 ? NULL : http->fields;
    for (; field && field->name; field++) {
        if (is_named(line->data, name_len, field->name))
            keep_value(field, value, (size_t)(line->data + line->len - value));
    }
    return note(http, answer, name_len, value);
}

static bool read_head(struct lambda_http *http, struct answer *answer)
{
    if (!read_status(http, answer))
        return false;
    for (;;) {
        if (!lambda_connection_read_line(&http->connection))
            return false;
        if (http->connection.line.len == 0)
            return true;
        if (!take_header(http, answer))
            return false;
    }
}

static bool read_chunks(struct lambda_http *http)
{
    struct lambda_connection *connection = &http->connection;
    size_t len = 0;
    do {
        if (!lambda_connection_read_line(connection))
            return false;
        if (!parse_number(connection->line.data, 16, "; \t", &len))
            return fail(http, "a chunk of the answer has no length");
        if (len > 0 && (!lambda_connection_read(connection, &http->body, len) ||
                        !lambda_connection_read_line(connection)))
            return false;
        if (len > 0 && connection->line.len > 0)
            return fail(http, "a chunk of the answer is longer than it says");
    } while (len > 0);
    do { /* trailers */
        if (!lambda_connection_read_line(connection))
            return false;
    } while (connection->line.len > 0);
    return true;
}

/* One that is too long for the buffer is read to its end as well: the connection is kept. */
static bool read_body(struct lambda_http *http, struct answer *answer)
{
    if (answer->status < 200 || answer->status == 204 || answer->status == 304)
        return true;
    if (answer->chunked)
        return read_chunks(http);
    answer->last = answer->last || !answer->has_len;
    return lambda_connection_read(&http->connection, &http->body,
                                  answer->has_len ? answer->len : SIZE_MAX);
}

void lambda_http_read_answer(struct lambda_http *http)
{
    struct answer answer = {.last = true};
    bool whole = read_head(http, &answer) && read_body(http, &answer);
    http->status = whole ? answer.status : http->connection.stopped ? HTTP_STOPPED : HTTP_NO_ANSWER;
    http->problem = whole ? "" : http->connection.problem;
    if (!whole || (answer.last && answer.status >= 200))
        lambda_connection_close(&http->connection);
}
