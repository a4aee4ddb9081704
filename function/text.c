#include "text.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <ctype.h>
#include <lambda/utf8.h>
#include <pcre2.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { FIELD_MAX = 2048 }; /* bytes of a field before wrapping */

static const char cut_mark[] = "...";
static const char link_mark[] = "://"; /* what makes a link of an address */

static bool is_break(uint32_t code)
{
    return (code >= '\t' && code <= '\r') || code == 0x85 || code == 0x2028 || code == 0x2029;
}

/* Ends out with the mark, on the last character boundary that leaves room for it. */
static void mark_cut(char *out, size_t size)
{
    size_t room = size - sizeof cut_mark;
    size_t len = strlen(out);
    while (len > room || (len > 0 && ((unsigned char)out[len] & 0xc0) == 0x80))
        len--;
    memcpy(out + len, cut_mark, sizeof cut_mark);
}

/* What is shown for the first character of text; returns the bytes that the character takes. */
static size_t take_character(const char *text, size_t len, const char **shown, size_t *shown_len)
{
    uint32_t code = 0;
    size_t width = lambda_utf8_decode(text, len, &code);
    *shown = width == 0 ? "?" : is_break(code) ? " " : text;
    *shown_len = *shown != text ? 1 : lambda_utf8_is_control(code) ? 0 : width;
    return width == 0 ? 1 : width;
}

/* How many bytes are printable ASCII, of which each is shown as it is. */
static size_t plain_len(const char *text, size_t len)
{
    size_t i = 0;
    while (i < len && text[i] >= ' ' && text[i] <= '~')
        i++;
    return i;
}

void text_add_clean(char *out, size_t size, const char *text, size_t len)
{
    size_t used = strlen(out);
    for (size_t i = 0; i < len;) {
        size_t room = size - 1 - used;
        size_t plain = plain_len(text + i, len - i < room ? len - i : room);
        if (plain > 0) {
            memcpy(out + used, text + i, plain);
            used += plain;
            i += plain;
            out[used] = '\0';
            continue;
        }
        const char *shown = NULL;
        size_t shown_len = 0;
        i += take_character(text + i, len - i, &shown, &shown_len);
        if (used + shown_len >= size) {
            mark_cut(out, size);
            return;
        }
        memcpy(out + used, shown, shown_len);
        used += shown_len;
        out[used] = '\0';
    }
}

size_t text_count(const char *text)
{
    size_t count = 0;
    for (; *text != '\0'; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

void text_add_ascii(char *out, size_t size, const char *text, size_t max)
{
    size_t used = strlen(out);
    size_t count = text_count(text);
    size_t kept = count <= max ? count : max - strlen(cut_mark);
    size_t end = used + kept;
    for (; used < end && used < size - 1; text++) {
        unsigned char byte = (unsigned char)*text;
        if ((byte & 0xc0) != 0x80)
            out[used++] = (char)(byte >= ' ' && byte < 0x7f ? byte : '?');
    }
    out[used] = '\0';
    if (kept < count)
        strncat(out, cut_mark, size - 1 - used);
}

/* The bytes of text that fit into so many columns: up to a space, else behind a slash. */
static size_t fitting(const char *text, size_t columns)
{
    size_t len = strlen(text);
    if (len <= columns) /* a character is a byte or more */
        return len;
    size_t space = 0;
    size_t slash = 0;
    size_t i = 0;
    for (size_t count = 0; i < len; count++) {
        if (text[i] == ' ')
            space = i;
        if (i > 0 && text[i - 1] == '/')
            slash = i;
        if (count == columns)
            return space > 0 ? space : slash > 0 ? slash : i;
        do {
            i++;
        } while (((unsigned char)text[i] & 0xc0) == 0x80);
    }
    return len;
}

static void add_padded(struct lambda_buffer *out, const char *label, size_t columns)
{
    static const char blanks[] = "                ";
    lambda_buffer_add_string(out, label);
    for (size_t len = strlen(label); len < columns; len += sizeof blanks - 1)
        lambda_buffer_add(out, blanks,
                          columns - len < sizeof blanks ? columns - len : sizeof blanks - 1);
}

/* Adds text in lines that are not too long, behind the label. */
static void add_wrapped(struct lambda_buffer *out, int columns, const char *label, const char *text)
{
    const char *rest = text;
    do {
        size_t len = fitting(rest, (size_t)(TEXT_COLUMNS - columns));
        add_padded(out, rest == text ? label : "", (size_t)columns);
        size_t shown_len = len;
        while (shown_len > 0 && rest[shown_len - 1] == ' ')
            shown_len--;
        lambda_buffer_add(out, rest, shown_len);
        lambda_buffer_add_string(out, "\n");
        rest += len + strspn(rest + len, " ");
    } while (*rest != '\0');
}

/* The same for a text with links in it, or too long. */
static void add_unlinked(struct lambda_buffer *out, int columns, const char *label,
                         const char *text)
{
    static const char shown[] = "[:]"
                                "//";
    char line[FIELD_MAX] = "";
    for (const char *found = strstr(text, link_mark); found != NULL;
         found = strstr(text, link_mark)) {
        text_add_clean(line, sizeof line, text, (size_t)(found - text));
        text_add_clean(line, sizeof line, shown, strlen(shown));
        text = found + strlen(link_mark);
    }
    text_add_clean(line, sizeof line, text, strlen(text));
    add_wrapped(out, columns, label, line);
}

void text_add_field(struct lambda_buffer *out, int columns, const char *label, const char *format,
                    ...)
{
    __attribute__((uninitialized)) char text[FIELD_MAX];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    bool is_plain = len >= 0 && (size_t)len < sizeof text && strstr(text, link_mark) == NULL;
    if (is_plain)
        add_wrapped(out, columns, label, text);
    else
        add_unlinked(out, columns, label, text);
}

bool text_is(const char *text, const char *alphabet, size_t min, size_t max)
{
    size_t len = 0;
    while (text[len] != '\0' && strchr(alphabet, text[len]) != NULL) /* short: strspn is slower */
        len++;
    return text[len] == '\0' && len >= min && len <= max;
}

bool text_is_uuid(const char *text)
{
    static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    size_t i = 0;
    while (text[i] != '\0' &&
           (form[i] == '-' ? text[i] == '-'
                           : form[i] != '\0' && isxdigit((unsigned char)text[i]) != 0))
        i++;
    return text[i] == '\0' && form[i] == '\0';
}

bool text_is_account(const char *text)
{
    return text_is(text, TEXT_DIGITS, 12, 12);
}

bool text_ends_with(const char *text, const char *end)
{
    size_t text_len = strlen(text);
    size_t end_len = strlen(end);
    return text_len >= end_len && strcmp(text + text_len - end_len, end) == 0;
}

bool text_is_one_of(const char *text, const char *const *words)
{
    while (*words != NULL && strcmp(*words, text) != 0)
        words++;
    return *words != NULL;
}

bool text_matches(const char *text, const char *expression)
{
    int error = 0;
    PCRE2_SIZE offset = 0;
    pcre2_match_data *match = pcre2_match_data_create(1, NULL);
    pcre2_code *code =
        match == NULL ? NULL
                      : pcre2_compile((PCRE2_SPTR)expression, PCRE2_ZERO_TERMINATED,
                                      PCRE2_ANCHORED | PCRE2_ENDANCHORED, &error, &offset, NULL);
    bool matches = code != NULL && pcre2_match(code, (PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED, 0, 0,
                                               match, NULL) >= 0;
    pcre2_code_free(code);
    pcre2_match_data_free(match);
    return matches;
}
