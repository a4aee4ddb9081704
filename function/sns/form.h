/*
 * form.h - application/x-www-form-urlencoded, as the SNS query protocol takes it.
 *
 * A space is '+'; letters, digits and -_.~ stand for themselves; every other byte is %XX. (Some SNS
 * emulators sign the form as they would have encoded it, so %20 for a space is not the same to
 * them.)
 */
#ifndef FORM_H
#define FORM_H

#include <lambda/buffer.h>

/* Appends name=value, with '&' before it unless the form is empty. The name is not encoded. */
void form_add(struct lambda_buffer *form, const char *name, const char *value);

#endif
