#include "books.h"

#include <lambda/json.h>
#include <stdio.h>
#include <stdlib.h>

enum { PRINT_MAX = 4096 };

static int compare(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

static void print_percentiles(struct lambda_buffer *line, const char *key, int64_t *times,
                              size_t count)
{
    qsort(times, count, sizeof *times, compare);
    lambda_json_open(line, key, '{');
    lambda_json_number(line, "p50", times[(count - 1) / 2]);
    lambda_json_number(line, "p99", times[(count - 1) * 99 / 100]);
    lambda_json_close(line, '}');
}

static void print_round_trips(const struct books *books, struct lambda_buffer *line)
{
    const struct entry *entries = books->entries;
    int64_t *times = malloc(books->count * sizeof *times);
    if (times == NULL)
        return;
    for (size_t i = 0; i < books->count; i++)
        times[i] = entries[i].answered - entries[i].sent;
    print_percentiles(line, "event_to_answer_ns", times, books->count);
    for (size_t i = 0; i < books->count; i++)
        times[i] = entries[i].accepted - entries[i].sent;
    if (books->expectation == EXPECT_ALERT)
        print_percentiles(line, "event_to_alert_ns", times, books->count);
    free(times);
}

/* Of each fault, how many events have met it; and the sums. */
static void print_faults(const struct books *books, struct lambda_buffer *line)
{
    lambda_json_number(line, "attempts", (int64_t)books->attempts);
    lambda_json_number(line, "copies", (int64_t)books->copies);
    lambda_json_number(line, "errors", (int64_t)books->errors);
    lambda_json_open(line, "faults", '{');
    for (const struct fault *fault = fault_next(NULL); fault != NULL; fault = fault_next(fault)) {
        int64_t met = 0;
        for (size_t i = 0; i < books->count; i++)
            met += books->entries[i].fault == fault;
        lambda_json_number(line, fault->name, met);
    }
    lambda_json_close(line, '}');
}

static void print_sample(struct lambda_buffer *line, const char *key, const struct sample *sample)
{
    lambda_json_open(line, key, '{');
    lambda_json_number(line, "cpu_us", sample->cpu_us);
    lambda_json_number(line, "resident_kib", sample->resident_kib);
    lambda_json_number(line, "descriptors", sample->descriptors);
    lambda_json_number(line, "peak_kib", sample->peak_kib);
    lambda_json_close(line, '}');
}

static void print_events(const struct books *books, struct lambda_buffer *line)
{
    const struct entry *entries = books->entries;
    int64_t started = books->child.started_ns;
    int64_t ended = 0;
    for (size_t i = 0; i < books->count; i++)
        ended = entries[i].answered > ended ? entries[i].answered : ended;
    lambda_json_number(line, "exec_to_next_ns", books->first_next - started);
    lambda_json_number(line, "exec_to_answer_ns", entries[0].answered - started);
    lambda_json_number(line, "all_events_ns", ended - entries[0].sent);
    if (books->has_faults)
        print_faults(books, line);
    else
        print_round_trips(books, line);
    print_sample(line, "after_first", &books->first);
    print_sample(line, "after_half", &books->half);
    print_sample(line, "after_all", &books->last);
}

void books_print(const struct books *books)
{
    struct lambda_buffer line;
    lambda_buffer_init(&line, PRINT_MAX);
    lambda_json_open(&line, NULL, '{');
    lambda_json_string(&line, "failure", books->failure);
    lambda_json_number(&line, "events", (int64_t)books->answered);
    if (books->complete)
        print_events(books, &line);
    if (books->child.ended_ns > 0)
        lambda_json_number(&line, "exec_to_end_ns",
                           books->child.ended_ns - books->child.started_ns);
    lambda_json_number(&line, "total_cpu_us", books->child.total_cpu_us);
    lambda_json_close(&line, '}');
    puts(line.data);
    lambda_buffer_done(&line);
}
