#include <lambda/buffer.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 256 };

/* What data shows before the first allocation. Not const: a caller may write a NUL to data[len]. */
static char nothing[1];

void lambda_buffer_init(struct lambda_buffer *buffer, size_t max)
{
    /* One less than SIZE_MAX at most: len plus its NUL must fit a size_t. */
    *buffer = (struct lambda_buffer){.data = nothing, .max = max < SIZE_MAX ? max : SIZE_MAX - 1};
}

void lambda_buffer_done(struct lambda_buffer *buffer)
{
    if (buffer->capacity > 0)
        free(buffer->data);
    *buffer = (struct lambda_buffer){0};
}

void lambda_buffer_clear(struct lambda_buffer *buffer)
{
    buffer->len = 0;
    buffer->failed = buffer->starved = false;
    if (buffer->capacity > 0)
        buffer->data[0] = '\0';
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* Twice what there was, so that n appends copy O(n) bytes, but never more than max and its NUL. */
static size_t next_capacity(const struct lambda_buffer *buffer, size_t need)
{
    size_t limit = buffer->max + 1;
    size_t twice = buffer->capacity > limit / 2 ? limit : buffer->capacity * 2;
    size_t wanted = larger(larger(twice, need), FIRST_CAPACITY);
    return wanted < limit ? wanted : limit;
}

static bool grow(struct lambda_buffer *buffer, size_t extra)
{
    if (buffer->failed || extra > buffer->max - buffer->len) {
        buffer->failed = true;
        return false;
    }
    size_t capacity = next_capacity(buffer, buffer->len + extra + 1);
    char *data = realloc(buffer->capacity > 0 ? buffer->data : NULL, capacity);
    if (!data) {
        buffer->failed = buffer->starved = true;
        return false;
    }
    buffer->data = data;
    buffer->capacity = capacity;
    return true;
}

/* Makes room for extra bytes and a NUL, or latches failure. */
static inline bool reserve(struct lambda_buffer *buffer, size_t extra)
{
    bool has_room = !buffer->failed && extra < buffer->capacity - buffer->len;
    return has_room || grow(buffer, extra);
}

void lambda_buffer_cut(struct lambda_buffer *buffer, size_t len)
{
    if (len >= buffer->len)
        return;
    buffer->len = len;
    buffer->data[len] = '\0';
}

void lambda_buffer_add(struct lambda_buffer *buffer, const void *bytes, size_t len)
{
    if (len == 0 || !reserve(buffer, len))
        return;
    memcpy(buffer->data + buffer->len, bytes, len);
    buffer->len += len;
    buffer->data[buffer->len] = '\0';
}

void lambda_buffer_add_string(struct lambda_buffer *buffer, const char *text)
{
    lambda_buffer_add(buffer, text, strlen(text));
}

void lambda_buffer_adopt(struct lambda_buffer *buffer, char *bytes, size_t len)
{
    size_t max = buffer->max;
    lambda_buffer_done(buffer);
    lambda_buffer_init(buffer, max);
    char *data = len <= max ? realloc(bytes, len + 1) : NULL; /* most often it stays in place */
    if (!data) {
        free(bytes);
        buffer->failed = true;
        buffer->starved = len <= max;
        return;
    }
    data[len] = '\0';
    buffer->data = data;
    buffer->len = len;
    buffer->capacity = len + 1;
}

void lambda_buffer_format(struct lambda_buffer *buffer, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    size_t room = buffer->failed ? 0 : buffer->capacity - buffer->len; /* with the NUL */
    int len = vsnprintf(room > 0 ? buffer->data + buffer->len : NULL, room, format, args);
    if (len < 0)
        buffer->failed = true;
    else if ((size_t)len >= room && reserve(buffer, (size_t)len))
        vsnprintf(buffer->data + buffer->len, (size_t)len + 1, format, again);
    if (!buffer->failed)
        buffer->len += (size_t)len;
    else if (room > 0)
        buffer->data[buffer->len] = '\0';
    va_end(again);
    va_end(args);
}
