/*
 * markdown.h - values that strangers chose, in a text that a chat client marks up.
 *
 * Source: Slack developer documentation, "Formatting text for app surfaces"; CommonMark 0.31, code
 * spans.
 */
#ifndef MARKDOWN_H
#define MARKDOWN_H

#include <lambda/buffer.h>
#include <stddef.h>

/*
 * Appends a text, which must be UTF-8, between backquotes, where no client sees markup, a mention
 * or a link: its own backquotes become apostrophes, & < > entities. Of more than max bytes, escaped
 * and with the backquotes, the rest is "...".
 */
void markdown_add_code(struct lambda_buffer *out, const char *text, size_t max);

/* Appends a text outside backquotes: its markup becomes spaces, & < > entities. */
void markdown_add_plain(struct lambda_buffer *out, const char *text);

#endif
