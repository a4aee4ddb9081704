#include "test.h"

#include <lambda/buffer.h>

static void test_happy(void **state)
{
    (void)state;
    struct lambda_buffer buffer;
    lambda_buffer_init(&buffer, 100);
    assert_string_equal(buffer.data, "");
    lambda_buffer_add(&buffer, "a\0b", 3);
    lambda_buffer_add(&buffer, NULL, 0);
    lambda_buffer_add_string(&buffer, "cd");
    lambda_buffer_format(&buffer, "-%d-%s", 42, "x");
    assert_int_equal(buffer.len, 10);
    assert_memory_equal(buffer.data, "a\0bcd-42-x", 11);
    assert_false(buffer.failed);
    lambda_buffer_done(&buffer);
}

static void test_done_accepts_zeroed(void **state)
{
    (void)state;
    struct lambda_buffer buffer = {0};
    lambda_buffer_done(&buffer);
    lambda_buffer_init(&buffer, 1);
    lambda_buffer_done(&buffer);
    assert_null(buffer.data);
}

static void test_clear_keeps_memory(void **state)
{
    (void)state;
    struct lambda_buffer buffer;
    lambda_buffer_init(&buffer, 3);
    lambda_buffer_clear(&buffer);
    assert_string_equal(buffer.data, "");
    lambda_buffer_add_string(&buffer, "abc");
    char *memory = buffer.data;
    lambda_buffer_add_string(&buffer, "d");
    assert_true(buffer.failed);
    lambda_buffer_clear(&buffer);
    assert_false(buffer.failed);
    assert_string_equal(buffer.data, "");
    lambda_buffer_add_string(&buffer, "xy");
    assert_ptr_equal(buffer.data, memory);
    assert_string_equal(buffer.data, "xy");
    lambda_buffer_done(&buffer);
}

/* Every append that would pass max is left out whole, and so is every later one. */
static void test_limits(void **state)
{
    (void)state;
    static const struct {
        size_t max;
        const char *first, *second, *wanted;
        bool failed;
    } rows[] = {
        {0, "", "", "", false},
        {0, "a", "", "", true},
        {3, "abc", "", "abc", false},
        {3, "ab", "c", "abc", false},
        {3, "abc", "d", "abc", true},
        {3, "abcd", "e", "", true},
        {3, "a", "bcd", "a", true},
        {SIZE_MAX, "a", "b", "ab", false},
        {SIZE_MAX - 1, "a", "b", "ab", false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct lambda_buffer added, formatted;
        lambda_buffer_init(&added, rows[i].max);
        lambda_buffer_init(&formatted, rows[i].max);
        lambda_buffer_add_string(&added, rows[i].first);
        lambda_buffer_add_string(&added, rows[i].second);
        lambda_buffer_format(&formatted, "%s", rows[i].first);
        lambda_buffer_format(&formatted, "%s", rows[i].second);
        assert_string_equal(added.data, rows[i].wanted);
        assert_string_equal(formatted.data, rows[i].wanted);
        assert_int_equal(added.failed, rows[i].failed);
        assert_int_equal(formatted.failed, rows[i].failed);
        assert_true(added.capacity == 0 || added.capacity - 1 <= rows[i].max);
        lambda_buffer_done(&added);
        lambda_buffer_done(&formatted);
    }
}

static void test_growth_is_geometric_and_bounded(void **state)
{
    (void)state;
    enum { MAX = 1000000 };
    struct lambda_buffer buffer;
    lambda_buffer_init(&buffer, MAX);
    int growths = 0;
    for (size_t i = 0; i < MAX; i++) {
        size_t before = buffer.capacity;
        lambda_buffer_add(&buffer, "x", 1);
        growths += buffer.capacity != before;
        assert_true(buffer.capacity > buffer.len && buffer.capacity <= MAX + 1);
    }
    assert_false(buffer.failed);
    assert_true(growths <= 16);
    lambda_buffer_add(&buffer, "x", 1);
    assert_true(buffer.failed);
    assert_int_equal(buffer.len, MAX);
    lambda_buffer_done(&buffer);
}

static void test_adopt(void **state)
{
    (void)state;
    static const struct {
        size_t max;
        const char *bytes; /* NULL: as malloc(0) may give */
        bool failed;
    } rows[] = {{4, "four", false}, {9, "four", false}, {3, "four", true}, {0, NULL, false}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t len = rows[i].bytes ? strlen(rows[i].bytes) : 0;
        char *bytes = rows[i].bytes ? malloc(len) : NULL;
        if (bytes)
            memcpy(bytes, rows[i].bytes, len);
        struct lambda_buffer buffer;
        lambda_buffer_init(&buffer, rows[i].max);
        lambda_buffer_add_string(&buffer, "too long, and so it failed before");
        lambda_buffer_adopt(&buffer, bytes, len);
        assert_int_equal(buffer.failed, rows[i].failed);
        assert_int_equal(buffer.len, rows[i].failed ? 0 : len);
        assert_string_equal(buffer.data, rows[i].failed || !bytes ? "" : rows[i].bytes);
        lambda_buffer_cut(&buffer, 0);
        lambda_buffer_add_string(&buffer, "on");
        assert_int_equal(buffer.failed, rows[i].failed || rows[i].max < 2);
        lambda_buffer_done(&buffer);
    }
}

static void test_failures(void **state)
{
    (void)state;
    struct lambda_buffer buffer;
    lambda_buffer_init(&buffer, SIZE_MAX);
    lambda_buffer_add_string(&buffer, "kept");
    lambda_buffer_add(&buffer, "x", SIZE_MAX / 4); /* no such memory: nothing is read */
    assert_true(buffer.failed && buffer.starved);
    assert_string_equal(buffer.data, "kept");
    lambda_buffer_clear(&buffer);
    lambda_buffer_format(&buffer, "%ls", (const wchar_t[]){(wchar_t)0xD800, 0}); /* not encodable */
    assert_true(buffer.failed && !buffer.starved);
    assert_string_equal(buffer.data, "");
    lambda_buffer_done(&buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_happy),
        cmocka_unit_test(test_done_accepts_zeroed),
        cmocka_unit_test(test_clear_keeps_memory),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_growth_is_geometric_and_bounded),
        cmocka_unit_test(test_adopt),
        cmocka_unit_test(test_failures),
    };
    return cmocka_run_group_tests_name("buffer", tests, NULL, NULL);
}
