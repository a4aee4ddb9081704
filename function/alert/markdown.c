#include "alert/markdown.h"

#include <lambda/utf8.h>
#include <string.h>

static const struct escape {
    char byte;
    const char *in_code; /* between backquotes */
    const char *plain;
} escapes[] = {{'&', "&amp;", "&amp;"}, {'<', "&lt;", "&lt;"}, {'>', "&gt;", "&gt;"},
               {'`', "'", " "},         {'*', "*", " "},       {'_', "_", " "},
               {'~', "~", " "},         {'\0', "", ""}};

static const char special[] = "&<>`*_~";

static const struct escape *find_escape(char byte)
{
    const struct escape *escape = escapes;
    while (escape->byte != '\0' && escape->byte != byte)
        escape++;
    return escape;
}

void markdown_add_plain(struct lambda_buffer *out, const char *text)
{
    while (*text != '\0') {
        size_t len = strcspn(text, special);
        lambda_buffer_add(out, text, len);
        text += len;
        lambda_buffer_add_string(out, find_escape(*text)->plain);
        text += *text != '\0';
    }
}

void markdown_add_code(struct lambda_buffer *out, const char *text, size_t max)
{
    size_t end = out->len + max;
    lambda_buffer_add_string(out, "`");
    while (*text != '\0') {
        uint32_t code = 0;
        size_t width = lambda_utf8_decode(text, strlen(text), &code);
        const struct escape *escape = find_escape(*text);
        bool is_plain = escape->byte == '\0';
        if (out->len + (is_plain ? width : strlen(escape->in_code)) + strlen("...`") > end) {
            lambda_buffer_add_string(out, "...");
            break;
        }
        lambda_buffer_add(out, is_plain ? text : escape->in_code,
                          is_plain ? width : strlen(escape->in_code));
        text += width;
    }
    lambda_buffer_add_string(out, "`");
}
