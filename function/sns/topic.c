#include "sns/topic.h"

#include "text.h"
#include <stdio.h>
#include <string.h>

enum { ARN_PARTS = 6 }; /* arn:partition:sns:region:account:name */

struct topic_partition {
    const char *name;
    const char *suffix;
    const char *dual_stack_suffix; /* NULL: none */
};

static const struct topic_partition partitions[] = {
    {"aws", "amazonaws.com", "api.aws"},
    {"aws-us-gov", "amazonaws.com", "api.aws"},
    {"aws-cn", "amazonaws.com.cn", "api.amazonwebservices.com.cn"},
    {"aws-eusc", "amazonaws.eu", "api.amazonwebservices.eu"},
    {"aws-iso", "c2s.ic.gov", NULL},
    {"aws-iso-b", "sc2s.sgov.gov", NULL},
    {"aws-iso-e", "cloud.adc-e.uk", NULL},
    {"aws-iso-f", "csp.hci.ic.gov", NULL},
};

/* Where the plain name of the single-stack endpoint is the FIPS endpoint. */
static const char *const plain_fips_regions[] = {"us-gov-east-1", "us-gov-west-1"};

static const struct topic_partition *find_partition(const char *name)
{
    for (size_t i = 0; i < sizeof partitions / sizeof partitions[0]; i++) {
        if (strcmp(partitions[i].name, name) == 0)
            return &partitions[i];
    }
    return NULL;
}

/* Cuts an ARN at its colons into six parts; false if it has fewer. The last may hold colons. */
static bool split(char *arn, char *parts[ARN_PARTS])
{
    for (size_t i = 0; i < ARN_PARTS; i++) {
        parts[i] = arn;
        arn = strchr(arn, ':');
        if (i + 1 == ARN_PARTS)
            break;
        if (arn == NULL)
            return false;
        *arn++ = '\0';
    }
    return true;
}

/* Takes the end of a FIFO topic's name off. */
static bool cut_fifo(char *name)
{
    static const char suffix[] = ".fifo";
    if (!text_ends_with(name, suffix))
        return false;
    name[strlen(name) - strlen(suffix)] = '\0';
    return true;
}

static bool read_parts(struct topic *topic, char *parts[ARN_PARTS])
{
    topic->is_fifo = cut_fifo(parts[5]);
    topic->partition = find_partition(parts[1]);
    snprintf(topic->region, sizeof topic->region, "%s", parts[3]);
    snprintf(topic->account, sizeof topic->account, "%s", parts[4]);
    return strcmp(parts[0], "arn") == 0 && topic->partition != NULL &&
           strcmp(parts[2], "sns") == 0 &&
           text_is(parts[3], TEXT_LOWER TEXT_DIGITS "-", 1, sizeof topic->region - 1) &&
           text_is_account(parts[4]) &&
           text_is(parts[5], TEXT_LOWER TEXT_UPPER TEXT_DIGITS "_-", 1, 256);
}

bool topic_parse(struct topic *topic, const char *name, const char *arn, struct lambda_error *err)
{
    char copy[TOPIC_ARN_MAX];
    char *parts[ARN_PARTS];
    *topic = (struct topic){0};
    snprintf(topic->arn, sizeof topic->arn, "%s", arn);
    memcpy(copy, topic->arn, sizeof copy);
    return (strlen(arn) < sizeof copy && split(copy, parts) && read_parts(topic, parts)) ||
           lambda_fail(err, "Function.ConfigInvalid",
                       "%s is \"%s\": it must be the ARN of an SNS topic in a partition of AWS, "
                       "such as arn:aws:sns:us-east-1:123456789012:alerts",
                       name, arn);
}

bool topic_is_commercial(const struct topic *topic)
{
    return strcmp(topic->partition->name, "aws") == 0;
}

static bool is_plain_fips(const struct topic *topic)
{
    for (size_t i = 0; i < sizeof plain_fips_regions / sizeof plain_fips_regions[0]; i++) {
        if (strcmp(topic->region, plain_fips_regions[i]) == 0)
            return true;
    }
    return false;
}

bool topic_endpoint(const struct topic *topic, bool fips, bool dual_stack,
                    char url[TOPIC_ENDPOINT_MAX], struct lambda_error *err)
{
    const char *suffix =
        dual_stack ? topic->partition->dual_stack_suffix : topic->partition->suffix;
    if (suffix == NULL)
        return lambda_fail(err, "Function.ConfigInvalid",
                           "AWS_USE_DUALSTACK_ENDPOINT is true, but the partition %s has no "
                           "dual-stack endpoints: unset it",
                           topic->partition->name);
    bool marked = fips && (dual_stack || !is_plain_fips(topic));
    snprintf(url, TOPIC_ENDPOINT_MAX, "https://sns%s.%s.%s/", marked ? "-fips" : "", topic->region,
             suffix);
    return true;
}
