#include "escape.h"

#include <lambda/utf8.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static const char short_escapes[] = "\"\\\b\f\n\r\t";
static const char short_letters[] = "\"\\bfnrt";

static bool must_escape(uint32_t code)
{
    return code == '"' || code == '\\' || lambda_utf8_is_control(code);
}

static void add_escaped(struct lambda_buffer *buffer, uint32_t code)
{
    const char *found = code > 0 && code < 0x80 ? strchr(short_escapes, (int)code) : NULL;
    if (found) {
        char pair[] = {'\\', short_letters[found - short_escapes]};
        lambda_buffer_add(buffer, pair, sizeof pair);
    } else {
        lambda_buffer_format(buffer, "\\u%04x", (unsigned int)code); /* no control is above FFFF */
    }
}

/* clang-format off */
/* What needs no closer look: printable ASCII without quote and backslash. */
static const bool is_plain[256] = {
    [0x20] = 1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    [0x30] = 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    [0x40] = 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    [0x50] = 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1,
    [0x60] = 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    [0x70] = 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0,
};
/* clang-format on */

static size_t plain_len(const char *text, size_t len)
{
    size_t i = 0;
    while (i < len && is_plain[(unsigned char)text[i]])
        i++;
    return i;
}

void lambda_escape(struct lambda_buffer *buffer, const char *bytes, size_t len)
{
    size_t copied = 0; /* bytes[copied..i) may be appended as they are */
    for (size_t i = plain_len(bytes, len); i < len; i += plain_len(bytes + i, len - i)) {
        uint32_t code = 0;
        size_t width = lambda_utf8_decode(bytes + i, len - i, &code);
        if (width > 0 && !must_escape(code)) {
            i += width;
            continue;
        }
        lambda_buffer_add(buffer, bytes + copied, i - copied);
        if (width > 0)
            add_escaped(buffer, code);
        else
            lambda_buffer_add_string(buffer, "\xEF\xBF\xBD"); /* U+FFFD for each bad byte */
        i += width > 0 ? width : 1;
        copied = i;
    }
    lambda_buffer_add(buffer, bytes + copied, len - copied);
}
