/*
 * glob.h - a Sigma string: text with wildcards and escapes, compiled and matched.
 *
 * In the source text * is any number of characters and ? is exactly one; \* and \? are those
 * characters themselves; \\ before a wildcard is one backslash and leaves the wildcard its meaning;
 * any other backslash stands for itself, and two of them for one.
 *
 * A compiled glob is a C string in which the bytes GLOB_MANY and GLOB_ONE are the wildcards. UTF-8
 * never contains them, so any text that is UTF-8 can be matched.
 *
 * Source: Sigma specification 2.1.0, "Sigma Rules Specification", wildcards and escaping.
 */
#ifndef GLOB_H
#define GLOB_H

#include <stdbool.h>
#include <stddef.h>

enum { GLOB_MANY = 0xff, GLOB_ONE = 0xfe };

/* Where a literal may stand in a value. */
enum glob_anchor { GLOB_WHOLE, GLOB_START, GLOB_END, GLOB_ANYWHERE };

/* The bytes that glob_compile() needs at most for a text of so many bytes, with the NUL. */
size_t glob_size(size_t text_len);

/* Compiles text into out; returns the bytes used, without the NUL. */
size_t glob_compile(const char *text, enum glob_anchor anchor, char *out);

/*
 * Whether the whole of text matches. With cased, letters match themselves only; else ASCII letters
 * match either case. Takes at most about glob_len * text_len steps and no memory.
 */
bool glob_matches(const char *glob, size_t glob_len, bool cased, const char *text, size_t text_len);

/* Whether the glob holds no wildcard. */
bool glob_is_literal(const char *glob);

#endif
