#include "sigma/scalar.h"

#include "text.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Without regard to case. */
static const struct word {
    const char *text;
    enum scalar_type type;
    bool is_true;
} words[] = {
    {"", SCALAR_NULL, false},      {"~", SCALAR_NULL, false},  {"null", SCALAR_NULL, false},
    {"true", SCALAR_BOOL, true},   {"yes", SCALAR_BOOL, true}, {"on", SCALAR_BOOL, true},
    {"false", SCALAR_BOOL, false}, {"no", SCALAR_BOOL, false}, {"off", SCALAR_BOOL, false},
};

static const struct word *find_word(const char *text)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcasecmp(text, words[i].text) == 0)
            return &words[i];
    }
    return NULL;
}

static const char *skip(const char *text, const char *characters)
{
    return text + strspn(text, characters);
}

static const char *skip_sign(const char *text)
{
    return text + (*text == '+' || *text == '-');
}

/*
 * The numbers of YAML 1.1, and 0o17 of YAML 1.2. An exponent makes a number only behind a point.
 * What of them is not plainly decimal scalar_read_decimal() refuses.
 */
static bool is_number(const char *text)
{
    static const char digits[] = TEXT_DIGITS "_";
    text = skip_sign(text);
    if (strncasecmp(text, "0x", 2) == 0)
        return text_is(text + 2, TEXT_DIGITS "abcdefABCDEF_", 1, SIZE_MAX);
    if (strncmp(text, "0o", 2) == 0 || strncmp(text, "0b", 2) == 0)
        return text_is(text + 2, digits, 1, SIZE_MAX);
    if (strcasecmp(text, ".inf") == 0 || strcasecmp(text, ".nan") == 0)
        return true;
    const char *point = skip(text, TEXT_DIGITS "_:"); /* 1:30 is ninety */
    const char *end = *point == '.' ? skip(point + 1, digits) : point;
    if (*text == '_' || *text == ':' || end - text == (*point == '.'))
        return false; /* no digit at all */
    if (*point == '.' && (*end == 'e' || *end == 'E')) {
        const char *exponent = skip_sign(end + 1);
        end = skip(exponent, TEXT_DIGITS);
        if (end == exponent)
            return false;
    }
    return *end == '\0';
}

enum scalar_type scalar_type(const char *text)
{
    const struct word *word = find_word(text);
    if (word != NULL)
        return word->type;
    return is_number(text) ? SCALAR_NUMBER : SCALAR_STRING;
}

bool scalar_is_true(const char *text)
{
    const struct word *word = find_word(text);
    return word != NULL && word->is_true;
}

bool scalar_read_decimal(const char *text, double *number)
{
    char *end = NULL;
    const char *first = text + (text[0] == '-');
    *number = strtod(text, &end);
    return *end == '\0' && strspn(first, ".0123456789") == strlen(first) &&
           (first[0] != '0' || first[1] == '\0' || first[1] == '.');
}
