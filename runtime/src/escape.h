/*
 * escape.h - text as the inside of a JSON string.
 *
 * Private to the library: json.c puts quotes around it, log.c uses it in plain text lines as well.
 */
#ifndef LAMBDA_ESCAPE_H
#define LAMBDA_ESCAPE_H

#include <lambda/buffer.h>
#include <stddef.h>

/*
 * Appends len bytes, escaped and made valid UTF-8 as lambda/json.h promises, between two texts of
 * at most 2 bytes, which stand as they are.
 */
void lambda_escape(struct lambda_buffer *buffer, const char *before, const char *bytes, size_t len,
                   const char *after);

#endif
