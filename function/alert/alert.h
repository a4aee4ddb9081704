/*
 * alert.h - what a person or a machine needs to know about one match.
 *
 * An alert is computed once, from an event and the rule that it matched; the renderers only lay it
 * out. Every text in it is clean (text.h): one line, no controls, at most ALERT_TEXT_MAX - 1 bytes.
 * A value that the record does not have is "", a JSON null is "null".
 *
 * Source: CloudTrail User Guide, "CloudTrail record contents" and "CloudTrail userIdentity
 * element"; Sigma specification 2.1.0, "Sigma Rules Specification".
 */
#ifndef ALERT_H
#define ALERT_H

#include "alert/status.h"
#include "event.h"
#include "sigma/rule.h"
#include <stdbool.h>
#include <stdint.h>

enum {
    ALERT_TEXT_MAX = 512, /* bytes, with the NUL */
    ALERT_ITEMS_MAX = 16, /* of a list of the rule, and of the fields; of more the last is "..." */
};

/* The `source` of an envelope that makes its alert a test. No event of AWS has it. */
#define ALERT_TEST_SOURCE "enable-region-alert"

enum alert_outcome { ALERT_SUCCEEDED, ALERT_DENIED, ALERT_FAILED, ALERT_TEST, ALERT_STATUS };

struct alert_list {
    char items[ALERT_ITEMS_MAX][ALERT_TEXT_MAX];
    size_t count;
};

/* Values of the record that the rule asks for: those of the field names.items[i] in values. */
struct alert_fields {
    struct alert_list names;
    struct alert_list values;
};

/* Some 80 KiB. Nothing in it needs to be set before alert_make(). */
struct alert {
    const struct event *event; /* borrowed */
    enum alert_outcome outcome;
    const struct status *status; /* the notice that it is; NULL: it is a call */
    bool enables_region;         /* it is the call account:EnableRegion */
    bool shortened;              /* by alert_shorten() */
    int64_t time_ms;             /* when the alert was made, Unix time */
    int64_t event_time_ms;       /* when the call was made; time_ms if the record does not say */
    bool has_event_time;         /* eventTime could be read */
    bool has_event_id;           /* eventID is a UUID */
    bool has_lasting_id;         /* id is made of it: the same id means a copy */
    bool has_error;              /* errorCode is there */
    bool is_root;                /* the root user called */

    char id[ALERT_TEXT_MAX]; /* <rule id>:<eventID>; Lambda's request id of a test or without one */
    char event_id[ALERT_TEXT_MAX];
    char request_id[ALERT_TEXT_MAX]; /* AWS's id of the recorded call */
    char shared_event_id[ALERT_TEXT_MAX];
    char delivery_id[ALERT_TEXT_MAX]; /* EventBridge's id of the envelope */
    char event_name[ALERT_TEXT_MAX];
    char event_source[ALERT_TEXT_MAX];
    char api_version[ALERT_TEXT_MAX];
    char event_time[ALERT_TEXT_MAX];
    char aws_region[ALERT_TEXT_MAX]; /* where the call was logged */
    char error_code[ALERT_TEXT_MAX];
    char error_message[ALERT_TEXT_MAX];

    char region[ALERT_TEXT_MAX];         /* that is to be enabled, or has the status */
    char asked_account[ALERT_TEXT_MAX];  /* the parameter AccountId of the call */
    char target_account[ALERT_TEXT_MAX]; /* whose account it concerns */
    char target_name[ALERT_TEXT_MAX];    /* its name, "" where it has none */
    char caller_account[ALERT_TEXT_MAX]; /* whose principal called */
    char caller_name[ALERT_TEXT_MAX];

    char actor[ALERT_TEXT_MAX]; /* short name: the session, the user, "ROOT USER", the service */
    char actor_type[ALERT_TEXT_MAX];
    char actor_arn[ALERT_TEXT_MAX];
    char principal_id[ALERT_TEXT_MAX];
    char role[ALERT_TEXT_MAX]; /* of the session's issuer */
    char mfa[ALERT_TEXT_MAX];
    char console[ALERT_TEXT_MAX];
    char access_key_id[ALERT_TEXT_MAX];
    char credential_id[ALERT_TEXT_MAX]; /* of a user of IAM Identity Center, like the next */
    char identity_store[ALERT_TEXT_MAX];
    char identity_provider[ALERT_TEXT_MAX];
    char invoked_by[ALERT_TEXT_MAX];
    char source_identity[ALERT_TEXT_MAX];
    char source_address[ALERT_TEXT_MAX];
    char user_agent[ALERT_TEXT_MAX];
    char vpc_endpoint_id[ALERT_TEXT_MAX];

    char rule_id[ALERT_TEXT_MAX];
    char rule_title[ALERT_TEXT_MAX];
    char rule_description[ALERT_TEXT_MAX];
    char rule_status[ALERT_TEXT_MAX];
    char rule_level[ALERT_TEXT_MAX];
    char rule_author[ALERT_TEXT_MAX];
    char rule_date[ALERT_TEXT_MAX];
    char rule_license[ALERT_TEXT_MAX];
    struct alert_list tags;
    struct alert_list references;
    struct alert_list falsepositives;
    struct alert_fields matched; /* what the rule matched by; a keyword has the name "keyword" */
    struct alert_fields further; /* what the rule's `fields` name beside */
};

/* What an alert is made of; all borrowed. */
struct alert_input {
    const struct rule *rule;       /* status_rule: the event is a notice of a status */
    const struct event *event;     /* must outlive the alert */
    struct evaluation *evaluation; /* NULL: what the rule matched by is not looked for */
    const char *account_names;     /* see alert/accounts.h */
    const char *request_id;        /* Lambda's */
    int64_t now_ms;                /* Unix time */
};

/* Computes the alert; cannot fail. */
void alert_make(struct alert *alert, const struct alert_input *input);

/*
 * Cuts the texts of the record and of the rule to less than text_max bytes, 8 or more, and every
 * list to items_max. What was cut ends in "...". UUIDs stay whole; a reference that would be cut
 * goes, since it leads nowhere then.
 */
void alert_shorten(struct alert *alert, size_t text_max, size_t items_max);

/* Whether the record has the value: it is neither "" nor "null". */
bool alert_knows(const char *text);

/* The value for a person's eyes: "not recorded" for "". */
const char *alert_shown(const char *text);

/* Whether one account called for another. */
bool alert_acts_across(const struct alert *alert);

/* Whether it is about a Region: a call to enable one, or a notice of its status. */
bool alert_is_of_region(const struct alert *alert);

/* The Region that it concerns: the one to be enabled, else the one where the call was logged. */
const char *alert_region(const struct alert *alert);

/* SUCCEEDED, DENIED, FAILED or TEST; of a notice, the status. */
const char *alert_outcome_name(const struct alert *alert);

#endif
