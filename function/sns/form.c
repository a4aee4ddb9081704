#include "sns/form.h"

#include <stdbool.h>
#include <string.h>

enum { ENCODED_MAX = 3 }; /* bytes that one byte becomes */

static bool is_unreserved(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.' || c == '~';
}

static size_t encode(unsigned char c, char encoded[ENCODED_MAX])
{
    static const char digits[] = "0123456789ABCDEF";
    encoded[0] = (char)c;
    if (is_unreserved(c))
        return 1;
    encoded[0] = c == ' ' ? '+' : '%';
    encoded[1] = digits[c >> 4];
    encoded[2] = digits[c & 15];
    return c == ' ' ? 1 : ENCODED_MAX;
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
