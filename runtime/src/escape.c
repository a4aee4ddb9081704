#include "escape.h"
#include "uncleared.h"

#include <assert.h>
#include <lambda/utf8.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum {
    STEP = sizeof(uint64_t),        /* bytes that are looked at together */
    ESCAPED_MAX = sizeof "\\u0000", /* bytes that one character becomes, with the NUL */
    AFFIX_MAX = 2,                  /* bytes of what comes before, and after */
};

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "find_special() takes words apart");

/* clang-format off */
/* By byte: 1 stands for itself, 0 needs a closer look, a letter is what follows the backslash. */
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

/*
 * Of eight bytes in memory order, the top bit of the first that does not stand for itself. Bits
 * above that one may mean nothing: its difference borrows from the next, its sum carries into it.
 */
static uint64_t find_special(uint64_t bytes)
{
    const uint64_t ones = 0x0101010101010101;
    uint64_t control = bytes - ones * ' ', quote = (bytes ^ ones * '"') - ones,
             backslash = (bytes ^ ones * '\\') - ones, del = bytes + ones;
    return (bytes | control | quote | backslash | del) & ones << 7;
}

/* Copies what stands for itself of the next STEP bytes, or of len if that is less. */
static size_t copy_plain(const char *bytes, size_t len, char copy[STEP])
{
    size_t i = 0;
    if (len >= STEP) {
        uint64_t word;
        memcpy(&word, bytes, STEP);
        memcpy(copy, &word, STEP);
        uint64_t special = find_special(word);
        return special == 0 ? STEP : (size_t)__builtin_ctzll(special) / 8;
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
    char letter = escapes[(unsigned char)bytes[0]];
    if (letter != 0) {
        *taken = 1;
        escaped[0] = '\\';
        escaped[1] = letter;
        return 2;
    }
    uint32_t code = 0;
    size_t width = lambda_utf8_decode(bytes, len, &code);
    *taken = width > 0 ? width : 1;
    if (width > 0 && lambda_utf8_is_control(code)) /* none is above FFFF */
        return (size_t)snprintf(escaped, ESCAPED_MAX, "\\u%04x", (unsigned int)code & 0xFFFF);
    size_t escaped_len = width > 0 ? width : sizeof replacement - 1;
    memcpy(escaped, width > 0 ? bytes : replacement, escaped_len);
    return escaped_len;
}

/* Copies a text of a byte or two; returns how many. */
static size_t copy_short(const char *text, char copy[AFFIX_MAX])
{
    size_t len = 0;
    for (; len < AFFIX_MAX && text[len] != '\0'; len++)
        copy[len] = text[len];
    return len;
}

void lambda_escape(struct lambda_buffer *buffer, const char *before, const char *bytes, size_t len,
                   const char *after)
{
    UNCLEARED char escaped[256];
    size_t escaped_len = copy_short(before, escaped);
    for (size_t i = 0, taken = 0; i < len; i += taken) {
        if (escaped_len > sizeof escaped - STEP - ESCAPED_MAX - AFFIX_MAX) {
            lambda_buffer_add(buffer, escaped, escaped_len);
            escaped_len = 0;
        }
        size_t plain = copy_plain(bytes + i, len - i, escaped + escaped_len);
        escaped_len += plain;
        i += plain;
        taken = 0;
        if (plain < STEP && i < len)
            escaped_len += escape_character(bytes + i, len - i, escaped + escaped_len, &taken);
    }
    escaped_len += copy_short(after, escaped + escaped_len);
    lambda_buffer_add(buffer, escaped, escaped_len);
}
