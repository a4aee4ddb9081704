/*
 * escape.h - text as the inside of a JSON string.
 *
 * Private to the library: json.c puts quotes around it, log.c uses it in plain text lines as well.
 */
#ifndef LAMBDA_ESCAPE_H
#define LAMBDA_ESCAPE_H

#include <lambda/buffer.h>
#include <stddef.h>

/* Appends len bytes, escaped and made valid UTF-8 as lambda/json.h promises, without quotes. */
void lambda_escape(struct lambda_buffer *buffer, const char *bytes, size_t len);

#endif
