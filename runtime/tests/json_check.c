#include "json_check.h"

#include <lambda/utf8.h>
#include <string.h>

/* What is still to be read. Every take_ function steps over what it takes, or returns false. */
struct rest {
    const char *at, *end;
};

static bool take_value(struct rest *rest);

static bool take(struct rest *rest, char byte)
{
    if (rest->at == rest->end || *rest->at != byte)
        return false;
    rest->at++;
    return true;
}

static bool take_word(struct rest *rest, const char *word)
{
    while (*word && take(rest, *word))
        word++;
    return *word == '\0';
}

static size_t take_any(struct rest *rest, const char *set, size_t max)
{
    size_t count = 0;
    while (count < max && rest->at < rest->end && memchr(set, *rest->at, strlen(set))) {
        rest->at++;
        count++;
    }
    return count;
}

static bool take_escape(struct rest *rest)
{
    if (take(rest, 'u'))
        return take_any(rest, "0123456789abcdefABCDEF", 4) == 4;
    return take_any(rest, "\"\\/bfnrt", 1) == 1;
}

static bool take_string(struct rest *rest)
{
    if (!take(rest, '"'))
        return false;
    while (!take(rest, '"')) {
        uint32_t code = 0;
        size_t width = lambda_utf8_decode(rest->at, (size_t)(rest->end - rest->at), &code);
        if (width == 0 || code < 0x20)
            return false;
        rest->at += width;
        if (code == '\\' && !take_escape(rest))
            return false;
    }
    return true;
}

/* Integers only: the library writes no others. */
static bool take_number(struct rest *rest)
{
    take(rest, '-');
    bool zero = take(rest, '0');
    return zero || take_any(rest, "0123456789", 20) > 0;
}

static bool take_list(struct rest *rest, char close, bool keys)
{
    if (take(rest, close))
        return true;
    do {
        if (keys && (!take_string(rest) || !take(rest, ':')))
            return false;
        if (!take_value(rest))
            return false;
    } while (take(rest, ','));
    return take(rest, close);
}

static bool take_value(struct rest *rest)
{
    if (rest->at == rest->end)
        return false;
    switch (*rest->at) {
    case '{':
        return take(rest, '{') && take_list(rest, '}', true);
    case '[':
        return take(rest, '[') && take_list(rest, ']', false);
    case '"':
        return take_string(rest);
    case 't':
        return take_word(rest, "true");
    case 'f':
        return take_word(rest, "false");
    default:
        return take_number(rest);
    }
}

bool json_is_valid(const char *text, size_t len)
{
    struct rest rest = {text, text + len};
    return take_value(&rest) && rest.at == rest.end;
}
