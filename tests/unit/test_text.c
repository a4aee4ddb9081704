#include "test.h"
#include "text.h"
#include <time.h>

static void test_clean(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *wanted;
    } rows[] = {
        {"", ""},
        {"plain", "plain"},
        {"a\tb\nc\rd\x0b"
         "e",
         "a b c d e"},
        {"a\xc2\x85"
         "b\xe2\x80\xa8"
         "c\xe2\x80\xa9"
         "d",
         "a b c d"},                      /* NEL, line and paragraph separators */
        {"a\x1b[31mb\x7f\x01", "a[31mb"}, /* an ANSI escape loses its teeth */
        {"a\xe2\x80\xae"
         "b\xe2\x81\xa6"
         "c\xd8\x9c"
         "d\xef\xbb\xbf",
         "abcd"}, /* bidi override, isolate, ALM, BOM */
        {"\xc2\x9b"
         "1m",
         "1m"}, /* C1 CSI */
        {"a\x80\xff\xc3", "a???"},
        {"0123456789abcde", "0123456789abcde"},  /* fits exactly */
        {"0123456789abcdef", "0123456789ab..."}, /* one too many */
        {"0123456789\xc3\xa9\xc3\xa9\xc3\xa9", "0123456789\xc3\xa9..."},
        {"0123456789a\xf0\x9f\x98\x80\xf0\x9f\x98\x80", "0123456789a..."},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char out[16] = "";
        text_add_clean(out, sizeof out, rows[i].text, strlen(rows[i].text));
        assert_row(i, out, rows[i].wanted);
    }
}

static void test_clean_appends(void **state)
{
    (void)state;
    char out[16] = "";
    text_add_clean(out, sizeof out, "abc\0d", 5);
    text_add_clean(out, sizeof out, "", 0);
    text_add_clean(out, sizeof out, ":12", 3);
    assert_string_equal(out, "abcd:12");
    text_add_clean(out, sizeof out, "0123456789", 10);
    assert_string_equal(out, "abcd:1201234...");
}

/* What is cut off is not looked at: once it was, for every character before it. */
static void test_clean_megabytes(void **state)
{
    (void)state;
    enum { LEN = 6 << 20 };
    static char text[LEN];
    char out[512] = "";
    memset(text, 'x', sizeof text);
    clock_t start = clock();
    text_add_clean(out, sizeof out, text, sizeof text);
    assert_true(clock() - start < CLOCKS_PER_SEC / 20);
    assert_string_equal(out + 508, "...");
    assert_int_equal(strspn(out, "x"), 508);
}

static void test_field(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        const char *wanted;
    } rows[] = {
        {"", "LABEL    \n"},
        {"short", "LABEL    short\n"},
        {"see https://a.example, http://b", "LABEL    see https[:]//a.example, http[:]//b\n"},
        {"://", "LABEL    [:]//\n"},
        /* 67 columns beside the label: exactly full, then one more */
        {"0123456789012345678901234567890123456789012345678901234567890123456",
         "LABEL    0123456789012345678901234567890123456789012345678901234567890123456\n"},
        {"01234567890123456789012345678901234567890123456789012345678901234567",
         "LABEL    0123456789012345678901234567890123456789012345678901234567890123456\n"
         "         7\n"},
        {"0123456789012345678901234567890123456789012345678901234567890123456 x",
         "LABEL    0123456789012345678901234567890123456789012345678901234567890123456\n"
         "         x\n"},
        {"one 0123456789012345678901234567890123456789012345678901234567890123456",
         "LABEL    one\n"
         "         0123456789012345678901234567890123456789012345678901234567890123456\n"},
        {"arn:role/01234567890123456789012345678901234567890123456789/012345678901234567890",
         "LABEL    arn:role/01234567890123456789012345678901234567890123456789/\n"
         "         012345678901234567890\n"},
        /* a run of spaces cannot push text to where a label would stand */
        {"x                                                                        ERROR none",
         "LABEL    x\n"
         "         ERROR none\n"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct lambda_buffer out;
        lambda_buffer_init(&out, 4096);
        text_add_field(&out, 9, "LABEL", "%s", rows[i].value);
        assert_row(i, out.data, rows[i].wanted);
        lambda_buffer_done(&out);
    }
}

/* Columns are characters, and no character is torn at the end of a line. */
static void test_field_counts_characters(void **state)
{
    (void)state;
    struct lambda_buffer out;
    lambda_buffer_init(&out, 4096);
    char value[201] = "";
    for (int i = 0; i < 100; i++)
        strcat(value, "\xc3\xa9");
    text_add_field(&out, 9, "", "%s", value);
    const char *second = strchr(out.data, '\n') + 1;
    assert_int_equal(second - out.data, 9 + 67 * 2 + 1);
    assert_int_equal(strlen(second), 9 + 33 * 2 + 1);
    lambda_buffer_done(&out);
}

static void test_field_is_bounded(void **state)
{
    (void)state;
    struct lambda_buffer out;
    lambda_buffer_init(&out, 10000);
    char value[5001];
    memset(value, 'x', sizeof value - 1);
    value[sizeof value - 1] = '\0';
    text_add_field(&out, 9, "", "%s", value);
    assert_in_range(out.len, 2048, 2048 + 31 * 10 + 10);
    lambda_buffer_done(&out);
}

static void test_matches(void **state)
{
    (void)state;
    assert_true(text_matches("us-east-1", "[a-z]{2}(-[a-z]+)+-[0-9]"));
    assert_false(text_matches("us-east-1\n", "[a-z]{2}(-[a-z]+)+-[0-9]"));
    assert_false(text_matches("x us-east-1", "[a-z]{2}(-[a-z]+)+-[0-9]"));
    assert_false(text_matches("us-east-1 x", "[a-z]{2}(-[a-z]+)+-[0-9]"));
    assert_false(text_matches("anything", "(")); /* not an expression: admits nothing */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clean),
        cmocka_unit_test(test_clean_appends),
        cmocka_unit_test(test_clean_megabytes),
        cmocka_unit_test(test_field),
        cmocka_unit_test(test_field_counts_characters),
        cmocka_unit_test(test_field_is_bounded),
        cmocka_unit_test(test_matches),
    };
    return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
