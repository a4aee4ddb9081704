/*
 * clock.h - Unix time in milliseconds, as deadlines are given, and as RFC 3339 has it.
 */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdbool.h>
#include <stdint.h>

int64_t clock_now_ms(void);

enum { CLOCK_TEXT_MAX = 32 }; /* bytes with the NUL */

/* Reads "2026-02-11T09:14:07Z". False: it is not of that form, or no real time. */
bool clock_read(const char *text, int64_t *time_ms);

/* Writes it so, without the part of a second. */
void clock_write(int64_t time_ms, char text[CLOCK_TEXT_MAX]);

/* Sleeps that long, or until a signal. */
void clock_sleep_ms(int64_t ms);

#endif
