/*
 * message.h - an alert as what one SNS Publish takes: a subject, a message, attributes.
 *
 *   structured   MessageStructure=json: "default" is the finding, "email" and "email-json" the
 *                e-mail, "https" the card, "sms" the text message. Without attributes, since AWS
 *                does not deliver them with this structure.
 *   email        the e-mail alone, for every protocol; likewise the next two
 *   ocsf         the finding
 *   chat         the card
 *
 * Attributes of the last three: ruleId, level, outcome, account, region, test; an account or Region
 * that has not the form of one is left out, so that no caller chooses what filter policies see.
 *
 * Source: SNS API Reference, Publish; SNS Developer Guide, "Message attributes".
 */
#ifndef MESSAGE_H
#define MESSAGE_H

#include "alert/alert.h"
#include "alert/subject.h"
#include <lambda/buffer.h>
#include <lambda/error.h>
#include <stdbool.h>

enum {
    MESSAGE_LEAST_BYTES = 32768,  /* that an alert of any event and rule can be cut to */
    MESSAGE_USUAL_BYTES = 262144, /* of a topic as it is made */
    MESSAGE_MOST_BYTES = 1048576, /* that a topic can be set to */
    MESSAGE_ATTRIBUTES_MAX = 6,
};

enum message_format { MESSAGE_STRUCTURED, MESSAGE_EMAIL, MESSAGE_OCSF, MESSAGE_CHAT };

struct message {
    enum message_format format;
    char subject[SUBJECT_MAX];
    struct lambda_buffer text;
    struct lambda_buffer part;   /* private: the text of a protocol, */
    struct lambda_buffer quoted; /* and the same as a JSON string */
    /* name, value, name, value, NULL; the values are borrowed from the alert */
    const char *attributes[2 * MESSAGE_ATTRIBUTES_MAX + 1];
};

/* The format of that name. False: there is none. */
bool message_find_format(const char *name, enum message_format *format);

/* max_bytes: of the text, and of the names, types and values of the attributes, together. */
void message_init(struct message *message, enum message_format format, size_t max_bytes);
void message_done(struct message *message);

/*
 * Makes the message of an alert. Where it would be too large, the finding goes without the event;
 * if that is not enough, the alert's texts and lists are cut, step by step. Fails with
 * Function.AlertNotBuilt: too large even so, or out of memory.
 */
LAMBDA_MUST_CHECK bool message_write(struct message *message, struct alert *alert,
                                     struct lambda_error *err);

#endif
