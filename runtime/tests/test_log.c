#include "capture.h"
#include "json_check.h"
#include "test.h"

#include <lambda/log.h>
#include <regex.h>
#include <unistd.h>

#define TIME "20[0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9]\\.[0-9]{3}Z"

static void assert_matches(const char *text, const char *pattern)
{
    regex_t regex;
    assert_int_equal(regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB), 0);
    int result = regexec(&regex, text, 0, NULL, 0);
    regfree(&regex);
    if (result != 0)
        fail_msg("%s does not match %s", text, pattern);
}

static void log_into(struct lambda_buffer *text, const struct lambda_logger *logger,
                     enum lambda_log_level level, const char *message,
                     const struct lambda_log_field *fields)
{
    struct capture capture;
    lambda_buffer_init(text, 100000);
    capture_start(&capture);
    lambda_log(logger, level, message, fields);
    capture_end(&capture, text);
}

static void test_environment(void **state)
{
    (void)state;
    static const struct {
        const char *level, *format;
        enum lambda_log_level wanted;
        bool text;
    } rows[] = {
        {NULL, NULL, LAMBDA_LOG_INFO, false},       {"", "", LAMBDA_LOG_INFO, false},
        {"TRACE", "JSON", LAMBDA_LOG_TRACE, false}, {"debug", "json", LAMBDA_LOG_DEBUG, false},
        {"Info", "Text", LAMBDA_LOG_INFO, true},    {"WARN", "TEXT", LAMBDA_LOG_WARN, true},
        {"error", "text", LAMBDA_LOG_ERROR, true},  {"FATAL", "xml", LAMBDA_LOG_FATAL, false},
        {"WARNING", NULL, LAMBDA_LOG_INFO, false},  {"FATA", NULL, LAMBDA_LOG_INFO, false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        unsetenv("AWS_LAMBDA_LOG_LEVEL");
        unsetenv("AWS_LAMBDA_LOG_FORMAT");
        if (rows[i].level)
            setenv("AWS_LAMBDA_LOG_LEVEL", rows[i].level, 1);
        if (rows[i].format)
            setenv("AWS_LAMBDA_LOG_FORMAT", rows[i].format, 1);
        struct lambda_logger logger;
        lambda_logger_init(&logger);
        assert_int_equal(logger.level, rows[i].wanted);
        assert_int_equal(logger.text, rows[i].text);
        assert_string_equal(logger.request_id, "");
        assert_string_equal(logger.function_name, "");
    }
    setenv("AWS_LAMBDA_FUNCTION_NAME", "alerts", 1);
    struct lambda_logger logger;
    lambda_logger_init(&logger);
    assert_string_equal(logger.function_name, "alerts");
    unsetenv("AWS_LAMBDA_FUNCTION_NAME");
}

static void test_json(void **state)
{
    (void)state;
    struct lambda_logger logger = {.level = LAMBDA_LOG_INFO, .request_id = "id-1", .tenant_id = ""};
    struct lambda_buffer text;
    log_into(
        &text, &logger, LAMBDA_LOG_WARN, "hello \"you\"",
        (struct lambda_log_field[]){{"messageId", .text = "m\n1"}, {"attempts", .number = 2}, {0}});
    assert_matches(text.data, "^\\{\"timestamp\":\"" TIME "\",\"level\":\"WARN\","
                              "\"message\":\"hello \\\\\"you\\\\\"\",\"requestId\":\"id-1\","
                              "\"messageId\":\"m\\\\n1\",\"attempts\":2\\}\n$");
    assert_true(json_is_valid(text.data, text.len - 1));
    lambda_buffer_done(&text);

    logger.request_id = "";
    log_into(&text, &logger, LAMBDA_LOG_INFO, "m", NULL);
    assert_matches(text.data,
                   "^\\{\"timestamp\":\"" TIME "\",\"level\":\"INFO\",\"message\":\"m\"\\}\n$");
    lambda_buffer_done(&text);
}

static void test_text(void **state)
{
    (void)state;
    struct lambda_logger logger = {
        .level = LAMBDA_LOG_INFO, .text = true, .request_id = "id-1", .tenant_id = ""};
    struct lambda_buffer text;
    log_into(&text, &logger, LAMBDA_LOG_ERROR, "hello\nyou",
             (struct lambda_log_field[]){{"k", .text = "a \"b\"\r\n"}, {"n", .number = -1}, {0}});
    assert_matches(text.data,
                   "^" TIME " id-1 ERROR hello\\\\nyou k=\"a \\\\\"b\\\\\"\\\\r\\\\n\" n=-1\n$");
    lambda_buffer_done(&text);

    logger.tenant_id = "bl\"ue";
    log_into(&text, &logger, LAMBDA_LOG_INFO, "m",
             (struct lambda_log_field[]){{"n", .number = 1}, {0}});
    assert_matches(text.data, "^" TIME " id-1 INFO m tenantId=\"bl\\\\\"ue\" n=1\n$");
    lambda_buffer_done(&text);

    logger.request_id = "";
    logger.tenant_id = "";
    log_into(&text, &logger, LAMBDA_LOG_INFO, "m", NULL);
    assert_matches(text.data, "^" TIME " INFO m\n$");
    lambda_buffer_done(&text);
}

static void test_levels(void **state)
{
    (void)state;
    for (int limit = LAMBDA_LOG_TRACE; limit <= LAMBDA_LOG_FATAL; limit++) {
        for (int level = LAMBDA_LOG_TRACE; level <= LAMBDA_LOG_FATAL; level++) {
            struct lambda_logger logger = {
                .level = (enum lambda_log_level)limit, .request_id = "", .tenant_id = ""};
            struct lambda_buffer text;
            log_into(&text, &logger, (enum lambda_log_level)level, "m", NULL);
            assert_int_equal(text.len > 0, level >= limit);
            lambda_buffer_done(&text);
        }
    }
}

/* A line of LAMBDA_LOG_LINE_MAX bytes is written; one byte more is replaced, in both forms. */
static void test_longest_line(void **state)
{
    (void)state;
    static char message[LAMBDA_LOG_LINE_MAX + 1];
    for (int form = 0; form < 2; form++) {
        struct lambda_logger logger = {.text = form == 1, .request_id = "id-1", .tenant_id = ""};
        struct lambda_buffer text;
        log_into(&text, &logger, LAMBDA_LOG_INFO, "", NULL);
        size_t frame = text.len;
        lambda_buffer_done(&text);
        memset(message, 'x', sizeof message);
        message[LAMBDA_LOG_LINE_MAX - frame] = '\0';
        log_into(&text, &logger, LAMBDA_LOG_INFO, message, NULL);
        assert_int_equal(text.len, LAMBDA_LOG_LINE_MAX);
        lambda_buffer_done(&text);
        memset(message, 'x', sizeof message);
        message[LAMBDA_LOG_LINE_MAX - frame + 1] = '\0';
        log_into(&text, &logger, LAMBDA_LOG_INFO, message, NULL);
        assert_non_null(strstr(text.data, "a log line was too long and is left out"));
        assert_non_null(strstr(text.data, "id-1"));
        assert_null(strstr(text.data, "xxxx"));
        assert_ptr_equal(strchr(text.data, '\n'), text.data + text.len - 1);
        lambda_buffer_done(&text);
    }
}

static void test_failing_write_is_ignored(void **state)
{
    (void)state;
    struct lambda_logger logger = {.request_id = "", .tenant_id = ""};
    int saved = dup(STDERR_FILENO);
    close(STDERR_FILENO);
    lambda_log(&logger, LAMBDA_LOG_INFO, "m", NULL);
    assert_true(dup2(saved, STDERR_FILENO) >= 0);
    close(saved);
}

static void metrics_into(struct lambda_buffer *text, const struct lambda_logger *logger)
{
    struct capture capture;
    lambda_buffer_init(text, 100000);
    capture_start(&capture);
    lambda_log_metrics(logger, "space", "counted",
                       (struct lambda_log_field[]){{"seen", .number = 3, .unit = "Count"},
                                                   {"took", .number = 40, .unit = "Milliseconds"},
                                                   {0}});
    capture_end(&capture, text);
}

/* JSON also where the log is plain text: CloudWatch reads nothing else. */
static void test_metrics(void **state)
{
    (void)state;
    for (int form = 0; form < 2; form++) {
        struct lambda_buffer text;
        struct lambda_logger logger = {.level = LAMBDA_LOG_INFO,
                                       .text = form == 1,
                                       .request_id = "id-1",
                                       .tenant_id = "",
                                       .function_name = "alerts"};
        metrics_into(&text, &logger);
        assert_matches(text.data,
                       "^\\{\"timestamp\":\"" TIME "\",\"level\":\"INFO\","
                       "\"message\":\"counted\",\"requestId\":\"id-1\","
                       "\"_aws\":\\{\"Timestamp\":[0-9]{13},\"CloudWatchMetrics\":\\["
                       "\\{\"Namespace\":\"space\",\"Dimensions\":\\[\\[\"FunctionName\"\\]\\],"
                       "\"Metrics\":\\[\\{\"Name\":\"seen\",\"Unit\":\"Count\"\\},"
                       "\\{\"Name\":\"took\",\"Unit\":\"Milliseconds\"\\}\\]\\}\\]\\},"
                       "\"FunctionName\":\"alerts\",\"seen\":3,\"took\":40\\}\n$");
        assert_true(json_is_valid(text.data, text.len - 1));
        lambda_buffer_done(&text);
    }
}

static void test_metrics_left_out(void **state)
{
    (void)state;
    struct lambda_buffer text;
    struct lambda_logger logger = {
        .level = LAMBDA_LOG_DEBUG, .request_id = "", .tenant_id = "", .function_name = ""};
    metrics_into(&text, &logger); /* without a dimension where the name is not known */
    assert_non_null(strstr(text.data, "\"Dimensions\":[[]],"));
    assert_null(strstr(text.data, "FunctionName"));
    assert_true(json_is_valid(text.data, text.len - 1));
    lambda_buffer_done(&text);
    logger.level = LAMBDA_LOG_WARN;
    metrics_into(&text, &logger);
    assert_string_equal(text.data, "");
    lambda_buffer_done(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_environment),  cmocka_unit_test(test_json),
        cmocka_unit_test(test_text),         cmocka_unit_test(test_levels),
        cmocka_unit_test(test_longest_line), cmocka_unit_test(test_failing_write_is_ignored),
        cmocka_unit_test(test_metrics),      cmocka_unit_test(test_metrics_left_out),
    };
    return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
