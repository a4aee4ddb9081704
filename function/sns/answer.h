/*
 * answer.h - what SNS said to a Publish, and whether to try again.
 *
 * Sources: SNS API Reference, Publish and "Common errors"; AWS SDKs and Tools Reference Guide,
 * "Retry behavior"; KMSThrottling is retried here, although the SDKs do not.
 */
#ifndef ANSWER_H
#define ANSWER_H

enum answer_verdict {
    ANSWER_ACCEPTED,
    ANSWER_TRANSIENT, /* try again */
    ANSWER_THROTTLED, /* try again, later */
    ANSWER_DENIED,    /* credentials or permissions: a person must act */
    ANSWER_REJECTED,  /* the request or the topic: a person must act */
};

struct answer {
    enum answer_verdict verdict;
    char message_id[64]; /* of the accepted message */
    char request_id[64]; /* "" if the body has none */
    char code[64];       /* SNS's error code; "" if the body has none */
    char message[512];   /* SNS's words, clean; "" likewise */
    const char *advice;  /* what a person can do; "" where the code says it all */
};

/* Reads a reply; body is a C string and may be anything: cut off, empty, HTML. Cannot fail. */
void answer_read(struct answer *answer, long status, const char *body);

#endif
