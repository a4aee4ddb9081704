/* test.h - what every test program needs: cmocka wants its headers in this order. */
#ifndef TEST_H
#define TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* cmocka's comparison of strings, with the row of the table that failed. */
#define assert_row(row, got, wanted)                                                               \
    do {                                                                                           \
        if (strcmp((got), (wanted)) != 0)                                                          \
            fail_msg("row %zu: got '%s', wanted '%s'", (size_t)(row), (got), (wanted));            \
    } while (0)

#endif
