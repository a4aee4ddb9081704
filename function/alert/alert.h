/*
 * alert.h - what a person or a machine needs to know about one match.
 *
 * An alert is computed once, from an event and the rule that it matched; the renderers only lay it
 * out. Every text in it is clean (text.h): one line, no controls, at most ALERT_TEXT_MAX - 1 bytes.
 * A value that the record does not have is "", a JSON null is "null".
 *
 * Source: CloudTrail User Guide, "CloudTrail record contents" and "CloudTrail userIdentity
 * element".
 */
#ifndef ALERT_H
#define ALERT_H

#include "event.h"
#include "sigma/rule.h"
#include <stdbool.h>
#include <stdint.h>

enum { ALERT_TEXT_MAX = 512 }; /* bytes, with the NUL */

enum alert_outcome { ALERT_SUCCEEDED, ALERT_DENIED, ALERT_FAILED };

struct alert {
    const struct rule *rule;   /* borrowed */
    const struct event *event; /* borrowed */
    enum alert_outcome outcome;
    bool enables_region;   /* it is account:EnableRegion, so region and the advice make sense */
    int64_t time_ms;       /* when the alert was made, Unix time */
    int64_t event_time_ms; /* when the call was made; time_ms if the record does not say */
    bool has_event_time;   /* eventTime could be read */

    char id[ALERT_TEXT_MAX]; /* <rule id>:<eventID>; the request id if that is no UUID */
    char event_id[ALERT_TEXT_MAX];
    char request_id[ALERT_TEXT_MAX]; /* AWS's id of the recorded call */
    char shared_event_id[ALERT_TEXT_MAX];
    char delivery_id[ALERT_TEXT_MAX]; /* EventBridge's id of the envelope */
    char event_name[ALERT_TEXT_MAX];
    char event_source[ALERT_TEXT_MAX];
    char event_time[ALERT_TEXT_MAX];
    char aws_region[ALERT_TEXT_MAX]; /* where the call was logged */
    char error_code[ALERT_TEXT_MAX];
    char error_message[ALERT_TEXT_MAX];

    char region[ALERT_TEXT_MAX];         /* the Region to be enabled */
    char target_account[ALERT_TEXT_MAX]; /* whose account it concerns */
    char caller_account[ALERT_TEXT_MAX]; /* whose principal called */

    char actor[ALERT_TEXT_MAX]; /* short name: the session, the user, "root", the service */
    char actor_type[ALERT_TEXT_MAX];
    char actor_arn[ALERT_TEXT_MAX];
    char principal_id[ALERT_TEXT_MAX];
    char role[ALERT_TEXT_MAX]; /* of the session's issuer */
    char mfa[ALERT_TEXT_MAX];
    char console[ALERT_TEXT_MAX];
    char access_key_id[ALERT_TEXT_MAX];
    char invoked_by[ALERT_TEXT_MAX];
    char source_identity[ALERT_TEXT_MAX];
    char source_address[ALERT_TEXT_MAX];
    char user_agent[ALERT_TEXT_MAX];
    char vpc_endpoint_id[ALERT_TEXT_MAX];
};

/*
 * Computes the alert; cannot fail. rule and event must outlive it. request_id is Lambda's: it takes
 * the place of a missing eventID in the alert's id. now_ms is Unix time.
 */
void alert_make(struct alert *alert, const struct rule *rule, const struct event *event,
                const char *request_id, int64_t now_ms);

/* Whether the record has the value: it is neither "" nor "null". */
bool alert_knows(const char *text);

/* The value for a person's eyes: "not recorded" for "". */
const char *alert_shown(const char *text);

/* Whether one account called for another. */
bool alert_acts_across(const struct alert *alert);

/* SUCCEEDED, DENIED or FAILED. */
const char *alert_outcome_name(const struct alert *alert);

#endif
