/*
 * clock.h - Unix time in milliseconds, as deadlines are given.
 */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdint.h>

int64_t clock_now_ms(void);

/* Sleeps that long, or until a signal. */
void clock_sleep_ms(int64_t ms);

#endif
