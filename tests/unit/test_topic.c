#include "sns/topic.h"
#include "test.h"

static void test_endpoints(void **state)
{
    (void)state;
    static const struct {
        const char *arn;
        bool fips;
        bool dual_stack;
        const char *wanted; /* NULL: refused */
    } rows[] = {
        {"arn:aws:sns:us-east-1:123456789012:t", false, false,
         "https://sns.us-east-1.amazonaws.com/"},
        {"arn:aws:sns:eu-central-1:123456789012:t", false, false,
         "https://sns.eu-central-1.amazonaws.com/"},
        {"arn:aws:sns:us-east-1:123456789012:t", true, false,
         "https://sns-fips.us-east-1.amazonaws.com/"},
        {"arn:aws:sns:us-east-1:123456789012:t", false, true, "https://sns.us-east-1.api.aws/"},
        {"arn:aws:sns:us-east-1:123456789012:t", true, true, "https://sns-fips.us-east-1.api.aws/"},
        {"arn:aws-us-gov:sns:us-gov-west-1:123456789012:t", false, false,
         "https://sns.us-gov-west-1.amazonaws.com/"},
        {"arn:aws-us-gov:sns:us-gov-west-1:123456789012:t", true, false,
         "https://sns.us-gov-west-1.amazonaws.com/"},
        {"arn:aws-us-gov:sns:us-gov-east-1:123456789012:t", true, true,
         "https://sns-fips.us-gov-east-1.api.aws/"},
        {"arn:aws-cn:sns:cn-north-1:123456789012:t", false, false,
         "https://sns.cn-north-1.amazonaws.com.cn/"},
        {"arn:aws-cn:sns:cn-north-1:123456789012:t", false, true,
         "https://sns.cn-north-1.api.amazonwebservices.com.cn/"},
        {"arn:aws-eusc:sns:eusc-de-east-1:123456789012:t", false, false,
         "https://sns.eusc-de-east-1.amazonaws.eu/"},
        {"arn:aws-eusc:sns:eusc-de-east-1:123456789012:t", false, true,
         "https://sns.eusc-de-east-1.api.amazonwebservices.eu/"},
        {"arn:aws-iso:sns:us-iso-east-1:123456789012:t", false, false,
         "https://sns.us-iso-east-1.c2s.ic.gov/"},
        {"arn:aws-iso-b:sns:us-isob-east-1:123456789012:t", false, false,
         "https://sns.us-isob-east-1.sc2s.sgov.gov/"},
        {"arn:aws-iso-e:sns:eu-isoe-west-1:123456789012:t", false, false,
         "https://sns.eu-isoe-west-1.cloud.adc-e.uk/"},
        {"arn:aws-iso-f:sns:us-isof-south-1:123456789012:t", false, false,
         "https://sns.us-isof-south-1.csp.hci.ic.gov/"},
        {"arn:aws-iso:sns:us-iso-east-1:123456789012:t", false, true, NULL},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct topic topic;
        struct lambda_error err = {0};
        char url[TOPIC_ENDPOINT_MAX] = "";
        assert_true(topic_parse(&topic, "ALERT_TOPIC_ARN", rows[i].arn, &err));
        bool ok = topic_endpoint(&topic, rows[i].fips, rows[i].dual_stack, url, &err);
        assert_row(i, ok ? url : err.type,
                   rows[i].wanted ? rows[i].wanted : "Function.ConfigInvalid");
    }
}

static void test_parts(void **state)
{
    (void)state;
    struct topic topic;
    struct lambda_error err = {0};
    assert_true(
        topic_parse(&topic, "N", "arn:aws:sns:us-west-2:123456789012:my_Topic-1.fifo", &err));
    assert_string_equal(topic.arn, "arn:aws:sns:us-west-2:123456789012:my_Topic-1.fifo");
    assert_string_equal(topic.region, "us-west-2");
    assert_string_equal(topic.account, "123456789012");
    assert_true(topic.is_fifo);
    assert_true(topic_is_commercial(&topic));
    assert_true(topic_parse(&topic, "N", "arn:aws-cn:sns:cn-north-1:123456789012:t", &err));
    assert_false(topic.is_fifo);
    assert_false(topic_is_commercial(&topic));
}

static void test_refuses(void **state)
{
    (void)state;
    char long_name[400] = "arn:aws:sns:us-east-1:123456789012:";
    memset(long_name + strlen(long_name), 'x', 257);
    const char *const rows[] = {
        "",
        "topic",
        "arn:aws:sqs:us-east-1:123456789012:t",
        "arn:aws:sns:us-east-1:12345678901:t",
        "arn:aws:sns:us-east-1:1234567890123:t",
        "arn:aws:sns:us-east-1:123456789012:",
        "arn:aws:sns:us-east-1:123456789012:t.fif",
        "arn:aws:sns:us-east-1:123456789012:t.fifo.fifo",
        "arn:aws:sns:us-east-1:123456789012:t:sub",
        "arn:aws:sns::123456789012:t",
        "arn:aws:sns:us-east-1.evil.example/:123456789012:t",
        "arn:aws-mars:sns:mars-1:123456789012:t",
        "arn:aw:sns:us-east-1:123456789012:t",
        "arn:aws:sns:us-east-1:123456789012:t ",
        "arn:aws:sns:us-east-1:123456789012:t\n",
        "arn:aws:sns:us-east-1:123456789012:t\r\nHost: x",
        " arn:aws:sns:us-east-1:123456789012:t",
        long_name,
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct topic topic;
        struct lambda_error err = {0};
        bool ok = topic_parse(&topic, "ALERT_TOPIC_ARN", rows[i], &err);
        assert_row(i, ok ? "accepted" : err.type, "Function.ConfigInvalid");
        assert_non_null(strstr(err.message, "ALERT_TOPIC_ARN is \""));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_endpoints),
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_refuses),
    };
    return cmocka_run_group_tests_name("topic", tests, NULL, NULL);
}
