#include <lambda/utf8.h>

/* Unicode, table 3-7, but for ASCII: the first byte decides the width and the second's range. */
static const struct {
    unsigned char first_min, first_max, second_min, second_max, width;
} forms[] = {
    {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3}, {0xE1, 0xEC, 0x80, 0xBF, 3},
    {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3}, {0xF0, 0xF0, 0x90, 0xBF, 4},
    {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
};

static const struct {
    uint32_t first, last;
} controls[] = {
    /* in ascending order */
    {0x0000, 0x001F}, /* C0 */
    {0x007F, 0x009F}, /* DEL, C1 */
    {0x061C, 0x061C}, /* Arabic letter mark */
    {0x200E, 0x200F}, /* left-to-right and right-to-left marks */
    {0x2028, 0x202E}, /* line and paragraph separators, embeddings and overrides */
    {0x2066, 0x2069}, /* isolates */
    {0xFEFF, 0xFEFF}, /* byte-order mark */
    {0xFFFE, 0xFFFF}, /* no characters: XML has none of them, and SQS refuses them */
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The number of the form that a sequence with this first byte must have; COUNT(forms) for none. */
static size_t find_form(unsigned char first)
{
    size_t i = 0;
    while (i < COUNT(forms) && (first < forms[i].first_min || first > forms[i].first_max))
        i++;
    return i;
}

size_t lambda_utf8_decode(const char *text, size_t len, uint32_t *code)
{
    if (len == 0)
        return 0;
    const unsigned char *bytes = (const unsigned char *)text;
    if (bytes[0] < 0x80) {
        *code = bytes[0];
        return 1;
    }
    size_t form = find_form(bytes[0]);
    if (form == COUNT(forms) || forms[form].width > len)
        return 0;
    size_t width = forms[form].width;
    uint32_t value = bytes[0] & (0x7FU >> width);
    for (size_t i = 1; i < width; i++) {
        unsigned char min = i == 1 ? forms[form].second_min : 0x80;
        unsigned char max = i == 1 ? forms[form].second_max : 0xBF;
        if (bytes[i] < min || bytes[i] > max)
            return 0;
        value = value << 6 | (bytes[i] & 0x3FU);
    }
    *code = value;
    return width;
}

bool lambda_utf8_is_control(uint32_t code)
{
    for (size_t i = 0; i < COUNT(controls) && code >= controls[i].first; i++) {
        if (code >= controls[i].first && code <= controls[i].last)
            return true;
    }
    return false;
}
