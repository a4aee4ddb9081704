#include "escape.h"

#include <lambda/utf8.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { ESCAPED_MAX = sizeof "\\u0000" };

/* clang-format off */
/*
 * By byte: 1 stands for itself, 0 needs a closer look, a letter is what follows the backslash. The
 * letters happen to be even numbers.
 */
static const char escapes[256] = {
    ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r',
    [0x20] = 1, 1, '"', 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    [0x30] = 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    [0x40] = 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    [0x50] = 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, '\\', 1, 1, 1,
    [0x60] = 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    [0x70] = 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0,
};
/* clang-format on */

/* Copies what stands for itself of the first len bytes; returns how many those are. */
static size_t copy_plain(const char *bytes, size_t len, char *copy)
{
    const unsigned char *next = (const unsigned char *)bytes;
    size_t i = 0;
    for (; len - i >= 4; i += 4, next += 4) { /* four at once take half the time */
        if ((escapes[next[0]] & escapes[next[1]] & escapes[next[2]] & escapes[next[3]] & 1) == 0)
            break;
        for (size_t k = 0; k < 4; k++)
            copy[i + k] = bytes[i + k];
    }
    for (; i < len && escapes[(unsigned char)bytes[i]] == 1; i++)
        copy[i] = bytes[i];
    return i;
}

/* Writes the first character as a string holds it; *taken is how many bytes it had. */
static size_t escape_character(const char *bytes, size_t len, char escaped[ESCAPED_MAX],
                               size_t *taken)
{
    static const char replacement[] = "\xEF\xBF\xBD"; /* U+FFFD, for each bad byte */
    uint32_t code = 0;
    size_t width = lambda_utf8_decode(bytes, len, &code);
    *taken = width > 0 ? width : 1;
    if (width > 0 && lambda_utf8_is_control(code)) /* none is above FFFF */
        return (size_t)snprintf(escaped, ESCAPED_MAX, "\\u%04x", (unsigned int)code & 0xFFFF);
    size_t escaped_len = width > 0 ? width : sizeof replacement - 1;
    memcpy(escaped, width > 0 ? bytes : replacement, escaped_len);
    return escaped_len;
}

void lambda_escape(struct lambda_buffer *buffer, const char *before, const char *bytes, size_t len,
                   const char *after)
{
    char escaped[256];
    size_t escaped_len = strlen(before);
    memcpy(escaped, before, escaped_len);
    for (size_t i = 0, taken = 0; i < len; i += taken) {
        if (sizeof escaped - escaped_len < ESCAPED_MAX) {
            lambda_buffer_add(buffer, escaped, escaped_len);
            escaped_len = 0;
        }
        size_t room = sizeof escaped - escaped_len;
        taken = copy_plain(bytes + i, len - i < room ? len - i : room, escaped + escaped_len);
        escaped_len += taken;
        if (taken > 0)
            continue;
        char letter = escapes[(unsigned char)bytes[i]];
        if (letter != 0) {
            escaped[escaped_len++] = '\\';
            escaped[escaped_len++] = letter;
            taken = 1;
        } else {
            escaped_len += escape_character(bytes + i, len - i, escaped + escaped_len, &taken);
        }
    }
    if (sizeof escaped - escaped_len < ESCAPED_MAX) {
        lambda_buffer_add(buffer, escaped, escaped_len);
        escaped_len = 0;
    }
    memcpy(escaped + escaped_len, after, strlen(after));
    lambda_buffer_add(buffer, escaped, escaped_len + strlen(after));
}
