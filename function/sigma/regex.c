#include "sigma/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <ctype.h>
#include <pcre2.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    STEPS_MAX = 10000000, /* of one search: half a second or so */
    DEPTH_MAX = 10000,
    HEAP_MAX_KIB = 4096,
    REPEAT_MAX = 1000, /* n of {n}: larger ones make the compiled expression grow out of bounds */
};

static const char meta[] = ".^$*+?{}[]()|\\-/";

struct regex {
    pcre2_code *code;
    pcre2_match_data *match;
    pcre2_match_context *limits;
};

/* The bytes of {n}, {n,} or {n,m} at text, with n and m in bounds; 0 if it is none. */
static size_t counted_repeat(const char *text)
{
    char *end = NULL;
    if (!isdigit((unsigned char)text[1]))
        return 0;
    unsigned long least = strtoul(text + 1, &end, 10);
    unsigned long most = least;
    if (*end == ',' && isdigit((unsigned char)end[1]))
        most = strtoul(end + 1, &end, 10);
    else if (*end == ',')
        end++;
    return *end == '}' && least <= REPEAT_MAX && most <= REPEAT_MAX ? (size_t)(end + 1 - text) : 0;
}

/* The bytes of the repeat at text, 0 if there is none. */
static size_t repeat(const char *text)
{
    return *text == '{' ? counted_repeat(text)
                        : (size_t)(*text != '\0' && strchr("*+?", *text) != NULL);
}

/* The bytes of [a-z] or [^a-z] at text; 0 if it does not end or holds what is not allowed. */
static size_t class_len(const char *text)
{
    const char *c = text + 1;
    c += *c == '^';
    c += *c == ']'; /* the first one is a member */
    for (; *c != '\0' && *c != ']'; c++) {
        if (c[0] == '[' && (c[1] == ':' || c[1] == '.' || c[1] == '='))
            return 0;
        if (c[0] != '\\')
            continue;
        c++;
        if (*c == '\0' || strchr(meta, *c) == NULL)
            return 0;
    }
    return *c == ']' ? (size_t)(c + 1 - text) : 0;
}

/* What at text is not allowed, or NULL; stores the bytes that it takes. */
static const char *check_one(const char *text, size_t *taken)
{
    *taken = 1;
    switch (*text) {
    case '\\':
        *taken = 2;
        return text[1] != '\0' && strchr(meta, text[1]) != NULL
                   ? NULL
                   : "a backslash may only stand before one of "
                     ". ^ $ * + ? { } [ ] ( ) | \\ - /";
    case '(':
        return text[1] == '?' || text[1] == '*' ? "groups that begin with (? or (* are not allowed"
                                                : NULL;
    case '[':
        *taken = class_len(text);
        return *taken > 0 ? NULL : "a class must be of the form [a-z] or [^a-z]";
    case '{':
        return "a repeat must be of the form {n}, {n,} or {n,m}, up to 1000";
    default:
        return NULL;
    }
}

static const char *check(const char *expression)
{
    while (*expression != '\0') {
        size_t taken = 0;
        size_t again = repeat(expression);
        if (again > 0) { /* PCRE itself refuses a repeat of nothing */
            expression += again;
            if (repeat(expression) > 0)
                return "lazy, possessive and double repeats are not allowed";
            continue;
        }
        const char *problem = check_one(expression, &taken);
        if (problem != NULL)
            return problem;
        expression += taken;
    }
    return NULL;
}

/*
 * PCRE's own limit of steps begins anew wherever in the text it starts to match. It calls this
 * before each item of the expression, so here the whole search is counted.
 */
static int count_step(pcre2_callout_block *block, void *user)
{
    (void)block;
    return --*(uint32_t *)user == 0 ? PCRE2_ERROR_CALLOUT : 0;
}

static bool prepare(struct regex *regex)
{
    regex->match = pcre2_match_data_create(1, NULL);
    regex->limits = pcre2_match_context_create(NULL);
    if (regex->match == NULL || regex->limits == NULL)
        return false;
    pcre2_set_depth_limit(regex->limits, DEPTH_MAX);
    pcre2_set_heap_limit(regex->limits, HEAP_MAX_KIB);
    return true;
}

struct regex *regex_compile(const char *expression, const struct regex_flags *flags,
                            char problem[REGEX_PROBLEM_MAX])
{
    /* Without NO_AUTO_POSSESS an item could run over the whole text in what counts as one step. */
    uint32_t options = PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C | PCRE2_AUTO_CALLOUT |
                       PCRE2_NO_AUTO_POSSESS | (flags->ignore_case ? PCRE2_CASELESS : 0U) |
                       (flags->multi_line ? PCRE2_MULTILINE : 0U) |
                       (flags->dot_all ? PCRE2_DOTALL : 0U);
    int error = 0;
    PCRE2_SIZE offset = 0;
    const char *reason = check(expression);
    snprintf(problem, REGEX_PROBLEM_MAX, "%s", reason == NULL ? "out of memory" : reason);
    struct regex *regex = reason == NULL ? calloc(1, sizeof *regex) : NULL;
    if (regex == NULL)
        return NULL;
    regex->code = pcre2_compile((PCRE2_SPTR)expression, PCRE2_ZERO_TERMINATED, options, &error,
                                &offset, NULL);
    if (regex->code == NULL) {
        char message[REGEX_PROBLEM_MAX / 2] = "";
        pcre2_get_error_message(error, (PCRE2_UCHAR *)message, sizeof message);
        snprintf(problem, REGEX_PROBLEM_MAX, "%s, at character %zu", message, offset + 1);
    }
    if (regex->code != NULL && prepare(regex))
        return regex;
    regex_free(regex);
    return NULL;
}

void regex_free(struct regex *regex)
{
    if (regex == NULL)
        return;
    pcre2_code_free(regex->code);
    pcre2_match_data_free(regex->match);
    pcre2_match_context_free(regex->limits);
    free(regex);
}

enum regex_result regex_search(const struct regex *regex, const char *text, size_t text_len)
{
    uint32_t steps = STEPS_MAX;
    pcre2_set_callout(regex->limits, count_step, &steps);
    int found = pcre2_match(regex->code, (PCRE2_SPTR)text, text_len, 0, PCRE2_NO_UTF_CHECK,
                            regex->match, regex->limits);
    return found >= 0 ? REGEX_MATCH : found == PCRE2_ERROR_NOMATCH ? REGEX_NO_MATCH : REGEX_LIMIT;
}
