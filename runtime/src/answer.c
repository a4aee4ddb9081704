#include "http.h"

#include <stdint.h>
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

/* At most SIZE_MAX / 2; text behind it is the caller's to judge. False if there is none. */
static bool parse_number(const char *text, unsigned base, size_t *number, const char **end)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    *number = 0;
    *end = text;
    for (const char *digit; **end && (digit = strchr(digits, **end)) != NULL; (*end)++) {
        size_t value = (size_t)(digit - digits) % 16;
        if (value >= base || *number > (SIZE_MAX / 2 - value) / base)
            return false;
        *number = *number * base + value;
    }
    return *end > text;
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r';
}

/* HTTP/1.x, blank, three digits. */
static bool read_status(struct lambda_http *http, struct answer *answer)
{
    const char *line = http->connection.line.data, *end = NULL;
    size_t status = 0;
    if (!lambda_connection_read_line(&http->connection))
        return false;
    line = http->connection.line.data;
    if (strncmp(line, "HTTP/1.", 7) != 0 || (line[7] != '0' && line[7] != '1') || line[8] != ' ' ||
        !parse_number(line + 9, 10, &status, &end) || end != line + 12 || status < 100)
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
    const char *line = http->connection.line.data, *end = NULL;
    size_t len = 0;
    if (is_named(line, name_len, "Connection")) {
        answer->last = answer->last || strcasecmp(value, "close") == 0;
    } else if (is_named(line, name_len, "Transfer-Encoding")) {
        answer->chunked = true;
        if (strcasecmp(value, "chunked") != 0)
            return fail(http, "the answer has an encoding that nobody asked for");
    } else if (is_named(line, name_len, "Content-Length")) {
        if (!parse_number(value, 10, &len, &end) || *end != '\0' ||
            (answer->has_len && answer->len != len))
            return fail(http, "the length of the answer is not a number");
        answer->has_len = true;
        answer->len = len;
    }
    return true;
}

static bool take_header(struct lambda_http *http, struct answer *answer)
{
    struct lambda_buffer *line = &http->connection.line;
    const char *colon = strchr(line->data, ':');
    if (!colon || colon == line->data || is_blank(line->data[0]))
        return fail(http, "a line of the answer is not a header");
    const char *value = colon + 1;
    size_t name_len = (size_t)(colon - line->data);
    while (is_blank(*value))
        value++;
    while (line->len > 0 && is_blank(line->data[line->len - 1]))
        lambda_buffer_cut(line, line->len - 1);
    size_t len = (size_t)(line->data + line->len - value);
    for (struct lambda_http_field *field = http->fields; field && field->name; field++) {
        if (is_named(line->data, name_len, field->name))
            keep_value(field, value, len);
    }
    return note(http, answer, name_len, value);
}

/* With those of the answers that only say that another one will follow. */
static bool read_head(struct lambda_http *http, struct answer *answer)
{
    do {
        if (!read_status(http, answer))
            return false;
        for (;;) {
            if (!lambda_connection_read_line(&http->connection))
                return false;
            if (http->connection.line.len == 0)
                break;
            if (!take_header(http, answer))
                return false;
        }
    } while (answer->status < 200);
    return true;
}

/* A body that is too long is read to its end as well: the connection is kept. */
static bool read_len(struct lambda_http *http, size_t len)
{
    for (size_t got = 0; len > 0; len -= got) {
        if (!lambda_connection_read(&http->connection, &http->body, len, &got))
            return false;
        if (got == 0)
            return fail(http, "the connection ended in the middle of a body");
    }
    return true;
}

static bool read_to_the_end(struct lambda_http *http)
{
    size_t got = 0;
    do {
        if (!lambda_connection_read(&http->connection, &http->body, SIZE_MAX, &got))
            return false;
    } while (got > 0);
    return true;
}

static bool read_chunks(struct lambda_http *http)
{
    struct lambda_connection *connection = &http->connection;
    size_t len = 0;
    do {
        const char *end = NULL;
        if (!lambda_connection_read_line(connection))
            return false;
        if (!parse_number(connection->line.data, 16, &len, &end) || !strchr("; \t", *end))
            return fail(http, "a chunk of the answer has no length");
        if (len == 0)
            break;
        if (!read_len(http, len) || !lambda_connection_read_line(connection))
            return false;
        if (connection->line.len > 0)
            return fail(http, "a chunk of the answer is longer than it says");
    } while (len > 0);
    do { /* trailers */
        if (!lambda_connection_read_line(connection))
            return false;
    } while (connection->line.len > 0);
    return true;
}

static bool read_body(struct lambda_http *http, struct answer *answer)
{
    if (answer->status == 204 || answer->status == 304)
        return true;
    if (answer->chunked)
        return read_chunks(http);
    if (answer->has_len)
        return read_len(http, answer->len);
    answer->last = true;
    return read_to_the_end(http);
}

void lambda_http_read_answer(struct lambda_http *http)
{
    struct answer answer = {.last = true};
    bool whole = read_head(http, &answer) && read_body(http, &answer);
    http->status = whole ? answer.status : http->connection.stopped ? HTTP_STOPPED : HTTP_NO_ANSWER;
    http->problem = whole ? "" : http->connection.problem;
    if (!whole || answer.last)
        lambda_connection_close(&http->connection);
}
