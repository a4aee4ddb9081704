/*
 * email.h - an alert as a plain text that a person reads on a phone.
 */
#ifndef EMAIL_H
#define EMAIL_H

#include "alert/alert.h"
#include <lambda/buffer.h>

/*
 * Appends the text. No line is longer than TEXT_COLUMNS characters but the link and the alert's id.
 * A value enters a command only if it has the form of what stands there; else a word in capitals
 * does.
 */
void email_write(const struct alert *alert, struct lambda_buffer *text);

#endif
