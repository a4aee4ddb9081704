/*
 * config.h - the environment, read and checked once.
 *
 *   ALERT_TOPIC_ARN             the topic to publish to; required
 *   ALERT_FORMAT                structured, email, ocsf or chat: see alert/message.h
 *   ALERT_ACCOUNT_NAMES         names for accounts: see alert/accounts.h
 *   ALERT_MAX_BYTES             of a message; 262,144 unless set
 *   ALERT_MAX_PER_SECOND        publishes of this process, 1 to 100; 5 unless set; 0: no limit
 *   AWS_ENDPOINT_URL_SNS        another SNS endpoint: https://host[:port], or http:// to a loopback
 *                               address
 *   AWS_ENDPOINT_URL            the same, where the former is not set
 *   AWS_IGNORE_CONFIGURED_ENDPOINT_URLS
 *                               true: neither counts
 *   AWS_USE_FIPS_ENDPOINT       true: the FIPS endpoint; not together with another endpoint
 *   AWS_USE_DUALSTACK_ENDPOINT  true: the dual-stack endpoint; likewise
 *   AWS_CA_BUNDLE               the only certificates to trust (PEM file)
 *   SSL_CERT_FILE               the certificates to try where the Amazon roots do not fit
 *   AWS_REGION                  where the function runs
 *   AWS_MAX_ATTEMPTS            of one publish, 1 to 10; 3 unless set
 *   LAMBDA_TASK_ROOT            the rules are in its folder rules/; else beside the executable
 *   AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN
 *                               read at every publish
 *
 * An empty variable counts as absent.
 *
 * Source: AWS SDKs and Tools Reference Guide, "Settings reference".
 */
#ifndef CONFIG_H
#define CONFIG_H

#include "alert/message.h"
#include "sns/https.h"
#include "sns/topic.h"
#include <lambda/error.h>
#include <stdbool.h>

enum { CONFIG_PATH_MAX = 4096, CONFIG_URL_MAX = TOPIC_ENDPOINT_MAX };

/* Strings are never NULL, "" where nothing is set. Not to be moved or copied once it is read. */
struct config {
    struct topic topic;
    struct https_endpoint endpoint;     /* points into the others and into the environment */
    char url[CONFIG_URL_MAX];           /* of the endpoint */
    char rules_folder[CONFIG_PATH_MAX]; /* where the rules are */
    const char *region;        /* where this function runs; borrowed from the environment */
    const char *account_names; /* likewise */
    enum message_format format;
    long max_bytes;
    long interval_ms; /* at least, between two publishes */
    long max_attempts;
};

/* Fails with Function.ConfigInvalid, naming the variable, its value and what it must be. */
LAMBDA_MUST_CHECK bool config_read(struct config *config, struct lambda_error *err);

/*
 * The keys of the function's role as they are now; borrowed from the environment. Fails with
 * Function.NoCredentials where one is missing or holds a line break.
 */
LAMBDA_MUST_CHECK bool config_credentials(struct https_credentials *credentials,
                                          struct lambda_error *err);

#endif
