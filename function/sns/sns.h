/*
 * sns.h - publishing a message to an SNS topic: at least once, or a reason.
 *
 * A try that may help is made again, up to a number of attempts and inside the deadline, with the
 * back-off of the AWS SDKs: before retry n (from 0) a random part of base * 2^n, base 50 ms or,
 * when throttled, 1 s, at most 20 s; x-amz-retry-after moves it into [t, t + 5 s].
 *
 * More than ten e-mails a second to one address make SNS suspend the subscription. So publishes are
 * interval_ms apart at least, but for FIFO topics, which have no e-mail; and but where waiting
 * would leave less than a whole attempt before the deadline: then it is made at once.
 *
 * Sources: SNS API Reference, Publish; AWS SDKs and Tools Reference Guide, "Retry behavior"; AWS
 * General Reference, "Amazon SNS endpoints and quotas".
 */
#ifndef SNS_H
#define SNS_H

#include "sns/https.h"
#include "sns/topic.h"
#include <lambda/buffer.h>
#include <lambda/error.h>
#include <stdbool.h>
#include <stdint.h>

struct sns {
    const struct topic *topic; /* borrowed */
    int max_attempts;
    int64_t interval_ms; /* at least, between two publishes */
    int64_t last_ms;     /* when the last one was made */
    struct https https;
    struct https_reply reply;
    struct lambda_buffer form;
};

struct sns_message {
    const char *subject; /* see alert/subject.h; "": none */
    const char *text;
    bool is_structured;            /* text is JSON with a text for each protocol */
    const char *const *attributes; /* name, value, name, value, NULL */
    const char *group_id;          /* these two are sent to FIFO topics only */
    const char *deduplication_id;
};

struct sns_receipt {
    char message_id[64];
    char request_id[64];
    int attempts;
    int64_t duration_ms; /* of all attempts, without the wait for the pace */
};

/*
 * Prepares; connects nowhere. interval_ms 0: no pace. topic and all that endpoint points to are
 * needed until sns_done().
 */
LAMBDA_MUST_CHECK bool sns_init(struct sns *sns, const struct topic *topic,
                                const struct https_endpoint *endpoint, int max_attempts,
                                int64_t interval_ms, struct lambda_error *err);
void sns_done(struct sns *sns);

/* Opens the connection that the first publish will use. Best effort: false leaves all as it was. */
LAMBDA_MUST_CHECK bool sns_connect(struct sns *sns, struct lambda_error *err);

/*
 * True: SNS answered 200 with a MessageId, and receipt says which. Fails with
 * Function.PublishDenied, PublishRejected, PublishThrottled, PublishUnreachable, PublishUntrusted
 * or AlertNotBuilt; the message holds SNS's code, words and request id. Nothing is started that
 * cannot end half a second before deadline_ms (Unix time). After a failure the message may all the
 * same have been accepted.
 */
LAMBDA_MUST_CHECK bool sns_publish(struct sns *sns, const struct https_credentials *credentials,
                                   const struct sns_message *message, int64_t deadline_ms,
                                   struct sns_receipt *receipt, struct lambda_error *err);

/* The delay before a retry, given a random number: public for its tests. */
int64_t sns_retry_delay_ms(bool throttled, int retry, int64_t retry_after_ms, uint32_t random);

#endif
