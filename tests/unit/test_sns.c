#include "sns/answer.h"
#include "sns/form.h"
#include "sns/sns.h"
#include "test.h"
#include <ctype.h>

static void test_form(void **state)
{
    (void)state;
    struct lambda_buffer form;
    lambda_buffer_init(&form, 1000);
    form_add(&form, "Action", "Publish");
    form_add(&form, "Empty", "");
    form_add(&form, "Plain", "AZaz09-_.~");
    form_add(&form, "Coded", " +&=%/\n\"{}*\xc3\xa9\xff\x01");
    assert_string_equal(form.data, "Action=Publish&Empty=&Plain=AZaz09-_.~&Coded="
                                   "+%2B%26%3D%25%2F%0A%22%7B%7D%2A%C3%A9%FF%01");
    lambda_buffer_done(&form);
}

/* Each byte as RFC 3986, section 2.3, has it, but for the space; in a value of more than one part. */
static void test_form_of_each_byte(void **state)
{
    (void)state;
    struct lambda_buffer form, wanted;
    lambda_buffer_init(&form, 10000);
    lambda_buffer_init(&wanted, 10000);
    char value[3 * 255 + 1];
    lambda_buffer_add_string(&wanted, "Name=");
    for (size_t i = 0; i < sizeof value - 1; i++) {
        unsigned char byte = (unsigned char)(i % 255 + 1);
        value[i] = (char)byte;
        bool is_plain = byte < 0x80 && (isalnum(byte) != 0 || strchr("-_.~", byte) != NULL);
        lambda_buffer_format(&wanted, is_plain ? "%c" : byte == ' ' ? "+" : "%%%02X", byte);
    }
    value[sizeof value - 1] = '\0';
    form_add(&form, "Name", value);
    assert_string_equal(form.data, wanted.data);
    lambda_buffer_done(&form);
    lambda_buffer_done(&wanted);
}

#define OK                                                                                         \
    "<PublishResponse><PublishResult><MessageId>m-1</MessageId></PublishResult>"                   \
    "<ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></PublishResponse>"
#define ERROR(code)                                                                                \
    "<ErrorResponse><Error><Type>Sender</Type><Code>" code "</Code><Message>why"                   \
    "</Message></Error><RequestId>r-1</RequestId></ErrorResponse>"

