#include "sigma/glob.h"

#include <string.h>

/* The wildcards as characters of a string. */
static const char many = (char)GLOB_MANY;
static const char one = (char)GLOB_ONE;

size_t glob_size(size_t text_len)
{
    return text_len + 3; /* a wildcard on either side, and the NUL */
}

/* Compiles one character or escape of text to one byte; returns the bytes that it takes in text. */
static size_t compile_one(const char *text, char *out)
{
    if (text[0] == '\\' && text[1] != '\0' && strchr("\\*?", text[1]) != NULL) {
        *out = text[1];
        return 2;
    }
    *out = text[0];
    if (text[0] == '*')
        *out = many;
    else if (text[0] == '?')
        *out = one;
    return 1;
}

size_t glob_compile(const char *text, enum glob_anchor anchor, char *out)
{
    size_t used = 0;
    if (anchor == GLOB_END || anchor == GLOB_ANYWHERE)
        out[used++] = many;
    while (*text != '\0')
        text += compile_one(text, &out[used++]);
    if (anchor == GLOB_START || anchor == GLOB_ANYWHERE)
        out[used++] = many;
    out[used] = '\0';
    return used;
}

bool glob_is_literal(const char *glob)
{
    const char wildcards[] = {many, one, '\0'};
    return strpbrk(glob, wildcards) == NULL;
}

static char fold(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

/* The place of the character after the one at i. */
static size_t after(const char *text, size_t len, size_t i)
{
    do {
        i++;
    } while (i < len && ((unsigned char)text[i] & 0xc0) == 0x80);
    return i;
}

bool glob_matches(const char *glob, size_t glob_len, bool cased, const char *text, size_t text_len)
{
    size_t g = 0;
    size_t t = 0;
    size_t retry_g = 0; /* behind the last GLOB_MANY; 0 if none came yet */
    size_t retry_t = 0; /* what it has not swallowed so far */
    while (t < text_len) {
        unsigned char wanted = g < glob_len ? (unsigned char)glob[g] : '\0';
        if (g < glob_len && wanted == GLOB_MANY) {
            retry_g = ++g;
            retry_t = t;
        } else if (g < glob_len && wanted == GLOB_ONE) {
            g++;
            t = after(text, text_len, t);
        } else if (g < glob_len && (cased ? glob[g] == text[t] : fold(glob[g]) == fold(text[t]))) {
            g++;
            t++;
        } else if (retry_g > 0) {
            g = retry_g;
            t = retry_t = after(text, text_len, retry_t);
        } else {
            return false;
        }
    }
    while (g < glob_len && (unsigned char)glob[g] == GLOB_MANY)
        g++;
    return g == glob_len;
}
