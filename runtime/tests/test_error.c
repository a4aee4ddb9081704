#include "json_check.h"
#include "test.h"

#include <lambda/error.h>

static void test_happy(void **state)
{
    (void)state;
    struct lambda_error err;
    assert_false(lambda_fail(&err, "Function.Broken", "%s number %d", "part", 7));
    assert_string_equal(err.type, "Function.Broken");
    assert_string_equal(err.message, "part number 7");
    struct lambda_buffer json;
    lambda_buffer_init(&json, 1000);
    lambda_error_write(&err, &json);
    assert_string_equal(json.data, "{\"errorType\":\"Function.Broken\","
                                   "\"errorMessage\":\"part number 7\",\"stackTrace\":[]}");
    lambda_buffer_done(&json);
}

static void test_wraps_itself(void **state)
{
    (void)state;
    struct lambda_error err;
    lambda_fail(&err, "Function.Inner", "inner");
    lambda_fail(&err, err.type, "outer: %s", err.message);
    assert_string_equal(err.type, "Function.Inner");
    assert_string_equal(err.message, "outer: inner");
}

/* A message is cut so that it ends in a whole character and "...". */
static void test_cut(void **state)
{
    (void)state;
    enum { ROOM = LAMBDA_ERROR_MESSAGE_MAX - 1 };
    static const struct {
        size_t ascii; /* bytes before the pattern */
        const char *pattern;
        size_t len; /* of the message that is wanted */
    } rows[] = {
        {ROOM, "", ROOM},                            /* fits exactly */
        {ROOM, "x", ROOM},                           /* one too many */
        {ROOM - 4, "\xC3\xA9xyz", ROOM - 1},         /* a 2-byte character in the way */
        {ROOM - 4, "\xE2\x82\xACxyz", ROOM - 1},     /* 3 bytes */
        {ROOM - 5, "\xE2\x82\xACxyz", ROOM - 2},     /* 3 bytes */
        {ROOM - 4, "\xF0\x9F\x98\x80xyz", ROOM - 1}, /* 4 bytes */
        {ROOM - 6, "\xF0\x9F\x98\x80xyz", ROOM - 3}, /* 4 bytes */
        {ROOM - 7, "\xF0\x9F\x98\x80xyz1", ROOM},    /* 4 bytes that just fit */
        {ROOM - 9, "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80", ROOM - 3}, /* not UTF-8 */
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct lambda_error err;
        char text[2 * LAMBDA_ERROR_MESSAGE_MAX];
        memset(text, 'a', rows[i].ascii);
        memcpy(text + rows[i].ascii, rows[i].pattern, strlen(rows[i].pattern) + 1);
        lambda_fail(&err, "Function.Long", "%s", text);
        assert_int_equal(strlen(err.message), rows[i].len);
        if (strlen(text) > ROOM)
            assert_string_equal(err.message + rows[i].len - 3, "...");
        else
            assert_string_equal(err.message, text);
    }
}

static void test_long_type(void **state)
{
    (void)state;
    struct lambda_error err;
    char type[200];
    memset(type, 'T', sizeof type);
    type[sizeof type - 1] = '\0';
    lambda_fail(&err, type, "m");
    assert_int_equal(strlen(err.type), LAMBDA_ERROR_TYPE_MAX - 1);
    assert_string_equal(err.message, "m");
}

static void test_hostile_text_is_valid_json(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "\"},{\"errorType\":\"Forged", "line\r\nbreak\t\x01\x7F",         "\xFF\xFE\x80",
        "caf\xC3\xA9 \xE2\x82",        "\xE2\x80\xAE gnp.exe \xC2\x85 x", "\\u0000 \\ \\\\",
    };
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct lambda_error err;
        struct lambda_buffer json;
        lambda_buffer_init(&json, 10000);
        lambda_fail(&err, texts[i], "%s", texts[i]);
        lambda_error_write(&err, &json);
        assert_true(json_is_valid(json.data, json.len));
        assert_null(strpbrk(json.data, "\r\n\t\x01\x7F"));
        lambda_buffer_done(&json);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_happy),
        cmocka_unit_test(test_wraps_itself),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_long_type),
        cmocka_unit_test(test_hostile_text_is_valid_json),
    };
    return cmocka_run_group_tests_name("error", tests, NULL, NULL);
}
