#include "escape.h"

#include <inttypes.h>
#include <lambda/json.h>
#include <string.h>

/*
 * What was written last decides about the comma: nothing, an open bracket or the end of an earlier
 * document (a line) needs none. Strings cannot confuse this, since they end in a quote.
 */
static bool needs_comma(const struct lambda_buffer *buffer)
{
    if (buffer->len == 0)
        return false;
    char last = buffer->data[buffer->len - 1];
    return last != '{' && last != '[' && last != '\n';
}

/* Everything that comes before a value. */
static void add_key(struct lambda_buffer *buffer, const char *key)
{
    bool comma = needs_comma(buffer);
    if (key)
        lambda_escape(buffer, comma ? ",\"" : "\"", key, strlen(key), "\":");
    else if (comma)
        lambda_buffer_add_string(buffer, ",");
}

void lambda_json_open(struct lambda_buffer *buffer, const char *key, char bracket)
{
    add_key(buffer, key);
    lambda_buffer_add(buffer, &bracket, 1);
}

void lambda_json_close(struct lambda_buffer *buffer, char bracket)
{
    lambda_buffer_add(buffer, &bracket, 1);
}

void lambda_json_string(struct lambda_buffer *buffer, const char *key, const char *text)
{
    lambda_json_bytes(buffer, key, text, strlen(text));
}

void lambda_json_bytes(struct lambda_buffer *buffer, const char *key, const char *bytes, size_t len)
{
    add_key(buffer, key);
    lambda_escape(buffer, "\"", bytes, len, "\"");
}

void lambda_json_raw(struct lambda_buffer *buffer, const char *key, const char *json, size_t len)
{
    add_key(buffer, key);
    lambda_buffer_add(buffer, json, len);
}

void lambda_json_number(struct lambda_buffer *buffer, const char *key, int64_t number)
{
    add_key(buffer, key);
    lambda_buffer_format(buffer, "%" PRId64, number);
}

void lambda_json_bool(struct lambda_buffer *buffer, const char *key, bool value)
{
    add_key(buffer, key);
    lambda_buffer_add_string(buffer, value ? "true" : "false");
}
