/*
 * regex.h - the regular expressions of Sigma rules, with bounds.
 *
 * Allowed is what the specification lists: . ^ $ * + ? {n,m} [a-z] [^a-z] | ( ), and a backslash
 * before one of these or before a backslash, hyphen or slash for the character itself. Anything
 * else that PCRE knows is refused: classes such as \d, groups that begin with (?, back references,
 * lazy and possessive repeats.
 *
 * An expression is searched for anywhere in a value. $ also matches before a line break that ends
 * it. Letters match themselves only; with the modifier i they fold as Unicode does, beyond ASCII.
 * Matching runs under limits on steps, depth and memory, so that no value can stop the function.
 *
 * Source: Sigma specification 2.1.0, "Sigma Modifiers", re.
 */
#ifndef REGEX_H
#define REGEX_H

#include <stdbool.h>
#include <stddef.h>

/* The modifiers of re. */
struct regex_flags {
    bool ignore_case; /* i */
    bool multi_line;  /* m: ^ and $ match at line breaks too */
    bool dot_all;     /* s: . matches line breaks too */
};

struct regex; /* one expression */

enum regex_result { REGEX_NO_MATCH, REGEX_MATCH, REGEX_LIMIT };

enum { REGEX_PROBLEM_MAX = 160 }; /* bytes of a reason, with the NUL */

/* Compiles; the caller owns the result: regex_free(). NULL: problem says why. */
struct regex *regex_compile(const char *expression, const struct regex_flags *flags,
                            char problem[REGEX_PROBLEM_MAX]);

/* Accepts NULL. */
void regex_free(struct regex *regex);

/* Looks for the expression in text, which must be UTF-8. Allocates within its bound. */
enum regex_result regex_search(const struct regex *regex, const char *text, size_t text_len);

#endif
