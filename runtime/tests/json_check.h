/* json_check.h - a strict reader of JSON (RFC 8259), to judge what the library writes. */
#ifndef JSON_CHECK_H
#define JSON_CHECK_H

#include <stdbool.h>
#include <stddef.h>

/* True if the bytes are exactly one JSON value in valid UTF-8, without blanks outside strings. */
bool json_is_valid(const char *text, size_t len);

#endif
