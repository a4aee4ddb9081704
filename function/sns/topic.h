/*
 * topic.h - an SNS topic's ARN, and where its API answers.
 *
 * Sources: AWS General Reference, "Amazon Resource Names" and "Amazon SNS endpoints and quotas";
 * the partitions of the AWS SDKs (botocore, partitions.json and endpoint rules of sns).
 */
#ifndef TOPIC_H
#define TOPIC_H

#include <lambda/error.h>
#include <stdbool.h>

enum {
    TOPIC_ARN_MAX = 384,      /* bytes, like the others with the NUL */
    TOPIC_REGION_MAX = 32,    /* a Region's name */
    TOPIC_ENDPOINT_MAX = 320, /* a URL */
};

struct topic {
    char arn[TOPIC_ARN_MAX];
    char region[TOPIC_REGION_MAX]; /* of the endpoint and of the signature */
    char account[16];
    bool is_fifo;
    const struct topic_partition *partition;
};

/*
 * Reads arn:PARTITION:sns:REGION:ACCOUNT:NAME. Fails with Function.ConfigInvalid, naming what is
 * wrong with it; name is the setting that held it, for the message.
 */
LAMBDA_MUST_CHECK bool topic_parse(struct topic *topic, const char *name, const char *arn,
                                   struct lambda_error *err);

/* Whether the topic is in the partition `aws`, whose endpoints hold certificates of the Amazon
 * roots. */
bool topic_is_commercial(const struct topic *topic);

/*
 * Writes https://HOST/ of the topic's Region: the FIPS and the dual-stack endpoint where asked for.
 * Fails with Function.ConfigInvalid where the partition has no dual-stack endpoints.
 */
LAMBDA_MUST_CHECK bool topic_endpoint(const struct topic *topic, bool fips, bool dual_stack,
                                      char url[TOPIC_ENDPOINT_MAX], struct lambda_error *err);

#endif
