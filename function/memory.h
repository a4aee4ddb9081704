/*
 * memory.h - memory for the libraries, or the end of the process.
 *
 * libcurl, OpenSSL and cJSON do not all live well without memory: libcurl 7.88 signs with what is
 * not there. So they never see it run out: the process writes a line at FATAL and exits with 1,
 * which Lambda reports as an error, and hands the event to a new process.
 *
 * As malloc, calloc, realloc and strdup of glibc; free() gives it back. NULL only comes from
 * memory_resize() to a size of 0, which frees.
 */
#ifndef MEMORY_H
#define MEMORY_H

#include <stddef.h>

void *memory_take(size_t size);
void *memory_take_zeroed(size_t count, size_t size);
void *memory_resize(void *memory, size_t size);
char *memory_copy(const char *text);

#endif
