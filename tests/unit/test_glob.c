#include "sigma/cidr.h"
#include "sigma/glob.h"
#include "sigma/regex.h"
#include "test.h"

static const char *shown(const char *text, enum glob_anchor anchor)
{
    static char out[128];
    size_t len = glob_compile(text, anchor, out);
    assert_int_equal(strlen(out), len);
    assert_true(len < glob_size(strlen(text)));
    for (size_t i = 0; i < len; i++) {
        if ((unsigned char)out[i] == GLOB_MANY || (unsigned char)out[i] == GLOB_ONE)
            out[i] = (unsigned char)out[i] == GLOB_MANY ? '%' : '_';
    }
    return out;
}

/* In what is wanted % is any text and _ one character. */
static void test_compile(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum glob_anchor anchor;
        const char *wanted;
    } rows[] = {
        {"", GLOB_WHOLE, ""},
        {"abc", GLOB_WHOLE, "abc"},
        {"a*b?c", GLOB_WHOLE, "a%b_c"},
        {"a\\*b\\?c", GLOB_WHOLE, "a*b?c"},
        {"a\\b", GLOB_WHOLE, "a\\b"},
        {"a\\\\b", GLOB_WHOLE, "a\\b"},
        {"a\\\\\\b", GLOB_WHOLE, "a\\\\b"},
        {"a\\\\\\\\b", GLOB_WHOLE, "a\\\\b"},
        {"a\\\\*", GLOB_WHOLE, "a\\%"},
        {"a\\\\\\*", GLOB_WHOLE, "a\\*"},
        {"a\\", GLOB_WHOLE, "a\\"},
        {"a\\\\", GLOB_WHOLE, "a\\"},
        {"abc", GLOB_START, "abc%"},
        {"abc", GLOB_END, "%abc"},
        {"abc", GLOB_ANYWHERE, "%abc%"},
        {"", GLOB_ANYWHERE, "%%"},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_row(i, shown(rows[i].text, rows[i].anchor), rows[i].wanted);
}

static bool matches(const char *pattern, const char *text, bool cased)
{
    char glob[256];
    size_t len = glob_compile(pattern, GLOB_WHOLE, glob);
    return glob_matches(glob, len, cased, text, strlen(text));
}

