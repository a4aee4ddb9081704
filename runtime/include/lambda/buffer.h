/*
 * lambda/buffer.h - a byte buffer that grows up to a bound and remembers failure.
 *
 * Appending never fails at the call. When the text would pass the maximum, or memory runs out, the
 * buffer latches `failed`, keeps what it held before that call, and ignores every later append.
 * Write everything, then ask once. A half-written text can therefore never be taken for a whole
 * one, as long as `failed` is read before `data` is used.
 *
 * Ownership: the buffer owns `data`. It is valid until the next append, clear or done.
 */
#ifndef LAMBDA_BUFFER_H
#define LAMBDA_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct lambda_buffer {
    char *data;      /* NUL-terminated; never NULL after lambda_buffer_init */
    size_t len;      /* bytes of text, without the NUL */
    size_t max;      /* bytes that len may never pass */
    size_t capacity; /* private */
    bool failed;     /* latched: the text is incomplete and must not be used */
    bool starved;    /* latched: it failed because memory ran out */
};

/* Makes an empty buffer of at most max bytes. Allocates nothing. */
void lambda_buffer_init(struct lambda_buffer *buffer, size_t max);

/* Frees the memory. Accepts a zeroed struct; the buffer must be initialised again before use. */
void lambda_buffer_done(struct lambda_buffer *buffer);

/* Forgets the text and the failure, keeps the memory: for one buffer used again and again. */
void lambda_buffer_clear(struct lambda_buffer *buffer);

/* Takes off what was appended since the text had len bytes. A failure stays. */
void lambda_buffer_cut(struct lambda_buffer *buffer, size_t len);

/* Appends len bytes, which may hold NULs and may be NULL if len is 0. */
void lambda_buffer_add(struct lambda_buffer *buffer, const void *bytes, size_t len);

/* Appends a C string. */
void lambda_buffer_add_string(struct lambda_buffer *buffer, const char *text);

/*
 * Takes over len bytes from malloc() as the whole text, in place of what there was: a large text is
 * not copied. They are the buffer's from now on, even if it fails because they are too many.
 */
void lambda_buffer_adopt(struct lambda_buffer *buffer, char *bytes, size_t len);

/* Appends as printf would. An encoding error of the format latches failure. */
__attribute__((format(printf, 2, 3))) void lambda_buffer_format(struct lambda_buffer *buffer,
                                                                const char *format, ...);

#ifdef __cplusplus
}
#endif

#endif
