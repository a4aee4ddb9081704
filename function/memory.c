#include "memory.h"

#include <lambda/log.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Not exit(): whatever that calls could want memory. Not inlined: it would slow down the rest. */
__attribute__((noinline)) static _Noreturn void end(void)
{
    struct lambda_logger logger;
    lambda_logger_init(&logger);
    lambda_log(&logger, LAMBDA_LOG_FATAL, "out of memory: this process ends", NULL);
    _exit(EXIT_FAILURE);
}

static void *check(void *memory)
{
    if (memory == NULL)
        end();
    return memory;
}

void *memory_take(size_t size)
{
    return check(malloc(size));
}

void *memory_take_zeroed(size_t count, size_t size)
{
    return check(calloc(count, size));
}

void *memory_resize(void *memory, size_t size)
{
    void *resized = realloc(memory, size);
    return size > 0 ? check(resized) : resized;
}

char *memory_copy(const char *text)
{
    size_t size = strlen(text) + 1;
    return memcpy(memory_take(size), text, size);
}
