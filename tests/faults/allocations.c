/*
 * Linked into the program with --wrap: makes one allocation fail, or that and all that follow.
 *
 * FAIL_ALLOCATION=100 is the hundredth, 100+ the hundredth and all later ones. How many were asked
 * for is written to the file COUNT_ALLOCATIONS at the end.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);

static long asked;
static long failing;
static bool for_good;

__attribute__((constructor)) static void start(void)
{
    const char *which = getenv("FAIL_ALLOCATION");
    if (which == NULL)
        return;
    failing = strtol(which, NULL, 10);
    for_good = strchr(which, '+') != NULL;
}

__attribute__((destructor)) static void finish(void)
{
    const char *path = getenv("COUNT_ALLOCATIONS");
    FILE *file = path == NULL ? NULL : fopen(path, "w");
    if (file == NULL)
        return;
    fprintf(file, "%ld\n", asked);
    fclose(file);
}

static bool fails(void)
{
    asked++;
    return failing > 0 && (asked == failing || (for_good && asked > failing));
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
    return fails() ? NULL : __real_realloc(old, size);
}
