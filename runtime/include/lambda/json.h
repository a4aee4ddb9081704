/*
 * lambda/json.h - writing JSON into a buffer.
 *
 * The writer puts the commas. A key is given inside an object and is NULL inside an array and at
 * the top. Text may be anything: what is not UTF-8 becomes U+FFFD, and quotes, backslashes and
 * every character for which lambda_utf8_is_control() holds are escaped, so the result is always
 * valid JSON (RFC 8259) in valid UTF-8 on one line, and cannot disturb a terminal; but for what
 * lambda_json_raw() is given.
 *
 * Keeping brackets in pairs is the caller's part. Failure is the buffer's: see lambda/buffer.h.
 */
#ifndef LAMBDA_JSON_H
#define LAMBDA_JSON_H

#include <lambda/buffer.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Opens an object ('{') or an array ('['). */
void lambda_json_open(struct lambda_buffer *buffer, const char *key, char bracket);

/* Closes it: '}' or ']'. */
void lambda_json_close(struct lambda_buffer *buffer, char bracket);

/* A string, from a C string or from len bytes, which may hold NULs. */
void lambda_json_string(struct lambda_buffer *buffer, const char *key, const char *text);
void lambda_json_bytes(struct lambda_buffer *buffer, const char *key, const char *bytes,
                       size_t len);

/* A value of len bytes, at least one, that is JSON already: it is not looked at. */
void lambda_json_raw(struct lambda_buffer *buffer, const char *key, const char *json, size_t len);

void lambda_json_number(struct lambda_buffer *buffer, const char *key, int64_t number);
void lambda_json_bool(struct lambda_buffer *buffer, const char *key, bool value);

#ifdef __cplusplus
}
#endif

#endif
