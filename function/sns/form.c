#include "sns/form.h"

#include <stdbool.h>
#include <string.h>

enum { ENCODED_MAX = 3 }; /* bytes that one byte becomes */

/* clang-format off */
static const bool is_unreserved[256] = {
    ['-'] = 1, ['.'] = 1, ['_'] = 1, ['~'] = 1,
    ['0'] = 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    ['A'] = 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    ['a'] = 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
};
/* clang-format on */

/* Copies what stands for itself, up to room bytes; returns how many those are. */
static size_t copy_plain(const char *text, size_t room, char *copy)
{
    size_t i = 0;
    for (; i < room && is_unreserved[(unsigned char)text[i]]; i++)
        copy[i] = text[i];
    return i;
}

static size_t encode(unsigned char c, char encoded[ENCODED_MAX])
{
    static const char digits[] = "0123456789ABCDEF";
    if (c == ' ') {
        encoded[0] = '+';
        return 1;
    }
    encoded[0] = '%';
    encoded[1] = digits[c >> 4];
    encoded[2] = digits[c & 15];
    return ENCODED_MAX;
}

void form_add(struct lambda_buffer *form, const char *name, const char *value)
{
    char encoded[256];
    size_t len = 0;
    if (form->len > 0)
        lambda_buffer_add_string(form, "&");
    lambda_buffer_add_string(form, name);
    lambda_buffer_add_string(form, "=");
    while (*value != '\0') {
        if (len > sizeof encoded - ENCODED_MAX) {
            lambda_buffer_add(form, encoded, len);
            len = 0;
        }
        size_t plain = copy_plain(value, sizeof encoded - len, encoded + len);
        len += plain > 0 ? plain : encode((unsigned char)*value, encoded + len);
        value += plain > 0 ? plain : 1;
    }
    lambda_buffer_add(form, encoded, len);
}
