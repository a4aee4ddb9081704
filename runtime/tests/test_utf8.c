#include "test.h"

#include <lambda/utf8.h>

static void test_decode(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t len, width;
        uint32_t code;
    } rows[] = {
        {"", 0, 0, 0},
        {"\0", 1, 1, 0},
        {"A", 1, 1, 'A'},
        {"\x7F", 1, 1, 0x7F},
        {"\xC2\x80", 2, 2, 0x80},
        {"\xDF\xBF!", 3, 2, 0x7FF},
        {"\xE0\xA0\x80", 3, 3, 0x800},
        {"\xED\x9F\xBF", 3, 3, 0xD7FF},
        {"\xEE\x80\x80", 3, 3, 0xE000},
        {"\xEF\xBF\xBF", 3, 3, 0xFFFF},
        {"\xF0\x90\x80\x80", 4, 4, 0x10000},
        {"\xF0\x9F\x98\x80", 4, 4, 0x1F600},
        {"\xF4\x8F\xBF\xBF", 4, 4, 0x10FFFF},
        /* ill-formed */
        {"\x80", 1, 0, 0}, /* continuation alone */
        {"\xBF", 1, 0, 0},
        {"\xC0\x80", 2, 0, 0},         /* overlong NUL */
        {"\xC1\xBF", 2, 0, 0},         /* overlong */
        {"\xE0\x9F\xBF", 3, 0, 0},     /* overlong */
        {"\xF0\x8F\xBF\xBF", 4, 0, 0}, /* overlong */
        {"\xED\xA0\x80", 3, 0, 0},     /* surrogate D800 */
        {"\xED\xBF\xBF", 3, 0, 0},     /* surrogate DFFF */
        {"\xF4\x90\x80\x80", 4, 0, 0}, /* 110000 */
        {"\xF5\x80\x80\x80", 4, 0, 0},
        {"\xFF", 1, 0, 0},
        {"\xC2", 1, 0, 0}, /* cut */
        {"\xC2\x80", 1, 0, 0},
        {"\xE2\x82\xAC", 2, 0, 0},
        {"\xF0\x9F\x98\x80", 3, 0, 0},
        {"\xC2\x41", 2, 0, 0}, /* no continuation */
        {"\xC2\xC0", 2, 0, 0},
        {"\xE2\x82\x41", 3, 0, 0},
        {"\xF0\x9F\x98\xC0", 4, 0, 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint32_t code = 0xABCDEF;
        /* A copy of exactly len bytes, so that the sanitizer sees one byte too many. */
        char *copy = malloc(rows[i].len > 0 ? rows[i].len : 1);
        assert_non_null(copy);
        memcpy(copy, rows[i].text, rows[i].len);
        size_t width = lambda_utf8_decode(copy, rows[i].len, &code);
        free(copy);
        if (width != rows[i].width || code != (width ? rows[i].code : 0xABCDEF))
            fail_msg("row %zu: width %zu, code %x", i, width, (unsigned int)code);
    }
}

/* Encodes as the definition of UTF-8 says, then decodes: all 1,112,064 scalar values. */
static void test_every_scalar_value(void **state)
{
    (void)state;
    for (uint32_t code = 0; code <= 0x10FFFF; code++) {
        bool surrogate = code >= 0xD800 && code <= 0xDFFF;
        size_t width = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
        static const unsigned int leads[] = {0, 0, 0xC0, 0xE0, 0xF0};
        char bytes[4];
        bytes[0] = (char)(leads[width] | code >> (6 * (width - 1)));
        for (size_t i = 1; i < width; i++)
            bytes[i] = (char)(0x80 | (code >> (6 * (width - 1 - i)) & 0x3F));
        uint32_t decoded = 0;
        size_t got = lambda_utf8_decode(bytes, width, &decoded);
        if (got != (surrogate ? 0 : width) || (got > 0 && decoded != code))
            fail_msg("U+%04X", (unsigned int)code);
    }
}

static void test_controls(void **state)
{
    (void)state;
    static const uint32_t controls[] = {
        0,      0x1F,   0x7F,   0x80,   0x85,   0x9F,   0x061C, 0x200E, 0x200F, 0x2028,
        0x2029, 0x202A, 0x202D, 0x202E, 0x2066, 0x2067, 0x2068, 0x2069, 0xFEFF,
    };
    static const uint32_t others[] = {
        0x20,   0x7E,   0xA0,   0xAD,   0x061B, 0x061D, 0x200D,  0x2010,   0x2027,
        0x202F, 0x2065, 0x206A, 0xFEFE, 0xFF00, 0xFFFD, 0x1F600, 0x10FFFF,
    };
    for (size_t i = 0; i < COUNT(controls); i++)
        assert_true(lambda_utf8_is_control(controls[i]));
    for (size_t i = 0; i < COUNT(others); i++)
        assert_false(lambda_utf8_is_control(others[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_decode),
        cmocka_unit_test(test_every_scalar_value),
        cmocka_unit_test(test_controls),
    };
    return cmocka_run_group_tests_name("utf8", tests, NULL, NULL);
}
