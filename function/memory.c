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

static void *check(void *memory, size_t size)
{
    if (memory == NULL && size > 0)
        end();
    return memory;
}

void *memory_take(size_t size)
{
    return check(malloc(size), size);
}

void *memory_take_zeroed(size_t count, size_t size)
{
    return check(calloc(count, size), count > 0 ? size : 0);
}

void *memory_resize(void *memory, size_t size)
{
    return check(realloc(memory, size), size);
}

char *memory_copy(const char *text)
{
    size_t size = strlen(text) + 1;
    return memcpy(memory_take(size), text, size);
}
