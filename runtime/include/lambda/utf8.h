/*
 * lambda/utf8.h - reading UTF-8 that nobody has checked.
 *
 * Source: The Unicode Standard 15, table 3-7 (well-formed byte sequences) and UAX #9, section 2
 * (directional formatting characters).
 */
#ifndef LAMBDA_UTF8_H
#define LAMBDA_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The first character of the len bytes at text: stores its code point and returns how many bytes it
 * takes (1 to 4). Returns 0, with nothing stored, for an ill-formed or cut sequence and for len 0.
 * Surrogates, overlong forms and code points above U+10FFFF are ill-formed.
 */
size_t lambda_utf8_decode(const char *text, size_t len, uint32_t *code);

/*
 * True for what has no shape of its own but changes how a line is shown: C0 and C1 controls, DEL,
 * line and paragraph separators, directional marks, embeddings and isolates, the byte-order mark,
 * U+FFFE and U+FFFF.
 */
bool lambda_utf8_is_control(uint32_t code);

#ifdef __cplusplus
}
#endif

#endif
