/*
 * handler.h - one invocation: an event goes in, alerts go out, an answer comes back.
 *
 *   the event                      the invocation
 *   is not JSON, or no record      fails: Function.EventNotJson, Function.EventNotRecord
 *   matches no rule                succeeds
 *   is a notice of a Region's      is published too, as an alert of its own: it counts as no match
 *     opt-in status
 *   matches, a filter suppresses   succeeds; the answer and the log (WARN) say so
 *   matches, was published before  succeeds, likewise: the last 32 alerts of this process are known
 *   matches, all were published    succeeds; the answer lists the alerts
 *   matches, any was not           fails, naming the rules; each matching rule was attempted
 *   a rule reaches a limit         fails likewise: Function.RuleLimit
 *
 * The answer: {"matched":n,"alerts":[{"ruleId","eventId","messageId"}],
 *              "suppressed":[{"ruleId","eventId","reason"}]}, reason filter or duplicate.
 */
#ifndef HANDLER_H
#define HANDLER_H

#include "alert/message.h"
#include "config.h"
#include "ring.h"
#include "sigma/rules.h"
#include "sns/sns.h"
#include <lambda/runtime.h>

struct handler {
    struct rules *rules; /* borrowed, like the next two */
    struct sns *sns;
    const struct config *config;
    struct alert alert;     /* the one at hand; too large for the stack */
    struct ring ring;       /* of what SNS took, but for tests and alerts without an eventID */
    struct message message; /* these are kept from invocation to invocation */
    struct lambda_buffer published;  /* the alerts of the answer */
    struct lambda_buffer suppressed; /* what it says of the matches that were not published */
};

/* handler must be zeroed, such as one with static storage. */
void handler_init(struct handler *handler, struct rules *rules, struct sns *sns,
                  const struct config *config);
void handler_done(struct handler *handler);

/* A lambda_handler; user is the struct handler. */
bool handler_run(const struct lambda_invocation *invocation, struct lambda_buffer *response,
                 struct lambda_error *err, void *user);

#endif
