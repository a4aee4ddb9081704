#include "clock.h"

#include <time.h>

int64_t clock_now_ms(void)
{
    struct timespec now = {0};
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Reads "2026-02-11T09:14:07Z" into its six numbers. */
static bool read_numbers(const char *text, int numbers[8])
{
    static const char form[] = "9999-99-99T99:99:99Z";
    size_t place = 0;
    for (size_t i = 0; i < sizeof form; i++) {
        bool is_digit = text[i] >= '0' && text[i] <= '9';
        if (form[i] == '9' ? !is_digit : text[i] != form[i])
            return false;
        if (is_digit)
            numbers[place] = numbers[place] * 10 + (text[i] - '0');
        else
            place++;
    }
    return true;
}

bool clock_read(const char *text, int64_t *time_ms)
{
    int numbers[8] = {0}; /* room for the places behind Z and the NUL */
    if (!read_numbers(text, numbers))
        return false;
    struct tm given = {.tm_year = numbers[0] - 1900,
                       .tm_mon = numbers[1] - 1,
                       .tm_mday = numbers[2],
                       .tm_hour = numbers[3],
                       .tm_min = numbers[4],
                       .tm_sec = numbers[5]};
    struct tm real = given;
    int64_t seconds = timegm(&real); /* turns a 99th of the month into a real day */
    if (real.tm_mon != given.tm_mon || real.tm_mday != given.tm_mday ||
        real.tm_hour != given.tm_hour || real.tm_min != given.tm_min || real.tm_sec != given.tm_sec)
        return false;
    *time_ms = seconds * 1000;
    return true;
}

void clock_write(int64_t time_ms, char text[CLOCK_TEXT_MAX])
{
    time_t seconds = (time_t)(time_ms / 1000);
    struct tm tm = {0};
    gmtime_r(&seconds, &tm);
    strftime(text, CLOCK_TEXT_MAX, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

void clock_sleep_ms(int64_t ms)
{
    struct timespec time = {.tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000};
    nanosleep(&time, NULL);
}