static void test_matches(void **state)
{
    (void)state;
    static const struct {
        const char *pattern;
        const char *text;
        bool wanted;
    } rows[] = {
        {"", "", true},
        {"", "a", false},
        {"a", "", false},
        {"*", "", true},
        {"?", "", false},
        {"?", "a", true},
        {"?", "ab", false},
        {"?", "\xc3\xa9", true}, /* one character, not one byte */
        {"??", "\xc3\xa9", false},
        {"a?c",
         "a\xf0\x9f\x98\x80"
         "c",
         true},
        {"*?", "\xc3\xa9", true},
        {"abc", "ABC", true},
        {"\xc3\xa9", "\xc3\x89", false}, /* folding is ASCII's */
        {"s", "\xc5\xbf", false},
        {"a*", "abc", true},
        {"*c", "abc", true},
        {"*b*", "abc", true},
        {"a*c", "abcbc", true},
        {"a*c", "abcb", false},
        {"*ab*ab*", "xababx", true},
        {"*ab*ab*", "xabax", false},
        {"**a**", "a", true},
        {"a**", "a", true},
        {"a*b*c*d", "abcd", true},
        {"a*b*c*d", "axxbxxcxx", false},
        {"[a]", "a", false},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_row(i, matches(rows[i].pattern, rows[i].text, false) ? "yes" : "no",
                   rows[i].wanted ? "yes" : "no");
    assert_false(matches("abc", "ABC", true));
    assert_true(matches("a*C", "abC", true));
}

/* The plainest way to say what a glob means. */
static bool reference(const char *glob, const char *text)
{
    if (*glob == '\0')
        return *text == '\0';
    if ((unsigned char)*glob == GLOB_MANY)
        return reference(glob + 1, text) || (*text != '\0' && reference(glob, text + 1));
    return *text != '\0' && ((unsigned char)*glob == GLOB_ONE || *glob == *text) &&
           reference(glob + 1, text + 1);
}

static void test_matches_like_reference(void **state)
{
    (void)state;
    static const char letters[] = "ab*?\\";
    unsigned seed = 1;
    size_t hits = 0;
    for (int i = 0; i < 200000; i++) {
        char pattern[9] = "";
        char text[9] = "";
        char glob[16];
        for (size_t k = 0; k < 8; k++) {
            seed = seed * 1103515245U + 12345U;
            pattern[k] = (seed >> 16) % 9 == 0 ? '\0' : letters[(seed >> 20) % 5];
            seed = seed * 1103515245U + 12345U;
            text[k] = (seed >> 16) % 9 == 0 ? '\0' : letters[(seed >> 20) % 5];
        }
        size_t len = glob_compile(pattern, GLOB_WHOLE, glob);
        bool wanted = reference(glob, text);
        hits += wanted;
        if (glob_matches(glob, len, true, text, strlen(text)) != wanted)
            fail_msg("pattern '%s', text '%s'", pattern, text);
    }
    assert_in_range(hits, 10000, 190000);
}

/* The worst that a rule and an event can do together ends. */
static void test_matches_in_bounds(void **state)
{
    (void)state;
    enum { TEXT = 100000 };
    char pattern[201];
    char glob[256];
    char *text = malloc(TEXT);
    assert_non_null(text);
    memset(text, 'a', TEXT);
    for (size_t i = 0; i < 100; i++)
        memcpy(pattern + 2 * i, "*a", 2);
    pattern[199] = 'b';
    pattern[200] = '\0';
    size_t len = glob_compile(pattern, GLOB_WHOLE, glob);
    assert_false(glob_matches(glob, len, false, text, TEXT));
    free(text);
}

static void test_regex(void **state)
{
    (void)state;
    static const struct {
        const char *expression;
        const char *text;
        bool wanted;
    } rows[] = {
        {"b", "abc", true},
        {"^b", "abc", false},
        {"^a.c$", "abc", true},
        {"^a.c$", "abc\n", true},
        {"B", "abc", false},
        {"(a|x)b{1,2}c", "xbbc", true},
        {"[^a-y]+", "abz", true},
        {"[]x]", "]", true},
        {"a\\.b", "axb", false},
        {"a\\/b\\-c", "a/b-c", true},
        {".+:assumed-role/aws:.+", "arn:aws:sts::1:assumed-role/aws:x", true},
        {"^.$", "\xc3\xa9", true},
        {"", "anything", true},
        {"a{2,}", "aa", true},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char problem[REGEX_PROBLEM_MAX];
        const struct regex_flags none = {0};
        struct regex *regex = regex_compile(rows[i].expression, &none, problem);
        if (regex == NULL)
            fail_msg("row %zu: %s", i, problem);
        enum regex_result result = regex_search(regex, rows[i].text, strlen(rows[i].text));
        assert_row(i, result == REGEX_MATCH ? "yes" : "no", rows[i].wanted ? "yes" : "no");
        regex_free(regex);
    }
}

static void test_regex_flags(void **state)
{
    (void)state;
    static const struct {
        const char *expression;
        struct regex_flags flags;
        const char *text;
    } rows[] = {
        {"ABC", {.ignore_case = true}, "abc"},
        {"^b$", {.multi_line = true}, "a\nb\nc"},
        {"a.b", {.dot_all = true}, "a\nb"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char problem[REGEX_PROBLEM_MAX];
        const struct regex_flags none = {0};
        struct regex *with = regex_compile(rows[i].expression, &rows[i].flags, problem);
        struct regex *without = regex_compile(rows[i].expression, &none, problem);
        assert_int_equal(regex_search(with, rows[i].text, strlen(rows[i].text)), REGEX_MATCH);
        assert_int_equal(regex_search(without, rows[i].text, strlen(rows[i].text)), REGEX_NO_MATCH);
        regex_free(with);
        regex_free(without);
    }
}

static void test_regex_refuses(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "\\d",         "\\w+",   "a\\b",  "(?i)a", "(?:a)",   "(?=a)",  "(*LIMIT_MATCH=1)a",
        "a*?",         "a++",    "a{2}+", "a**",   "(",       ")",      "[a",
        "[[:alpha:]]", "[\\d]",  "a{",    "a{x}",  "a{1001}", "a{2,1}", "*a",
        "a\\",         "(a)\\1", "\\Qa",  "a{,2}", "\\x41",
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char problem[REGEX_PROBLEM_MAX] = "";
        const struct regex_flags none = {0};
        struct regex *regex = regex_compile(rows[i], &none, problem);
        assert_row(i, regex == NULL ? rows[i] : "accepted", rows[i]);
        assert_true(problem[0] != '\0');
        regex_free(regex);
    }
}

/* What would take for ever is a limit, never "no match". */
static void test_regex_limit(void **state)
{
    (void)state;
    char problem[REGEX_PROBLEM_MAX];
    const struct regex_flags none = {0};
    char text[10001];
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    struct regex *regex = regex_compile("^(a+)+$|^(a*)*b", &none, problem);
    assert_non_null(regex);
    text[9999] = 'c';
    assert_int_equal(regex_search(regex, text, strlen(text)), REGEX_LIMIT);
    regex_free(regex);
    /* little work at each place of the text, but there are many */
    regex = regex_compile("a{1,90}a{1,90}a{1,90}[bd]", &none, problem);
    assert_non_null(regex);
    assert_int_equal(regex_search(regex, text, strlen(text)), REGEX_LIMIT);
    assert_int_equal(regex_search(regex, text, 50), REGEX_NO_MATCH);
    regex_free(regex);
    /* an item that runs over all that is left, from each place again */
    regex = regex_compile("a+[bd]", &none, problem);
    assert_non_null(regex);
    assert_int_equal(regex_search(regex, text, strlen(text)), REGEX_LIMIT);
    regex_free(regex);
}

static void test_cidr(void **state)
{
    (void)state;
    static const struct {
        const char *network;
        const char *address;
        bool wanted;
    } rows[] = {
        {"192.0.2.0/24", "192.0.2.255", true},
        {"192.0.2.0/24", "192.0.3.0", false},
        {"192.0.2.77/24", "192.0.2.1", true}, /* bits behind the prefix do not count */
        {"10.0.0.0/8", "10.255.255.255", true},
        {"10.0.0.0/9", "10.128.0.0", false},
        {"192.0.2.1/32", "192.0.2.1", true},
        {"192.0.2.1/32", "192.0.2.2", false},
        {"0.0.0.0/0", "255.1.2.3", true},
        {"0.0.0.0/0", "::1", false},
        {"2001:db8::/32", "2001:db8:ffff::1", true},
        {"2001:db8::/32", "2001:db9::1", false},
        {"2001:db8::/33", "2001:db8:8000::", false},
        {"::/0", "2001:db8::1", true},
        {"::1/128", "::1", true},
        {"10.0.0.0/8", "AWS Internal", false},
        {"10.0.0.0/8", "", false},
        {"10.0.0.0/8", "10.0.0.1 ", false},
        {"10.0.0.0/8", "10.0.0", false},
        {"10.0.0.0/8", "1234567890123456789012345678901234567890123456789", false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct cidr cidr;
        assert_true(cidr_parse(&cidr, rows[i].network));
        assert_row(i, cidr_contains(&cidr, rows[i].address, strlen(rows[i].address)) ? "yes" : "no",
                   rows[i].wanted ? "yes" : "no");
    }
    static const char *const wrong[] = {"",           "10.0.0.0", "10.0.0.0/",   "10.0.0.0/33",
                                        "10.0.0/8",   "::/129",   "10.0.0.0/-1", "10.0.0.0/8 ",
                                        "10.0.0.0/a", "x/8",      "/8",          "10.0.0.0/0008"};
    for (size_t i = 0; i < COUNT(wrong); i++) {
        struct cidr cidr;
        assert_row(i, cidr_parse(&cidr, wrong[i]) ? "accepted" : wrong[i], wrong[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_compile),
        cmocka_unit_test(test_matches),
        cmocka_unit_test(test_matches_like_reference),
        cmocka_unit_test(test_matches_in_bounds),
        cmocka_unit_test(test_regex),
        cmocka_unit_test(test_regex_flags),
        cmocka_unit_test(test_regex_refuses),
        cmocka_unit_test(test_regex_limit),
        cmocka_unit_test(test_cidr),
    };
    return cmocka_run_group_tests_name("glob, regex, cidr", tests, NULL, NULL);
}
