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

static size_t encode(unsigned char c, char encoded[ENCODED_MAX])
{
    static const char digits[] = "0123456789ABCDEF";
    if (is_unreserved[c] || c == ' ') {
        encoded[0] = (char)(c == ' ' ? '+' : c);
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
    for (; *value != '\0'; value++) {
        if (len > sizeof encoded - ENCODED_MAX) {
            lambda_buffer_add(form, encoded, len);
            len = 0;
        }
        len += encode((unsigned char)*value, encoded + len);
    }
    lambda_buffer_add(form, encoded, len);
}
