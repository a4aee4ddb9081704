#include "config.h"
#include "test.h"

#define TOPIC "arn:aws:sns:us-east-1:123456789012:t"

static const char *const variables[] = {
    "ALERT_TOPIC_ARN",
    "ALERT_FORMAT",
    "ALERT_ACCOUNT_NAMES",
    "ALERT_MAX_BYTES",
    "ALERT_MAX_PER_SECOND",
    "AWS_ENDPOINT_URL_SNS",
    "AWS_ENDPOINT_URL",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "AWS_CA_BUNDLE",
    "SSL_CERT_FILE",
    "AWS_REGION",
    "AWS_MAX_ATTEMPTS",
    "LAMBDA_TASK_ROOT",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
};

static int clear_environment(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(variables); i++)
        unsetenv(variables[i]);
    setenv("ALERT_TOPIC_ARN", TOPIC, 1);
    return 0;
}

struct setting {
    const char *name;
    const char *value;
};

static void set_all(const struct setting *settings, size_t count)
{
    clear_environment(NULL);
    for (size_t i = 0; i < count && settings[i].name != NULL; i++)
        setenv(settings[i].name, settings[i].value, 1);
}

static void test_endpoint(void **state)
{
    (void)state;
    static const struct {
        struct setting settings[3];
        const char *wanted;
    } rows[] = {
        {{{0}}, "https://sns.us-east-1.amazonaws.com/"},
        {{{"AWS_REGION", "eu-west-1"}}, "https://sns.us-east-1.amazonaws.com/"},
        {{{"AWS_ENDPOINT_URL", "https://a.example"}}, "https://a.example/"},
        {{{"AWS_ENDPOINT_URL", "https://a.example:8443/"}}, "https://a.example:8443/"},
        {{{"AWS_ENDPOINT_URL", "https://[2001:db8::1]:8443"}}, "https://[2001:db8::1]:8443/"},
        {{{"AWS_ENDPOINT_URL", "https://a.example"}, {"AWS_ENDPOINT_URL_SNS", "https://b.example"}},
         "https://b.example/"},
        {{{"AWS_ENDPOINT_URL", "https://a.example"}, {"AWS_ENDPOINT_URL_SNS", ""}},
         "https://a.example/"},
        {{{"AWS_ENDPOINT_URL", "https://a.example"},
          {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "TRUE"}},
         "https://sns.us-east-1.amazonaws.com/"},
        {{{"AWS_ENDPOINT_URL", "http://127.0.0.1:4566"}}, "http://127.0.0.1:4566/"},
        {{{"AWS_ENDPOINT_URL", "https://a.example:65535"}}, "https://a.example:65535/"},
        {{{"AWS_ENDPOINT_URL", "http://[::1]:4566"}}, "http://[::1]:4566/"},
        {{{"AWS_ENDPOINT_URL", "http://localhost"}}, "http://localhost/"},
        {{{"AWS_USE_FIPS_ENDPOINT", "true"}}, "https://sns-fips.us-east-1.amazonaws.com/"},
        {{{"AWS_USE_DUALSTACK_ENDPOINT", "true"}}, "https://sns.us-east-1.api.aws/"},
        {{{"AWS_USE_FIPS_ENDPOINT", "false"}}, "https://sns.us-east-1.amazonaws.com/"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct config config;
        struct lambda_error err = {0};
        set_all(rows[i].settings, COUNT(rows[i].settings));
        bool ok = config_read(&config, &err);
        assert_row(i, ok ? config.endpoint.url : err.message, rows[i].wanted);
        assert_string_equal(config.endpoint.region, "us-east-1");
    }
}

static void test_refuses(void **state)
{
    (void)state;
    static const struct {
        struct setting settings[3];
        const char *named; /* what the message must name */
    } rows[] = {
        {{{"ALERT_TOPIC_ARN", ""}}, "ALERT_TOPIC_ARN is not set"},
        {{{"ALERT_TOPIC_ARN", "x"}}, "ALERT_TOPIC_ARN is \"x\""},
        {{{"AWS_ENDPOINT_URL", "http://sns.example"}},
         "AWS_ENDPOINT_URL is \"http://sns.example\""},
        {{{"AWS_ENDPOINT_URL_SNS", "http://127.0.0.1.example"}}, "AWS_ENDPOINT_URL_SNS is"},
        {{{"AWS_ENDPOINT_URL", "http://127.0.0.2"}}, "AWS_ENDPOINT_URL is"},
        {{{"AWS_ENDPOINT_URL", "http://localhost@evil.example"}}, "AWS_ENDPOINT_URL is"},
        {{{"AWS_ENDPOINT_URL", "https://user:pw@a.example"}}, "AWS_ENDPOINT_URL is"},
        {{{"AWS_ENDPOINT_URL", "https://a.example/path"}}, "AWS_ENDPOINT_URL is"},
        {{{"AWS_ENDPOINT_URL", "https://a.example?x"}}, "AWS_ENDPOINT_URL is"},
        {{{"AWS_ENDPOINT_URL", "https://a.example:123456"}}, "AWS_ENDPOINT_URL is"},
        {{{"AWS_ENDPOINT_URL", "https://a.example:65536"}}, "AWS_ENDPOINT_URL is"},
        {{{"AWS_ENDPOINT_URL", "https://a.example:0"}}, "AWS_ENDPOINT_URL is"},
        {{{"AWS_ENDPOINT_URL", "https://a.example\r\nx"}}, "AWS_ENDPOINT_URL is"},
        {{{"AWS_ENDPOINT_URL", "ftp://a.example"}}, "AWS_ENDPOINT_URL is"},
        {{{"AWS_ENDPOINT_URL", "a.example"}}, "AWS_ENDPOINT_URL is"},
        {{{"AWS_ENDPOINT_URL", "https://"}}, "AWS_ENDPOINT_URL is"},
        {{{"AWS_ENDPOINT_URL", "https://a.example"}, {"AWS_USE_FIPS_ENDPOINT", "true"}},
         "AWS_USE_FIPS_ENDPOINT"},
        {{{"AWS_USE_FIPS_ENDPOINT", "1"}}, "AWS_USE_FIPS_ENDPOINT is \"1\""},
        {{{"AWS_USE_DUALSTACK_ENDPOINT", "yes"}}, "AWS_USE_DUALSTACK_ENDPOINT is \"yes\""},
        {{{"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "x"}}, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS is"},
        {{{"AWS_CA_BUNDLE", "/dev/null/ca.pem"}}, "AWS_CA_BUNDLE is \"/dev/null/ca.pem\""},
        {{{"ALERT_FORMAT", "html"}},
         "ALERT_FORMAT is \"html\": it must be structured, email, ocsf or chat"},
        {{{"ALERT_FORMAT", "Email"}}, "ALERT_FORMAT is \"Email\""},
        {{{"ALERT_ACCOUNT_NAMES", "1=prod"}}, "ALERT_ACCOUNT_NAMES, entry 1, is \"1=prod\""},
        {{{"ALERT_MAX_BYTES", "32767"}},
         "ALERT_MAX_BYTES is \"32767\": it must be 32768 to 1048576"},
        {{{"ALERT_MAX_BYTES", "1048577"}}, "ALERT_MAX_BYTES is \"1048577\""},
        {{{"ALERT_MAX_BYTES", "256k"}}, "ALERT_MAX_BYTES is \"256k\""},
        {{{"ALERT_MAX_BYTES", "-40000"}}, "ALERT_MAX_BYTES is \"-40000\""},
        {{{"ALERT_MAX_PER_SECOND", "101"}}, "ALERT_MAX_PER_SECOND is \"101\": it must be 0 to 100"},
        {{{"ALERT_MAX_PER_SECOND", "0.5"}}, "ALERT_MAX_PER_SECOND is \"0.5\""},
        {{{"ALERT_MAX_PER_SECOND", " 5"}}, "ALERT_MAX_PER_SECOND is \" 5\""},
        {{{"AWS_MAX_ATTEMPTS", "0"}}, "AWS_MAX_ATTEMPTS is \"0\": it must be 1 to 10"},
        {{{"AWS_MAX_ATTEMPTS", "11"}}, "AWS_MAX_ATTEMPTS is \"11\""},
        {{{"AWS_MAX_ATTEMPTS", "3x"}}, "AWS_MAX_ATTEMPTS is \"3x\""},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct config config;
        struct lambda_error err = {0};
        set_all(rows[i].settings, COUNT(rows[i].settings));
        bool ok = config_read(&config, &err);
        assert_row(i, ok ? "accepted" : err.type, "Function.ConfigInvalid");
        if (strstr(err.message, rows[i].named) == NULL)
            fail_msg("row %zu: '%s' does not say '%s'", i, err.message, rows[i].named);
    }
}

static void test_long_values(void **state)
{
    (void)state;
    enum { LEN = 10000 };
    char *value = malloc(LEN + 1);
    assert_non_null(value);
    memset(value, 'a', LEN);
    memcpy(value, "https://", 8);
    value[LEN] = '\0';
    static const char *const names[] = {"AWS_ENDPOINT_URL",   "ALERT_TOPIC_ARN", "LAMBDA_TASK_ROOT",
                                        "AWS_MAX_ATTEMPTS",   "ALERT_FORMAT",    "ALERT_MAX_BYTES",
                                        "ALERT_ACCOUNT_NAMES"};
    for (size_t i = 0; i < COUNT(names); i++) {
        struct config config;
        struct lambda_error err = {0};
        clear_environment(NULL);
        setenv(names[i], value, 1);
        assert_false(config_read(&config, &err));
        assert_string_equal(err.type, "Function.ConfigInvalid");
    }
    free(value);
}

static void test_alert_settings(void **state)
{
    (void)state;
    static const struct {
        struct setting settings[3];
        enum message_format format;
        long max_bytes;
        long interval_ms;
    } rows[] = {
        {{{0}}, MESSAGE_STRUCTURED, 262144, 200},
        {{{"ALERT_FORMAT", ""}, {"ALERT_MAX_BYTES", ""}, {"ALERT_MAX_PER_SECOND", ""}},
         MESSAGE_STRUCTURED,
         262144,
         200},
        {{{"ALERT_FORMAT", "email"}, {"ALERT_MAX_BYTES", "32768"}, {"ALERT_MAX_PER_SECOND", "0"}},
         MESSAGE_EMAIL,
         32768,
         0},
        {{{"ALERT_FORMAT", "ocsf"},
          {"ALERT_MAX_BYTES", "1048576"},
          {"ALERT_MAX_PER_SECOND", "100"}},
         MESSAGE_OCSF,
         1048576,
         10},
        {{{"ALERT_FORMAT", "chat"}, {"ALERT_MAX_PER_SECOND", "3"}}, MESSAGE_CHAT, 262144, 334},
        {{{"ALERT_MAX_PER_SECOND", "1"}}, MESSAGE_STRUCTURED, 262144, 1000},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct config config;
        struct lambda_error err = {0};
        set_all(rows[i].settings, COUNT(rows[i].settings));
        if (!config_read(&config, &err))
            fail_msg("row %zu: %s", i, err.message);
        assert_int_equal(config.format, rows[i].format);
        assert_int_equal(config.max_bytes, rows[i].max_bytes);
        assert_int_equal(config.interval_ms, rows[i].interval_ms);
    }
}

static void test_others(void **state)
{
    (void)state;
    struct config config;
    struct lambda_error err = {0};
    assert_true(config_read(&config, &err));
    assert_int_equal(config.max_attempts, 3);
    assert_string_equal(config.region, "");
    assert_string_equal(config.endpoint.ca_bundle, "");
    assert_true(config.endpoint.amazon_roots);
    assert_non_null(strstr(config.rules_folder, "/tests/unit/rules")); /* beside this program */
    setenv("LAMBDA_TASK_ROOT", "/var/task", 1);
    setenv("AWS_MAX_ATTEMPTS", "10", 1);
    setenv("AWS_REGION", "eu-west-1", 1);
    setenv("AWS_CA_BUNDLE", "/dev/null", 1);
    setenv("SSL_CERT_FILE", "/dev/zero", 1);
    setenv("ALERT_TOPIC_ARN", "arn:aws-cn:sns:cn-north-1:123456789012:t", 1);
    assert_true(config_read(&config, &err));
    assert_string_equal(config.rules_folder, "/var/task/rules");
    assert_int_equal(config.max_attempts, 10);
    assert_string_equal(config.region, "eu-west-1");
    assert_string_equal(config.endpoint.ca_bundle, "/dev/null");
    assert_string_equal(config.endpoint.system_ca_bundle, "/dev/zero");
    assert_false(config.endpoint.amazon_roots); /* not the Amazon roots in that partition */
    setenv("SSL_CERT_FILE", "/dev/null/none", 1);
    assert_true(config_read(&config, &err));
    assert_string_not_equal(config.endpoint.system_ca_bundle, "/dev/null/none");
}

static void test_credentials(void **state)
{
    (void)state;
    struct https_credentials credentials;
    struct lambda_error err = {0};
    assert_false(config_credentials(&credentials, &err));
    assert_string_equal(err.type, "Function.NoCredentials");
    assert_non_null(strstr(err.message, "AWS_ACCESS_KEY_ID is not set"));
    setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE", 1);
    setenv("AWS_SECRET_ACCESS_KEY", "", 1);
    assert_false(config_credentials(&credentials, &err));
    assert_non_null(strstr(err.message, "AWS_SECRET_ACCESS_KEY is not set"));
    setenv("AWS_SECRET_ACCESS_KEY", "secret", 1);
    assert_true(config_credentials(&credentials, &err));
    assert_string_equal(credentials.access_key_id, "AKIDEXAMPLE");
    assert_string_equal(credentials.secret_access_key, "secret");
    assert_string_equal(credentials.session_token, "");
    setenv("AWS_SESSION_TOKEN", "a\r\nHost: evil", 1);
    assert_false(config_credentials(&credentials, &err));
    assert_string_equal(err.message, "AWS_SESSION_TOKEN holds a line break");
    setenv("AWS_SESSION_TOKEN", "token", 1);
    assert_true(config_credentials(&credentials, &err));
    assert_string_equal(credentials.session_token, "token");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_endpoint, clear_environment),
        cmocka_unit_test_setup(test_refuses, clear_environment),
        cmocka_unit_test_setup(test_long_values, clear_environment),
        cmocka_unit_test_setup(test_alert_settings, clear_environment),
        cmocka_unit_test_setup(test_others, clear_environment),
        cmocka_unit_test_setup(test_credentials, clear_environment),
    };
    return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
