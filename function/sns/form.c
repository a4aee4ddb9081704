#include "sns/form.h"

#include <stdbool.h>
#include <string.h>

static bool is_unreserved(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("-_.~", c) != NULL);
}

void form_add(struct lambda_buffer *form, const char *name, const char *value)
{
    static const char digits[] = "0123456789ABCDEF";
    if (form->len > 0)
        lambda_buffer_add_string(form, "&");
    lambda_buffer_add_string(form, name);
    lambda_buffer_add_string(form, "=");
    while (*value != '\0') {
        size_t plain = 0;
        while (is_unreserved(value[plain]))
            plain++;
        lambda_buffer_add(form, value, plain);
        value += plain;
        if (*value == '\0')
            return;
        unsigned char byte = (unsigned char)*value++;
        char escaped[] = {'%', digits[byte >> 4], digits[byte & 15]};
        lambda_buffer_add(form, byte == ' ' ? "+" : escaped, byte == ' ' ? 1 : sizeof escaped);
    }
}
