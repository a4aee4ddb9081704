#include "alert/markdown.h"

#include <stdbool.h>
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

/* The bytes of a text that is len bytes long that fit into room, up to a whole character. */
static size_t fitting(const char *text, size_t len, size_t room)
{
    if (len <= room)
        return len;
    while (room > 0 && ((unsigned char)text[room] & 0xc0) == 0x80)
        room--;
    return room;
}

void markdown_add_code(struct lambda_buffer *out, const char *text, size_t max)
{
    size_t end = out->len + max - strlen("...`");
    bool fits = true;
    lambda_buffer_add_string(out, "`");
    while (fits && *text != '\0' && !out->failed) {
        size_t plain_len = strcspn(text, special);
        const char *shown = plain_len > 0 ? text : find_escape(*text)->in_code;
        size_t len = plain_len > 0 ? plain_len : strlen(shown);
        size_t taken = fitting(shown, len, end - out->len);
        fits = taken == len;
        if (fits || plain_len > 0)
            lambda_buffer_add(out, shown, taken);
        text += plain_len > 0 ? plain_len : 1;
    }
    lambda_buffer_add_string(out, fits ? "`" : "...`");
}
