/*
 * email.h - an alert as a plain text that a person reads on a phone.
 */
#ifndef EMAIL_H
#define EMAIL_H

#include "alert/alert.h"
#include <lambda/buffer.h>

/*
 * Appends the text. No line is longer than TEXT_COLUMNS characters but links and the alert's id.
 * Values of the event are no links: see text_add_field().
 */
void email_write(const struct alert *alert, struct lambda_buffer *text);

#endif