static void test_answer(void **state)
{
    (void)state;
    static const char *const verdicts[] = {"accepted", "transient", "throttled", "denied",
                                           "rejected"};
    static const struct {
        long status;
        const char *body;
        const char *wanted;
    } rows[] = {
        {200, OK, "accepted"},
        {200, "<MessageId>m-1</MessageId>", "accepted"},
        {200, "", "transient"},
        {200, "<MessageId></MessageId>", "transient"},
        {200, "<MessageId>m-1", "transient"},
        {200, "<html>maintenance</html>", "transient"},
        {204, "", "transient"},
        {201, OK, "transient"},
        {301, "", "rejected"},
        {307, OK, "rejected"},
        {400, ERROR("InvalidParameter"), "rejected"},
        {400, ERROR("SomethingNew"), "rejected"},
        {400, "", "rejected"},
        {400, ERROR("Throttling"), "throttled"},
        {400, ERROR("ThrottledException"), "throttled"},
        {400, ERROR("KMSThrottling"), "throttled"},
        {400, ERROR("RequestLimitExceeded"), "throttled"},
        {400, ERROR("LimitExceededException"), "throttled"},
        {400, ERROR("RequestTimeout"), "transient"},
        {429, "", "throttled"},
        {403, ERROR("AuthorizationError"), "denied"},
        {403, ERROR("AccessDenied"), "denied"},
        {403, ERROR("ExpiredToken"), "denied"},
        {403, ERROR("InvalidClientTokenId"), "denied"},
        {403, ERROR("SignatureDoesNotMatch"), "denied"},
        {400, ERROR("KMSAccessDenied"), "denied"},
        {400, ERROR("KMSDisabled"), "rejected"},
        {404, ERROR("NotFound"), "rejected"},
        {500, ERROR("InternalFailure"), "transient"},
        {500, "", "transient"},
        {502, "<html></html>", "transient"},
        {503, ERROR("ServiceUnavailable"), "transient"},
        {503, ERROR("SlowDown"), "throttled"},
        {599, "", "transient"},
        {0, "", "transient"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct answer answer;
        answer_read(&answer, rows[i].status, rows[i].body);
        assert_row(i, verdicts[answer.verdict], rows[i].wanted);
        assert_non_null(answer.advice);
    }
}

static void test_answer_parts(void **state)
{
    (void)state;
    struct answer answer;
    answer_read(&answer, 200, OK);
    assert_string_equal(answer.message_id, "m-1");
    assert_string_equal(answer.request_id, "r-1");
    answer_read(&answer, 403, ERROR("AuthorizationError"));
    assert_string_equal(answer.code, "AuthorizationError");
    assert_string_equal(answer.message, "why");
    assert_non_null(strstr(answer.advice, "sns:Publish"));
    answer_read(&answer, 403, ERROR("ExpiredToken"));
    assert_non_null(strstr(answer.advice, "credentials"));
    answer_read(&answer, 400,
                "<Message>a &lt;b&gt; &amp;amp; &quot;c&apos; &#38; &\n\x1b[0m</Message>");
    assert_string_equal(answer.message, "a <b> &amp; \"c' &#38; & [0m");
    answer_read(&answer, 200, "");
    assert_string_equal(answer.message, "no MessageId in the answer");
}

static void test_answer_is_bounded(void **state)
{
    (void)state;
    struct lambda_buffer body;
    struct answer answer;
    lambda_buffer_init(&body, 100000);
    lambda_buffer_add_string(&body, "<Code>");
    for (int i = 0; i < 5000; i++)
        lambda_buffer_add_string(&body, "&amp;x");
    lambda_buffer_add_string(&body, "</Code><Message>");
    for (int i = 0; i < 5000; i++)
        lambda_buffer_add_string(&body, "\xc3\xa9");
    lambda_buffer_add_string(&body, "</Message>");
    answer_read(&answer, 400, body.data);
    assert_int_equal(strlen(answer.code), 63);
    assert_string_equal(answer.code + 58, "&x...");
    assert_in_range(strlen(answer.message), 508, 511);
    assert_string_equal(answer.message + strlen(answer.message) - 5, "\xc3\xa9...");
    lambda_buffer_done(&body);
}

static void test_delay(void **state)
{
    (void)state;
    static const struct {
        bool throttled;
        int retry;
        int64_t retry_after_ms;
        uint32_t random;
        int64_t wanted;
    } rows[] = {
        {false, 0, -1, 0, 0},
        {false, 0, -1, UINT32_MAX, 49},
        {false, 0, -1, UINT32_MAX / 2, 24},
        {false, 1, -1, UINT32_MAX, 99},
        {false, 2, -1, UINT32_MAX, 199},
        {false, 9, -1, UINT32_MAX, 19999},
        {false, 1000, -1, UINT32_MAX, 19999},
        {true, 0, -1, UINT32_MAX, 999},
        {true, 1, -1, UINT32_MAX, 1999},
        {true, 5, -1, UINT32_MAX, 19999},
        {false, 0, 0, UINT32_MAX, 49},
        {false, 0, 300, 0, 300},
        {false, 0, 300, UINT32_MAX, 300},
        {true, 5, 300, UINT32_MAX, 5300},
        {true, 2, 300, UINT32_MAX, 3999},
        {false, 0, 999999999, 0, 999999999},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t delay = sns_retry_delay_ms(rows[i].throttled, rows[i].retry, rows[i].retry_after_ms,
                                           rows[i].random);
        if (delay != rows[i].wanted)
            fail_msg("row %zu: %lld ms, wanted %lld", i, (long long)delay,
                     (long long)rows[i].wanted);
    }
}

/* With no time left nothing is sent, and the error says so. */
static void test_no_time(void **state)
{
    (void)state;
    struct topic topic;
    struct sns sns;
    struct sns_receipt receipt;
    struct lambda_error err = {0};
    assert_true(topic_parse(&topic, "N", "arn:aws:sns:us-east-1:123456789012:t", &err));
    const struct https_endpoint endpoint = {.url = "http://127.0.0.1:1/",
                                            .region = topic.region,
                                            .service = "sns",
                                            .user_agent = "test",
                                            .ca_bundle = "",
                                            .system_ca_bundle = ""};
    const struct https_credentials credentials = {"id", "secret", ""};
    const char *const attributes[] = {NULL};
    const struct sns_message message = {
        .subject = "subject", .text = "{}", .attributes = attributes, .group_id = "g"};
    assert_true(sns_init(&sns, &topic, &endpoint, 3, 0, &err));
    assert_false(sns_publish(&sns, &credentials, &message, 0, &receipt, &err));
    assert_string_equal(err.type, "Function.PublishUnreachable");
    assert_non_null(strstr(err.message, "no time left"));
    /* and a server that is not there is unreachable */
    assert_false(sns_publish(&sns, &credentials, &message, INT64_MAX, &receipt, &err));
    assert_string_equal(err.type, "Function.PublishUnreachable");
    assert_non_null(strstr(err.message, "http://127.0.0.1:1/: "));
    sns_done(&sns);
    sns_done(&sns);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_form),
        cmocka_unit_test(test_form_of_each_byte),
        cmocka_unit_test(test_answer),
        cmocka_unit_test(test_answer_parts),
        cmocka_unit_test(test_answer_is_bounded),
        cmocka_unit_test(test_delay),
        cmocka_unit_test(test_no_time),
    };
    return cmocka_run_group_tests_name("sns", tests, NULL, NULL);
}
