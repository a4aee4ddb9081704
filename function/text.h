/*
 * text.h - text for people, made of values that strangers chose.
 */
#ifndef TEXT_H
#define TEXT_H

#include <lambda/buffer.h>
#include <stdbool.h>
#include <stddef.h>

enum { TEXT_COLUMNS = 76 }; /* characters of a line that mail programs do not wrap */

/*
 * Appends the len bytes at text to the C string in out, an array of size (8 or more) bytes. Tabs,
 * line breaks and separators become a space; other controls and directional marks are left out;
 * what is not UTF-8 becomes '?'. What does not fit is cut on a character boundary and marked with
 * "...".
 */
void text_add_clean(char *out, size_t size, const char *text, size_t len);

/*
 * Appends text to the C string in out, an array of size bytes, as printable ASCII: any other
 * character is '?'. Of more than max (4 or more) characters the last are "...".
 */
void text_add_ascii(char *out, size_t size, const char *text, size_t max);

/* How many characters of UTF-8 a text has. */
size_t text_count(const char *text);

/*
 * Appends a label, padded to so many columns, and beside it the formatted text, which must be
 * clean: cut at 2,047 bytes, and wrapped so that no line is longer than TEXT_COLUMNS. The colon of
 * an address is put in brackets, so that no mail program makes a link of it. Ends in a line break.
 */
__attribute__((format(printf, 4, 5))) void
text_add_field(struct lambda_buffer *out, int columns, const char *label, const char *format, ...);

#define TEXT_DIGITS "0123456789"
#define TEXT_LOWER "abcdefghijklmnopqrstuvwxyz"
#define TEXT_UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* Whether text is min to max characters, each of the alphabet. */
bool text_is(const char *text, const char *alphabet, size_t min, size_t max);

/* Whether text is a UUID, such as CloudTrail's event ids: 32 hexadecimal digits in five groups. */
bool text_is_uuid(const char *text);

/* Whether text is an AWS account's number: 12 digits. */
bool text_is_account(const char *text);

/* Whether text ends so. */
bool text_ends_with(const char *text, const char *end);

/* Whether text is one of the words, a list that ends in NULL. */
bool text_is_one_of(const char *text, const char *const *words);

/*
 * Whether the whole of text matches a regular expression of our own, which is compiled anew each
 * time. False also where memory runs out: use it to admit.
 */
bool text_matches(const char *text, const char *expression);

#endif
