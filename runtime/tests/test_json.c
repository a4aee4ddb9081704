#include "json_check.h"
#include "test.h"

#include <lambda/json.h>

static void test_commas(void **state)
{
    (void)state;
    struct lambda_buffer json;
    lambda_buffer_init(&json, 1000);
    lambda_json_open(&json, NULL, '{');
    lambda_json_string(&json, "a", "x");
    lambda_json_number(&json, "b", -7);
    lambda_json_open(&json, "c", '[');
    lambda_json_close(&json, ']');
    lambda_json_open(&json, "d", '[');
    lambda_json_open(&json, NULL, '{');
    lambda_json_close(&json, '}');
    lambda_json_open(&json, NULL, '{');
    lambda_json_bool(&json, "e", true);
    lambda_json_bool(&json, "f", false);
    lambda_json_close(&json, '}');
    lambda_json_string(&json, NULL, "{");
    lambda_json_string(&json, NULL, "");
    lambda_json_raw(&json, NULL, "{\"g\":0}", 7);
    lambda_json_number(&json, NULL, INT64_MIN);
    lambda_json_number(&json, NULL, INT64_MAX);
    lambda_json_close(&json, ']');
    lambda_json_close(&json, '}');
    lambda_buffer_add_string(&json, "\n");
    lambda_json_bool(&json, NULL, true);
    assert_string_equal(json.data,
                        "{\"a\":\"x\",\"b\":-7,\"c\":[],\"d\":[{},{\"e\":true,\"f\":false},"
                        "\"{\",\"\",{\"g\":0},-9223372036854775808,9223372036854775807]}\ntrue");
    lambda_buffer_done(&json);
}

static void test_text(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t len;
        const char *wanted;
    } rows[] = {
        {"", 0, ""},
        {"plain", 5, "plain"},
        {"caf\xC3\xA9 \xF0\x9F\x98\x80", 10, "caf\xC3\xA9 \xF0\x9F\x98\x80"},
        {"\"\\/", 3, "\\\"\\\\/"},
        {"\b\f\n\r\t", 5, "\\b\\f\\n\\r\\t"},
        {"\0\x01\x1F\x7F", 4, "\\u0000\\u0001\\u001f\\u007f"},
        {"\xC2\x85", 2, "\\u0085"},                        /* next line */
        {"\xE2\x80\xA8\xE2\x80\xAE", 6, "\\u2028\\u202e"}, /* line separator, override */
        {"\xEF\xBB\xBF", 3, "\\ufeff"},
        {"a\xFF"
         "b",
         3,
         "a\xEF\xBF\xBD"
         "b"},
        {"\xE2\x82", 2, "\xEF\xBF\xBD\xEF\xBF\xBD"},                 /* cut */
        {"\xED\xA0\x80", 3, "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"}, /* surrogate */
        {"\xC3\"", 2, "\xEF\xBF\xBD\\\""},                           /* a bad byte hides no quote */
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct lambda_buffer json, wanted;
        lambda_buffer_init(&json, 1000);
        lambda_buffer_init(&wanted, 1000);
        lambda_json_open(&json, NULL, '{');
        lambda_json_bytes(&json, "k", rows[i].bytes, rows[i].len);
        lambda_json_close(&json, '}');
        lambda_buffer_format(&wanted, "{\"k\":\"%s\"}", rows[i].wanted);
        assert_string_equal(json.data, wanted.data);
        assert_true(json_is_valid(json.data, json.len));
        lambda_buffer_done(&json);
        lambda_buffer_done(&wanted);
    }
}

/* All texts of two bytes, as a key and as a value, are valid and stay on one line. */
static void test_hostile_pairs(void **state)
{
    (void)state;
    struct lambda_buffer json;
    lambda_buffer_init(&json, 1000);
    for (unsigned int pair = 0; pair <= 0xFFFF; pair++) {
        char text[] = {(char)(pair >> 8), (char)(pair & 0xFF), '\0'};
        lambda_buffer_clear(&json);
        lambda_json_open(&json, NULL, '{');
        lambda_json_bytes(&json, text, text, 2);
        lambda_json_close(&json, '}');
        if (!json_is_valid(json.data, json.len) || strpbrk(json.data, "\n\r\x7F"))
            fail_msg("%04X: %s", pair, json.data);
    }
    lambda_buffer_done(&json);
}

/* A long text is read in words: what is special must be found anywhere in one, whatever follows. */
static void test_pairs_inside_a_word(void **state)
{
    (void)state;
    struct lambda_buffer json, wanted;
    lambda_buffer_init(&json, 1000);
    lambda_buffer_init(&wanted, 1000);
    for (unsigned int i = 0; i <= 0x7FFFF; i++) {
        char text[] = "the pair is here, and more";
        size_t at = 4 + i % 8;
        text[at] = (char)(i >> 11);
        text[at + 1] = (char)(i >> 3 & 0xFF);
        lambda_buffer_clear(&wanted);
        lambda_json_bytes(&wanted, NULL, text + at, 2);
        lambda_buffer_cut(&wanted, wanted.len - 1);
        lambda_buffer_clear(&json);
        lambda_json_bytes(&json, NULL, text, sizeof text - 1);
        bool same = memcmp(json.data + 1, text, at) == 0 &&
                    memcmp(json.data + 1 + at, wanted.data + 1, wanted.len - 1) == 0 &&
                    strncmp(json.data + at + wanted.len, text + at + 2, sizeof text - 3 - at) == 0;
        if (!same || json.len != sizeof text - 3 + wanted.len + 1)
            fail_msg("%04X at %zu: %s", i >> 3, at, json.data);
    }
    lambda_buffer_done(&json);
    lambda_buffer_done(&wanted);
}

static void test_overflow(void **state)
{
    (void)state;
    for (size_t max = 0; max < 14; max++) {
        struct lambda_buffer json;
        lambda_buffer_init(&json, max);
        lambda_json_open(&json, NULL, '{');
        lambda_json_string(&json, "k", "\n\xFF");
        lambda_json_close(&json, '}');
        assert_int_equal(json.failed, max < 13);
        lambda_buffer_done(&json);
    }
}

/* The judge must be able to say no. */
static void test_judge(void **state)
{
    (void)state;
    static const char *const bad[] = {"",         "{",       "{}{}",      "[1,]",
                                      "{\"a\"}",  "\"\\x\"", "\"\\u12\"", "\"\n\"",
                                      "\"\xFF\"", "[01]",    "tru",       "{\"a\":1,}"};
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_false(json_is_valid(bad[i], strlen(bad[i])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_commas),        cmocka_unit_test(test_text),
        cmocka_unit_test(test_hostile_pairs), cmocka_unit_test(test_pairs_inside_a_word),
        cmocka_unit_test(test_overflow),      cmocka_unit_test(test_judge),
    };
    return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
