#include "escape.h"

#include <lambda/utf8.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { ESCAPED_MAX = sizeof "\\u0000" };

#define EACH UINT64_C(0x0101010101010101) /* times a byte: eight of it */

/* What stands for itself without a closer look. */
static bool is_plain(unsigned char c)
{
    return c >= ' ' && c < 0x7F && c != '"' && c != '\\';
}

/* Some byte of the eight may be c, or certainly none. */
static uint64_t find_byte(uint64_t eight, unsigned char c)
{
    uint64_t differs = eight ^ (EACH * c);
    return (differs - EACH) & ~differs;
}

static bool are_plain(uint64_t eight)
{
    uint64_t found = eight | ((eight - EACH * ' ') & ~eight) | find_byte(eight, 0x7F) |
                     find_byte(eight, '"') | find_byte(eight, '\\');
    return (found & (EACH * 0x80)) == 0;
}

static size_t escape_code(uint32_t code, char escaped[ESCAPED_MAX])
{
    static const char codes[] = "\"\\\b\f\n\r\t";
    static const char letters[] = "\"\\bfnrt";
    const char *found = code > 0 && code < 0x80 ? strchr(codes, (int)code) : NULL;
    if (found == NULL) /* no control is above FFFF */
        return (size_t)snprintf(escaped, ESCAPED_MAX, "\\u%04x", (unsigned int)code & 0xFFFF);
    escaped[0] = '\\';
    escaped[1] = letters[found - codes];
    return 2;
}

/* Writes the first character as a string holds it; *taken is how many bytes it had. */
static size_t escape_character(const char *bytes, size_t len, char escaped[ESCAPED_MAX],
                               size_t *taken)
{
    static const char replacement[] = "\xEF\xBF\xBD"; /* U+FFFD, for each bad byte */
    uint32_t code = 0;
    size_t width = lambda_utf8_decode(bytes, len, &code);
    *taken = width > 0 ? width : 1;
    if (width > 0 && (code == '"' || code == '\\' || lambda_utf8_is_control(code)))
        return escape_code(code, escaped);
    size_t escaped_len = width > 0 ? width : sizeof replacement - 1;
    memcpy(escaped, width > 0 ? bytes : replacement, escaped_len);
    return escaped_len;
}

/* Copies what is plain of the first len bytes; returns how many those are. */
static size_t copy_plain(const char *bytes, size_t len, char *copy)
{
    size_t i = 0;
    uint64_t eight = 0;
    for (; i + sizeof eight <= len; i += sizeof eight) {
        memcpy(&eight, bytes + i, sizeof eight);
        if (!are_plain(eight))
            break;
        memcpy(copy + i, &eight, sizeof eight);
    }
    for (; i < len && is_plain((unsigned char)bytes[i]); i++)
        copy[i] = bytes[i];
    return i;
}

void lambda_escape(struct lambda_buffer *buffer, const char *bytes, size_t len)
{
    char escaped[256];
    size_t escaped_len = 0;
    for (size_t i = 0, taken = 0; i < len; i += taken) {
        size_t room = sizeof escaped - escaped_len;
        taken = copy_plain(bytes + i, len - i < room ? len - i : room, escaped + escaped_len);
        escaped_len += taken;
        if (sizeof escaped - escaped_len < ESCAPED_MAX) {
            lambda_buffer_add(buffer, escaped, escaped_len);
            escaped_len = 0;
        } else if (taken == 0) {
            escaped_len += escape_character(bytes + i, len - i, escaped + escaped_len, &taken);
        }
    }
    lambda_buffer_add(buffer, escaped, escaped_len);
}
