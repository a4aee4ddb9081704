/*
 * message.h - an alert as the Message of one SNS Publish with MessageStructure=json.
 *
 * Source: SNS API Reference, Publish: a JSON object with a text for each protocol and "default".
 */
#ifndef MESSAGE_H
#define MESSAGE_H

#include "alert/alert.h"
#include <lambda/buffer.h>
#include <lambda/error.h>
#include <stdbool.h>

enum { MESSAGE_MAX_BYTES = 262144 }; /* of a standard topic, as it is made */

/*
 * Replaces what message holds by {"default": finding, "email": text, "email-json": text}. Where
 * that would be more than MESSAGE_MAX_BYTES the finding goes without the event. message must allow
 * at least that much. Fails with Function.AlertNotBuilt: too large even so, or out of memory.
 */
LAMBDA_MUST_CHECK bool message_write(const struct alert *alert, struct lambda_buffer *message,
                                     struct lambda_error *err);

#endif
