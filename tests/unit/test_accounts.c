#include "alert/accounts.h"
#include "ring.h"
#include "test.h"

static void test_find(void **state)
{
    (void)state;
    static const struct {
        const char *list;
        const char *account;
        const char *wanted;
    } rows[] = {
        {"", "123456789012", ""},
        {"123456789012=prod", "123456789012", "prod"},
        {"123456789012=prod", "123456789013", ""},
        {"123456789012=prod", "123", ""},
        {"123456789012=prod", "", ""},
        {" 123456789012=prod , 444455556666=Log archive ", "123456789012", "prod"},
        {" 123456789012=prod , 444455556666=Log archive ", "444455556666", "Log archive"},
        {"123456789012=k\xc3\xb6ln", "123456789012", "k\xc3\xb6ln"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char name[ACCOUNTS_NAME_MAX];
        struct lambda_error err = {0};
        if (!accounts_check(rows[i].list, "N", &err))
            fail_msg("row %zu: %s", i, err.message);
        accounts_find(rows[i].list, rows[i].account, name);
        assert_row(i, name, rows[i].wanted);
    }
}

#define TEN "0123456789"

static void test_refuses(void **state)
{
    (void)state;
    static const struct {
        const char *list;
        const char *wanted;
    } rows[] = {
        {" ", "N, entry 1, is \"\": it must be the account's 12 digits, =, and its name"},
        {"prod", "N, entry 1, is \"prod\": it must be"},
        {"prod=123456789012", "N, entry 1, is \"prod=123456789012\": it must be"},
        {"12345678901=prod", "N, entry 1, is \"12345678901=prod\": it must be"},
        {"1234567890123=prod", "N, entry 1, is \"1234567890123=prod\": it must be"},
        {"123456789012", "N, entry 1, is \"123456789012\": it must be"},
        {"123456789012 =prod", "N, entry 1, is \"123456789012 =prod\": it must be"},
        {"123456789012=a,", "N, entry 2, is \"\": it must be"},
        {"123456789012=a,,444455556666=b", "N, entry 2, is \"\": it must be"},
        {"123456789012=a;444455556666=b", "the name must not begin with a space or hold ="},
        {"123456789012= a", "is \"123456789012= a\": the name must not begin with a space"},
        {"123456789012=a,x=", "N, entry 2, is \"x=\": it must be"},
        {"123456789012=", "N, entry 1, is \"123456789012=\": the name must have 1 to 64 bytes"},
        {"123456789012=" TEN TEN TEN TEN TEN TEN "12345", "the name must have 1 to 64 bytes"},
        {"123456789012=a\nb", "is \"123456789012=a b\": the name must be UTF-8 without control"},
        {"123456789012=\xff", "the name must be UTF-8 without control characters"},
        {"123456789012=\xe2\x80\xae", "the name must be UTF-8 without control characters"},
        {"123456789012=a,444455556666=b, 123456789012=c",
         "N, entry 3, is \"123456789012=c\": the account has a name already"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct lambda_error err = {0};
        if (accounts_check(rows[i].list, "N", &err))
            fail_msg("row %zu: taken", i);
        assert_string_equal(err.type, "Function.ConfigInvalid");
        if (strstr(err.message, rows[i].wanted) == NULL)
            fail_msg("row %zu: %s", i, err.message);
    }
    struct lambda_error err = {0};
    assert_true(accounts_check("123456789012=" TEN TEN TEN TEN TEN TEN "1234", "N", &err));
}

static void test_ring(void **state)
{
    (void)state;
    static struct ring ring;
    char id[RING_ID_MAX];
    assert_false(ring_holds(&ring, "0"));
    for (int i = 0; i < 3 * RING_SIZE; i++) {
        snprintf(id, sizeof id, "%d", i);
        ring_add(&ring, id);
        assert_true(ring_holds(&ring, id));
        snprintf(id, sizeof id, "%d", i - RING_SIZE + 1);
        assert_int_equal(ring_holds(&ring, id), i >= RING_SIZE - 1);
        snprintf(id, sizeof id, "%d", i - RING_SIZE);
        assert_false(ring_holds(&ring, id));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_find),
        cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_ring),
    };
    return cmocka_run_group_tests_name("accounts", tests, NULL, NULL);
}
