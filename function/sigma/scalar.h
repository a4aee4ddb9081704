/*
 * scalar.h - what YAML takes a text without quotes for.
 *
 * Source: YAML 1.1, types null, bool, int and float.
 */
#ifndef SCALAR_H
#define SCALAR_H

#include <stdbool.h>

enum scalar_type { SCALAR_STRING, SCALAR_NULL, SCALAR_BOOL, SCALAR_NUMBER };

enum scalar_type scalar_type(const char *text);

/* Whether a text of type SCALAR_BOOL is true. */
bool scalar_is_true(const char *text);

/*
 * Reads a text of type SCALAR_NUMBER, if it is a decimal number that every reader of YAML takes for
 * the same. False for the others, such as 017, +1, 1:30, 0x1F, 1_000 and .inf.
 */
bool scalar_read_decimal(const char *text, double *number);

#endif
