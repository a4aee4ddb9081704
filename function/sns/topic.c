#include "sns/topic.h"

#include "text.h"
#include <stdio.h>
#include <string.h>

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

static const char arn_form[] =
    "^arn:[a-z-]+:sns:[a-z0-9-]{1,31}:[0-9]{12}:[A-Za-z0-9_-]{1,256}([.]fifo)?$";

static const struct topic_partition *find_partition(const char *name, size_t len)
{
    for (size_t i = 0; i < sizeof partitions / sizeof partitions[0]; i++) {
        if (strlen(partitions[i].name) == len && strncmp(partitions[i].name, name, len) == 0)
            return &partitions[i];
    }
    return NULL;
}

bool topic_parse(struct topic *topic, const char *name, const char *arn, struct lambda_error *err)
{
    *topic = (struct topic){0};
    if (strlen(arn) >= sizeof topic->arn || !text_matches(arn, arn_form))
        return lambda_fail(err, "Function.ConfigInvalid",
                           "%s is \"%s\": it must be the ARN of an SNS topic, such as "
                           "arn:aws:sns:us-east-1:123456789012:alerts",
                           name, arn);
    const char *partition = strchr(arn, ':') + 1;
    const char *service = strchr(partition, ':') + 1;
    const char *region = strchr(service, ':') + 1;
    const char *account = strchr(region, ':') + 1;
    topic->partition = find_partition(partition, (size_t)(service - 1 - partition));
    if (topic->partition == NULL)
        return lambda_fail(err, "Function.ConfigInvalid",
                           "%s is \"%s\": its partition is none that this version knows", name,
                           arn);
    snprintf(topic->arn, sizeof topic->arn, "%s", arn);
    snprintf(topic->region, sizeof topic->region, "%.*s", (int)(account - 1 - region), region);
    snprintf(topic->account, sizeof topic->account, "%.12s", account);
    topic->is_fifo = strchr(account, '.') != NULL;
    return true;
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
