/*
 * event.h - what CloudTrail recorded and EventBridge delivered.
 *
 * An event is an EventBridge envelope, whose `detail` is the CloudTrail record, or a bare record:
 * an object with eventSource and eventName and no `detail`. The detail-type never keeps a record
 * out.
 *
 * Values of a record are chosen by whoever made the call. event_parse() therefore first makes the
 * text safe, in place, so that no value can be cut short or take the whole event with it:
 *   - the escape \u0000 and escapes of lone surrogates become \ufffd;
 *   - an escape \u without four hexadecimal digits is made one that no reader of JSON takes;
 *   - raw NULs and bytes that are not UTF-8 become '?'.
 * Keys are compared exactly and the first of equal keys counts.
 *
 * Source: CloudTrail User Guide, "CloudTrail record contents"; EventBridge User Guide, "Events from
 * AWS services delivered via AWS CloudTrail".
 */
#ifndef EVENT_H
#define EVENT_H

#include <lambda/error.h>
#include <stdbool.h>
#include <stddef.h>

struct cJSON;

struct event {
    const char *text; /* the safe text; borrowed from the caller of event_parse() */
    size_t text_len;  /* bytes */
    struct cJSON *envelope;
    const struct cJSON *record; /* inside envelope, or the same */
};

enum event_kind { EVENT_NULL, EVENT_BOOL, EVENT_NUMBER, EVENT_STRING, EVENT_OBJECT };

/* A value as text: true, false, the digits, the characters; "" for null and objects. */
struct event_value {
    enum event_kind kind;
    const char *text; /* never NULL; valid during the visit */
    size_t text_len;  /* bytes */
    double number;    /* of EVENT_NUMBER */
    const struct cJSON *node;
};

/* Where to look, and whether keys are compared exactly or without regard to ASCII case. */
enum event_scope { EVENT_RECORD, EVENT_RECORD_ANY_CASE, EVENT_ENVELOPE };

/* Makes text safe in place; its length stays. event_parse() does it: public for its tests. */
void event_make_safe(char *text, size_t len);

/*
 * Reads len bytes at text, which are changed in place and must stay until event_done(); text[len]
 * must be NUL. Fails with Function.EventNotJson (not one JSON text, or nested over 1,000 deep) or
 * Function.EventNotRecord. Call event_done() in either case.
 */
LAMBDA_MUST_CHECK bool event_parse(struct event *event, char *text, size_t len,
                                   struct lambda_error *err);

/* Frees the tree. Accepts a zeroed struct. */
void event_done(struct event *event);

/* Looks at one value; true ends the visit. arg is passed through. */
typedef bool event_visitor(const struct event_value *value, void *arg);

/*
 * Shows the visitor every value at a path of keys joined by dots, until it returns true; returns
 * whether it did. At each object the rest of the path as one literal key, where there is such a
 * key, counts instead. An array stands for its elements, on the path and at its end. A path that
 * leads nowhere shows nothing.
 */
bool event_any(const struct event *event, enum event_scope scope, const char *path,
               event_visitor *visit, void *arg);

/* Whether the path leads to anything, be it null or an empty array. */
bool event_has(const struct event *event, enum event_scope scope, const char *path);

/*
 * Writes the compact JSON text of an object, or of the whole record, into out, an array of size
 * bytes. False if it does not fit. Six times the length of the event's text and 64 bytes are always
 * enough.
 */
LAMBDA_MUST_CHECK bool event_print(const struct event_value *object, char *out, size_t size);
LAMBDA_MUST_CHECK bool event_print_record(const struct event *event, char *out, size_t size);

/* Takes one event, which is lent for the call. */
typedef void event_taker(const struct event *event, void *arg);

/*
 * Reads a file of events: any number of JSON texts one behind the other (so also one a line), each
 * an event as above, an array of events, or an object with an array of them at `Records`. With a
 * member, the text is one object and the events are those of its array of that name. Other demands
 * and failures are those of event_parse(); events before the failure have been taken.
 */
LAMBDA_MUST_CHECK bool event_read_all(char *text, size_t len, const char *member, event_taker *take,
                                      void *arg, struct lambda_error *err);

#endif
