#include "alert/alert.h"
#include "event_of.h"
#include "test.h"

#define ENABLE "\"eventName\":\"EnableRegion\",\"eventSource\":\"account.amazonaws.com\""

#define NOW 1770801271000 /* 2026-02-11T09:14:31Z */

static const struct rule rule = {.id = "rule-id",
                                 .title = "A rule",
                                 .description = "",
                                 .status = "",
                                 .level = "low",
                                 .author = "Ann Author",
                                 .date = "",
                                 .license = ""};

static void make_of(struct alert *alert, struct event *event, const struct rule *of,
                    const char *json)
{
    event_of(event, json);
    alert_make(alert, &(struct alert_input){.rule = of,
                                            .event = event,
                                            .account_names = "111122223333=prod,2=x",
                                            .request_id = "lambda-request",
                                            .now_ms = NOW});
}

static void make(struct alert *alert, struct event *event, const char *json)
{
    make_of(alert, event, &rule, json);
}

static void test_outcome(void **state)
{
    (void)state;
    static const struct {
        const char *error;
        const char *wanted;
    } rows[] = {
        {"", "SUCCEEDED"},
        {",\"errorCode\":null", "SUCCEEDED"},
        {",\"errorMessage\":\"odd\"", "SUCCEEDED"},
        {",\"errorCode\":\"AccessDenied\"", "DENIED"},
        {",\"errorCode\":\"AccessDeniedException\"", "DENIED"},
        {",\"errorCode\":\"Client.UnauthorizedOperation\"", "DENIED"},
        {",\"errorCode\":\"UnauthorizedOperation\"", "DENIED"},
        {",\"errorCode\":\"UnauthorizedOperationX\"", "FAILED"},
        {",\"errorCode\":\"NotAccessDenied\"", "FAILED"},
        {",\"errorCode\":\"ConflictException\"", "FAILED"},
        {",\"errorCode\":\"\"", "FAILED"},
        {",\"errorCode\":\"null\"", "FAILED"},
        {",\"errorCode\":0", "FAILED"},
        {",\"errorCode\":{}", "FAILED"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char json[256];
        struct alert alert;
        struct event event;
        snprintf(json, sizeof json, "{\"detail\":{" ENABLE "%s}}", rows[i].error);
        make(&alert, &event, json);
        assert_row(i, alert_outcome_name(&alert), rows[i].wanted);
        event_free(&event);
    }
}

static void test_actor(void **state)
{
    (void)state;
    static const struct {
        const char *identity;
        const char *wanted; /* actor, role */
    } rows[] = {
        {"{\"type\":\"IAMUser\",\"arn\":\"arn:aws:iam::1:user/team/bob\",\"userName\":\"bob\"}",
         "bob, "},
        {"{\"type\":\"AssumedRole\",\"arn\":\"arn:aws:sts::1:assumed-role/Admin/"
         "alice@example.com\","
         "\"sessionContext\":{\"sessionIssuer\":{\"userName\":\"Admin\"}}}",
         "alice@example.com, Admin"},
        {"{\"type\":\"Root\",\"arn\":\"arn:aws:iam::1:root\",\"accountId\":\"1\"}", "ROOT USER, "},
        {"{\"type\":\"FederatedUser\",\"arn\":\"arn:aws:sts::1:federated-user/carol\"}", "carol, "},
        {"{\"type\":\"AWSAccount\",\"accountId\":\"1\",\"principalId\":\"AIDAX:y\"}", "AIDAX:y, "},
        {"{\"type\":\"AWSService\",\"invokedBy\":\"x.amazonaws.com\"}", "x.amazonaws.com, "},
        {"{\"type\":\"IdentityCenterUser\",\"onBehalfOf\":{\"userId\":\"u-1\"}}", "u-1, "},
        {"{\"type\":\"Unknown\",\"principalId\":\"p\"}", "p, "},
        {"{\"type\":\"Unknown\",\"principalId\":null,\"accountId\":\"1\"}", "1, "},
        {"{\"type\":\"X\",\"arn\":\"arn:aws:iam::1:user/\",\"userName\":\"bob\"}", "bob, "},
        {"{}", ", "},
        {"null", ", "},
        {"\"text\"", ", "},
        {"[]", ", "},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char json[512];
        char got[2 * ALERT_TEXT_MAX + 2];
        struct alert alert;
        struct event event;
        snprintf(json, sizeof json, "{\"detail\":{" ENABLE ",\"userIdentity\":%s}}",
                 rows[i].identity);
        make(&alert, &event, json);
        snprintf(got, sizeof got, "%s, %s", alert.actor, alert.role);
        assert_row(i, got, rows[i].wanted);
        event_free(&event);
    }
}

static void test_place(void **state)
{
    (void)state;
    static const struct {
        const char *envelope;
        const char *record;
        const char *wanted; /* Region, target, caller, whether across */
    } rows[] = {
        {"", ",\"requestParameters\":{\"RegionName\":\"ap-east-1\"},\"recipientAccountId\":\"2\"",
         "ap-east-1 2  0"},
        {"",
         ",\"requestParameters\":{\"regionName\":\"ap-east-1\",\"accountId\":\"333333333333\"},"
         "\"recipientAccountId\":\"2\",\"userIdentity\":{\"accountId\":\"2\"}",
         "ap-east-1 333333333333 2 1"},
        {"", /* no account: what the caller wrote there is no target */
         ",\"requestParameters\":{\"RegionName\":\"r\",\"AccountId\":\"<!channel>\"},"
         "\"recipientAccountId\":\"2\"",
         "r 2  0"},
        {"",
         ",\"requestParameters\":{\"RegionName\":\"r\",\"AccountId\":null},"
         "\"recipientAccountId\":\"2\",\"userIdentity\":{\"accountId\":\"2\"}",
         "r 2 2 0"},
        {"\"account\":\"9\",", ",\"requestParameters\":null", "null-parent 9  0"},
        {"\"account\":\"9\",", ",\"recipientAccountId\":null", "null-parent 9  0"},
        {"", "", "null-parent   0"},
        {"", ",\"requestParameters\":{\"RegionName\":null}", "null   0"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char json[512];
        char got[4 * ALERT_TEXT_MAX];
        struct alert alert;
        struct event event;
        snprintf(json, sizeof json, "{%s\"detail\":{" ENABLE "%s}}", rows[i].envelope,
                 rows[i].record);
        make(&alert, &event, json);
        snprintf(got, sizeof got, "%s %s %s %d",
                 alert.region[0] == '\0' ? "null-parent" : alert.region, alert.target_account,
                 alert.caller_account, alert_acts_across(&alert));
        assert_row(i, got, rows[i].wanted);
        event_free(&event);
    }
}

static void test_ids_and_times(void **state)
{
    (void)state;
    static const struct {
        const char *record;
        const char *wanted_id;
        long long wanted_ms;
        bool has_time;
    } rows[] = {
        {",\"eventID\":\"8f6f1c1e-2f55-4f0a-9a51-0b4b7c0a1f11\",\"eventTime\":\"2026-02-11T09:14:"
         "07Z\"",
         "rule-id:8f6f1c1e-2f55-4f0a-9a51-0b4b7c0a1f11", 1770801247000, true},
        {",\"eventID\":\"\"", "rule-id:lambda-request", 1770801271000, false},
        {",\"eventID\":null,\"eventTime\":null", "rule-id:lambda-request", 1770801271000, false},
        {",\"eventTime\":\"2026-02-11T09:14:07Zx\"", "rule-id:lambda-request", 1770801271000,
         false},
        {",\"eventTime\":\"2026-02-11 09:14:07\"", "rule-id:lambda-request", 1770801271000, false},
        {",\"eventTime\":\"yesterday\"", "rule-id:lambda-request", 1770801271000, false},
        {",\"eventTime\":1770801247", "rule-id:lambda-request", 1770801271000, false},
        {",\"eventTime\":\"2026-13-11T09:14:07Z\"", "rule-id:lambda-request", 1770801271000, false},
        {",\"eventTime\":\"2026-02-30T09:14:07Z\"", "rule-id:lambda-request", 1770801271000, false},
        {",\"eventTime\":\"2026-02-11T09:61:07Z\"", "rule-id:lambda-request", 1770801271000, false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char json[512];
        struct alert alert;
        struct event event;
        snprintf(json, sizeof json, "{\"detail\":{" ENABLE "%s}}", rows[i].record);
        make(&alert, &event, json);
        assert_row(i, alert.id, rows[i].wanted_id);
        assert_true(alert.event_time_ms == rows[i].wanted_ms);
        assert_int_equal(alert.has_event_time, rows[i].has_time);
        event_free(&event);
    }
}

static void test_kind_of_call(void **state)
{
    (void)state;
    struct alert alert;
    struct event event;
    make(&alert, &event,
         "{\"detail\":{\"eventName\":\"enableregion\",\"eventSource\":\"ACCOUNT.amazonaws.com\"}}");
    assert_true(alert.enables_region);
    event_free(&event);
    make(&alert, &event,
         "{\"detail\":{\"eventName\":\"EnableRegion\",\"eventSource\":\"ec2.amazonaws.com\"}}");
    assert_false(alert.enables_region);
    event_free(&event);
    make(&alert, &event, "{\"detail\":{}}");
    assert_false(alert.enables_region);
    assert_string_equal(alert_shown(alert.event_name), "not recorded");
    event_free(&event);
}

/* AccountId is the target of account:EnableRegion; in other services it means something else. */
static void test_account_of_other_services(void **state)
{
    (void)state;
    struct alert alert;
    struct event event;
    make(&alert, &event,
         "{\"detail\":{\"eventName\":\"CreateUser\",\"eventSource\":\"quicksight.amazonaws.com\","
         "\"requestParameters\":{\"accountId\":\"999999999999\",\"regionName\":\"x\"},"
         "\"recipientAccountId\":\"111122223333\"}}");
    assert_string_equal(alert.target_account, "111122223333");
    assert_string_equal(alert.region, "");
    event_free(&event);
}

/* The mark of a test stands beside the record, never in it, and no event of AWS has it. */
static void test_mark(void **state)
{
    (void)state;
    static const struct {
        const char *event;
        const char *wanted;
    } rows[] = {
        {"{\"source\":\"enable-region-alert\",\"detail\":{" ENABLE "}}", "TEST"},
        {"{\"source\":\"enable-region-alert\",\"detail\":{" ENABLE ",\"errorCode\":\"x\"}}",
         "TEST"},
        {"{\"source\":\"aws.account\",\"detail\":{" ENABLE "}}", "SUCCEEDED"},
        {"{\"source\":\"Enable-Region-Alert\",\"detail\":{" ENABLE "}}", "SUCCEEDED"},
        {"{\"source\":\"enable-region-alert\\u200e\",\"detail\":{" ENABLE "}}", "SUCCEEDED"},
        {"{\"source\":[\"aws.account\",\"enable-region-alert\"],\"detail\":{" ENABLE "}}",
         "SUCCEEDED"},
        {"{\"detail\":{" ENABLE ",\"source\":\"enable-region-alert\"}}", "SUCCEEDED"},
        {"{" ENABLE ",\"source\":\"enable-region-alert\"}", "SUCCEEDED"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct alert alert;
        struct event event;
        make(&alert, &event, rows[i].event);
        assert_row(i, alert_outcome_name(&alert), rows[i].wanted);
        event_free(&event);
    }
}

#define NOTICE(source, type, status)                                                               \
    "{\"source\":" source ",\"detail-type\":" type                                                 \
    ",\"id\":\"8f6f1c1e-2f55-4f0a-9a51-0b4b7c0a1f11\",\"account\":\"9\",\"region\":\"us-east-1\"," \
    "\"time\":\"2026-02-11T09:14:07Z\",\"detail\":{\"accountId\":\"111122223333\","                \
    "\"regionName\":\"ap-east-1\",\"status\":" status "}}"
#define ACCOUNT "\"aws.account\""
#define CHANGE "\"Region Opt-In Status Change\""

/* Only AWS's own notice of a status that is known is one. */
static void test_status(void **state)
{
    (void)state;
    static const struct {
        const char *event;
        const char *wanted; /* "" where it is no notice */
    } rows[] = {
        {NOTICE(ACCOUNT, CHANGE, "\"ENABLING\""), "ENABLING"},
        {NOTICE(ACCOUNT, CHANGE, "\"ENABLED\""), "ENABLED"},
        {NOTICE(ACCOUNT, CHANGE, "\"DISABLING\""), "DISABLING"},
        {NOTICE(ACCOUNT, CHANGE, "\"DISABLED\""), "DISABLED"},
        {NOTICE(ACCOUNT, CHANGE, "\"enabled\""), ""},
        {NOTICE(ACCOUNT, CHANGE, "\"SOMETHING\""), ""},
        {NOTICE(ACCOUNT, CHANGE, "null"), ""},
        {NOTICE("\"aws.ec2\"", CHANGE, "\"ENABLED\""), ""},
        {NOTICE("null", CHANGE, "\"ENABLED\""), ""},
        {NOTICE(ACCOUNT, "\"AWS API Call via CloudTrail\"", "\"ENABLED\""), ""},
        {"{\"source\":" ACCOUNT ",\"detail-type\":" CHANGE
         ",\"status\":\"ENABLED\",\"eventName\":\"x\",\"eventSource\":\"y\"}",
         ""},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct event event;
        event_of(&event, rows[i].event);
        const struct status *status = status_of(&event);
        assert_row(i, status == NULL ? "" : status->name, rows[i].wanted);
        event_free(&event);
    }
}

static void test_status_alert(void **state)
{
    (void)state;
    struct alert alert;
    struct event event;
    make_of(&alert, &event, &status_rule, NOTICE(ACCOUNT, CHANGE, "\"ENABLING\""));
    assert_string_equal(alert_outcome_name(&alert), "ENABLING");
    assert_string_equal(alert.rule_id, status_rule.id);
    assert_string_equal(strchr(alert.id, ':'), ":8f6f1c1e-2f55-4f0a-9a51-0b4b7c0a1f11");
    assert_true(alert.has_event_id);
    assert_string_equal(alert_region(&alert), "ap-east-1");
    assert_string_equal(alert.aws_region, "us-east-1");
    assert_string_equal(alert.target_account, "111122223333");
    assert_string_equal(alert.event_name, "Region Opt-In Status Change");
    assert_string_equal(alert.actor, "");
    assert_true(alert.event_time_ms == 1770801247000);
    event_free(&event);
    /* a rule that matches such an event makes its own alert of it */
    make(&alert, &event, NOTICE(ACCOUNT, CHANGE, "\"ENABLING\""));
    assert_string_equal(alert_outcome_name(&alert), "SUCCEEDED");
    assert_null(alert.status);
    event_free(&event);
    make(&alert, &event,
         "{\"id\":\"8f6f1c1e-2f55-4f0a-9a51-0b4b7c0a1f11\",\"detail\":{" ENABLE "}}");
    assert_false(alert.has_event_id); /* of a call the id is CloudTrail's, never EventBridge's */
    event_free(&event);
}

static void test_account_names(void **state)
{
    (void)state;
    struct alert alert;
    struct event event;
    make(&alert, &event,
         "{\"detail\":{" ENABLE ",\"recipientAccountId\":\"111122223333\","
         "\"userIdentity\":{\"accountId\":\"2\"}}}");
    assert_string_equal(alert.target_name, "prod");
    assert_string_equal(alert.caller_name, ""); /* 2 is no account's number */
    event_free(&event);
}

/* What the rule matched by, then what its `fields` name beside. */
static void test_fields(void **state)
{
    (void)state;
    static const char yaml[] = RULE_OF("detection:\n"
                                       "    a:\n"
                                       "        eventName: [StopLogging, DeleteTrail]\n"
                                       "        requestParameters.name|startswith: org\n"
                                       "    b: {absent: x}\n"
                                       "    c: {errorCode|exists: true}\n"
                                       "    d: [needle]\n"
                                       "    condition: (a or b) and not c and d\n"
                                       "fields:\n"
                                       "    - eventName\n"
                                       "    - requestParameters\n"
                                       "    - tags\n"
                                       "    - missing\n");
    static const char json[] =
        "{\"detail\":{\"eventName\":\"DeleteTrail\",\"requestParameters\":{\"name\":\"org-1\","
        "\"n\":5},\"tags\":[\"needle\",null,true]}}";
    struct rule own;
    struct event event;
    struct evaluation evaluation;
    struct lambda_error err;
    struct alert alert;
    rule_of(&own, yaml);
    event_of(&event, json);
    assert_true(evaluation_init(&evaluation, 1000, &err));
    alert_make(&alert, &(struct alert_input){.rule = &own,
                                             .event = &event,
                                             .evaluation = &evaluation,
                                             .account_names = "",
                                             .request_id = ""});
    struct {
        const struct alert_fields *fields;
        const char *wanted[4][2];
    } rows[] = {{&alert.matched,
                 {{"eventName", "DeleteTrail"},
                  {"requestParameters.name", "org-1"},
                  {"keyword", "needle"}}},
                {&alert.further,
                 {{"requestParameters", "{\"name\":\"org-1\",\"n\":5}"},
                  {"tags", "needle, null, true"},
                  {"missing", ""}}}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_int_equal(rows[i].fields->names.count, 3);
        assert_int_equal(rows[i].fields->values.count, 3);
        for (size_t k = 0; k < 3; k++) {
            assert_row(k, rows[i].fields->names.items[k], rows[i].wanted[k][0]);
            assert_row(k, rows[i].fields->values.items[k], rows[i].wanted[k][1]);
        }
    }
    evaluation_done(&evaluation);
    event_free(&event);
    rule_done(&own);
}

static void test_shorten(void **state)
{
    (void)state;
    struct alert alert;
    struct event event;
    make(&alert, &event,
         "{\"detail\":{" ENABLE ",\"eventID\":\"8f6f1c1e-2f55-4f0a-9a51-0b4b7c0a1f11\","
         "\"userAgent\":\"0123456789012345678\u00e9\u00e9\u00e9\"}}");
    alert.tags.items[0][0] = '\0';
    snprintf(alert.tags.items[1], ALERT_TEXT_MAX, "%0200d", 1);
    alert.tags.count = 3;
    alert_shorten(&alert, 24, 2);
    assert_true(alert.shortened);
    assert_string_equal(alert.user_agent, "0123456789012345678...");
    assert_string_equal(alert.event_id, "8f6f1c1e-2f55-4f0a-9a51-0b4b7c0a1f11");
    assert_string_equal(alert.id, "rule-id:8f6f1c1e-2f55-4f0a-9a51-0b4b7c0a1f11");
    assert_int_equal(alert.tags.count, 2);
    assert_int_equal(strlen(alert.tags.items[1]), 23);
    event_free(&event);
}

/* Hostile values are cut and cleaned, whatever they are. */
static void test_clean(void **state)
{
    (void)state;
    struct lambda_buffer json;
    struct alert alert;
    struct event event;
    lambda_buffer_init(&json, 100000);
    lambda_buffer_add_string(&json, "{\"detail\":{" ENABLE
                                    ",\"userAgent\":\"a\\n\\u001b[0m\\u202e\\u0000b\","
                                    "\"sourceIPAddress\":{\"a\":1},\"vpcEndpointId\":false,"
                                    "\"eventID\":\"");
    for (int i = 0; i < 10000; i++)
        lambda_buffer_add_string(&json, "x");
    lambda_buffer_add_string(&json, "\"}}");
    make(&alert, &event, json.data);
    assert_string_equal(alert.user_agent, "a [0m\xef\xbf\xbd"
                                          "b");
    assert_string_equal(alert.source_address, "{...}");
    assert_string_equal(alert.vpc_endpoint_id, "false");
    assert_int_equal(strlen(alert.event_id), ALERT_TEXT_MAX - 1);
    assert_string_equal(alert.id, "rule-id:lambda-request"); /* no UUID, so not unique */
    event_free(&event);
    lambda_buffer_done(&json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_outcome),      cmocka_unit_test(test_actor),
        cmocka_unit_test(test_place),        cmocka_unit_test(test_ids_and_times),
        cmocka_unit_test(test_kind_of_call), cmocka_unit_test(test_account_of_other_services),
        cmocka_unit_test(test_mark),         cmocka_unit_test(test_status),
        cmocka_unit_test(test_status_alert), cmocka_unit_test(test_account_names),
        cmocka_unit_test(test_fields),       cmocka_unit_test(test_shorten),
        cmocka_unit_test(test_clean),
    };
    return cmocka_run_group_tests_name("alert", tests, NULL, NULL);
}
