#include "alert/email.h"
#include "alert/members.h"
#include "alert/message.h"
#include "alert/ocsf.h"
#include "alert/subject.h"
#include "event_of.h"
#include "test.h"
#include "text.h"

#include <cjson/cJSON.h>
#include <lambda/utf8.h>

#define NOW 1770801271000 /* 2026-02-11T09:14:31Z */
#define DETECTION "detection:\n    s:\n        eventName: EnableRegion\n    condition: s\n"

static const char succeeded[] =
    "{\"account\":\"111122223333\",\"id\":\"delivery\",\"detail\":{\"eventName\":\"EnableRegion\","
    "\"eventSource\":\"account.amazonaws.com\",\"awsRegion\":\"us-east-1\","
    "\"eventTime\":\"2026-02-11T09:14:07Z\",\"eventID\":\"8f6f1c1e-2f55-4f0a-9a51-0b4b7c0a1f11\","
    "\"requestParameters\":{\"RegionName\":\"ap-east-1\"},\"recipientAccountId\":\"123456789012\","
    "\"sourceIPAddress\":\"203.0.113.7\",\"userAgent\":\"aws-cli/2\",\"requestID\":\"r-1\","
    "\"userIdentity\":{\"type\":\"AssumedRole\",\"accountId\":\"123456789012\","
    "\"arn\":\"arn:aws:sts::123456789012:assumed-role/Admin/alice@example.com\","
    "\"accessKeyId\":\"ASIAIOSFODNN7EXAMPLE\",\"sessionContext\":{\"sessionIssuer\":"
    "{\"userName\":\"Admin\"},\"attributes\":{\"mfaAuthenticated\":\"true\"}}}}}";

struct fixture {
    struct rule rule;
    struct event event;
    struct alert alert;
    struct lambda_buffer out;
};

static void begin(struct fixture *f, const char *json)
{
    rule_of(&f->rule, RULE_OF(DETECTION));
    event_of(&f->event, json);
    alert_make(&f->alert, &f->rule, &f->event, "lambda-request", NOW);
    lambda_buffer_init(&f->out, MESSAGE_MAX_BYTES);
}

static void end(struct fixture *f)
{
    assert_false(f->out.failed);
    lambda_buffer_done(&f->out);
    event_free(&f->event);
    rule_done(&f->rule);
}

static void assert_says(const char *text, const char *wanted)
{
    if (strstr(text, wanted) == NULL)
        fail_msg("'%s' is not in:\n%s", wanted, text);
}

static void assert_silent(const char *text, const char *unwanted)
{
    if (strstr(text, unwanted) != NULL)
        fail_msg("'%s' is in:\n%s", unwanted, text);
}

static void test_email(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, succeeded);
    email_write(&f.alert, &f.out);
    assert_string_equal(
        f.out.data,
        "SUCCEEDED  AWS Region ap-east-1 is being enabled in account 123456789012\n"
        "MEDIUM     A rule\n"
        "\n"
        "WHO      arn:aws:sts::123456789012:assumed-role/Admin/alice@example.com\n"
        "         AssumedRole, issuer Admin\n"
        "         MFA yes, console no, key ASIAIOSFODNN7EXAMPLE\n"
        "WHAT     EnableRegion RegionName=ap-east-1\n"
        "WHERE    203.0.113.7\n"
        "         aws-cli/2\n"
        "WHEN     2026-02-11T09:14:07Z   alert 2026-02-11T09:14:31Z (+24 s)\n"
        "ACCOUNT  target 123456789012, caller 123456789012\n"
        "ERROR    none\n"
        "\n"
        "NEXT\n"
        " 1. Ask alice@example.com.\n"
        "    Compare with the change record.\n"
        " 2. aws account get-region-opt-status --region-name ap-east-1\n"
        " 3. aws cloudtrail lookup-events --region us-east-1 --lookup-attributes \\\n"
        "    AttributeKey=AccessKeyId,AttributeValue=ASIAIOSFODNN7EXAMPLE\n"
        " 4. aws cloudtrail lookup-events --region us-east-1 --lookup-attributes \\\n"
        "    AttributeKey=EventId,AttributeValue=8f6f1c1e-2f55-4f0a-9a51-0b4b7c0a1f11\n"
        " 5. aws cloudtrail lookup-events --region ap-east-1 --max-items 50\n"
        " 6. If it was not planned, undo it once its status is ENABLED:\n"
        "    aws account disable-region --region-name ap-east-1\n"
        "    and revoke the credentials.\n"
        " 7. Prevent it: a service control policy that denies\n"
        "    account:EnableRegion (it does not bind the management account).\n"
        "\n"
        "EVENT    8f6f1c1e-2f55-4f0a-9a51-0b4b7c0a1f11\n"
        "https://us-east-1.console.aws.amazon.com/cloudtrailv2/home?region=us-east-1"
        "#/events/8f6f1c1e-2f55-4f0a-9a51-0b4b7c0a1f11\n"
        "RULE     Sigma a5ffb6ea-c784-4e01-b30a-deb6e58ca2ab\n"
        "         medium, test, attack.persistence (T1535: our mapping)\n"
        "         by Ann Author, Bob Writer; licence DRL-1.1\n"
        "         Known false positive: A person who may\n"
        "ALERT    a5ffb6ea-c784-4e01-b30a-deb6e58ca2ab:8f6f1c1e-2f55-4f0a-9a51-0b4b7c0a1f11\n"
        "         The same event gives the same id; a copy can be ignored.\n");
    end(&f);
}

/* What each kind of event must and must not say. */
static void test_email_kinds(void **state)
{
    (void)state;
    static const struct {
        const char *record;
        const char *wanted[4];
        const char *unwanted[3];
    } rows[] = {
        {"\"eventName\":\"EnableRegion\",\"eventSource\":\"account.amazonaws.com\"",
         {"SUCCEEDED  AWS Region (not recorded) is being enabled in account not\n",
          "Ask the actor.", "MFA not recorded", "--region-name REGION\n"},
         {"https://", "AttributeKey", "RegionName=ap"}},
        {"\"eventName\":\"EnableRegion\",\"eventSource\":\"account.amazonaws.com\","
         "\"errorCode\":\"AccessDenied\",\"errorMessage\":\"explicit deny\","
         "\"requestParameters\":{\"RegionName\":\"ap-east-1\"}",
         {"DENIED     AWS Region ap-east-1 was not enabled",
          "ERROR    AccessDenied: explicit deny"},
         {"disable-region", "Prevent it", "ERROR    none"}},
        {"\"eventName\":\"EnableRegion\",\"eventSource\":\"account.amazonaws.com\","
         "\"errorCode\":\"ConflictException\"",
         {"FAILED     AWS Region (not recorded) was not enabled",
          "ERROR    ConflictException: not recorded"},
         {"disable-region"}},
        {"\"eventName\":\"CreateUser\",\"eventSource\":\"iam.amazonaws.com\","
         "\"userIdentity\":{\"type\":\"Root\",\"arn\":\"arn:aws:iam::1:root\"},"
         "\"recipientAccountId\":\"1\"",
         {"SUCCEEDED  CreateUser of iam.amazonaws.com in account 1",
          "WHO      ROOT USER arn:aws:iam::1:root", "WHAT     CreateUser (iam.amazonaws.com)",
          "by Ann Author, Bob Writer"},
         {"Region", "T1535", "disable-region"}},
        {"\"eventName\":\"EnableRegion\",\"eventSource\":\"account.amazonaws.com\","
         "\"requestParameters\":{\"RegionName\":\"ap-east-1\",\"AccountId\":\"444455556666\"},"
         "\"userIdentity\":{\"accountId\":\"111122223333\",\"invokedBy\":\"x.amazonaws.com\"}",
         {"target 444455556666, caller 111122223333 (ACROSS ACCOUNTS)",
          "--region-name ap-east-1 \\\n    --account-id 444455556666\n", "through x.amazonaws.com"},
         {NULL}},
        {"\"eventName\":\"EnableRegion\",\"eventSource\":\"account.amazonaws.com\",\"awsRegion\":"
         "\"us-gov-west-1\",\"eventID\":\"8f6f1c1e-2f55-4f0a-9a51-0b4b7c0a1f11\"",
         {"EVENT    8f6f1c1e"},
         {"https://"}},
        {"\"eventName\":null,\"userAgent\":null", {"SUCCEEDED  null of not recorded"}, {NULL}},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char json[1024];
        struct fixture f;
        snprintf(json, sizeof json, "{\"detail\":{%s}}", rows[i].record);
        begin(&f, json);
        email_write(&f.alert, &f.out);
        for (size_t k = 0; k < COUNT(rows[i].wanted) && rows[i].wanted[k] != NULL; k++)
            assert_says(f.out.data, rows[i].wanted[k]);
        for (size_t k = 0; k < COUNT(rows[i].unwanted) && rows[i].unwanted[k] != NULL; k++)
            assert_silent(f.out.data, rows[i].unwanted[k]);
        end(&f);
    }
}

static void test_email_delay(void **state)
{
    (void)state;
    static const struct {
        const char *time;
        const char *wanted;
    } rows[] = {
        {"2026-02-11T09:14:31Z", "(+0 s)\n"},
        {"2026-02-11T09:04:32Z", "(+599 s)\n"},
        {"2026-02-11T09:04:31Z", "(+10 min)\n"},
        {"2026-02-10T23:14:31Z", "(+10 h)\n"},
        {"2026-02-11T09:14:32Z", "alert 2026-02-11T09:14:31Z\n"}, /* from the future: no delay */
        {"soon", "WHEN     soon   alert 2026-02-11T09:14:31Z\n"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char json[256];
        struct fixture f;
        snprintf(json, sizeof json, "{\"detail\":{\"eventTime\":\"%s\"}}", rows[i].time);
        begin(&f, json);
        email_write(&f.alert, &f.out);
        assert_says(f.out.data, rows[i].wanted);
        end(&f);
    }
}

/* Nothing in these may end up as a command, a label, a line of its own or a control character. */
#define HOSTILE                                                                                    \
    "$(reboot); `id` & \\n\\nERROR    none\\r\\u001b[2J\\u202e\\u2028\\u0000\\ud800'\\\"<b>"

static const char hostile[] =
    "{\"account\":\"" HOSTILE "\",\"id\":\"" HOSTILE
    "\",\"detail\":{\"eventName\":\"EnableRegion\","
    "\"eventSource\":\"account.amazonaws.com\",\"awsRegion\":\"" HOSTILE
    "\",\"eventTime\":\"" HOSTILE "\",\"eventID\":\"" HOSTILE "\",\"errorCode\":\"" HOSTILE
    "\",\"errorMessage\":\"" HOSTILE "\","
    "\"requestParameters\":{\"RegionName\":\"" HOSTILE "\",\"AccountId\":\"" HOSTILE "\"},"
    "\"sourceIPAddress\":\"" HOSTILE "\",\"userAgent\":\"" HOSTILE "\",\"requestID\":\"" HOSTILE
    "\","
    "\"sharedEventID\":\"" HOSTILE "\",\"vpcEndpointId\":\"" HOSTILE
    "\",\"userIdentity\":{\"type\":\"" HOSTILE "\",\"accountId\":\"x\",\"arn\":\"" HOSTILE
    "/" HOSTILE "\",\"accessKeyId\":\"" HOSTILE "\",\"invokedBy\":\"" HOSTILE
    "\",\"sessionContext\":{\"sourceIdentity\":\"" HOSTILE
    "\",\"sessionIssuer\":{\"userName\":\"" HOSTILE
    "\"},\"attributes\":{\"mfaAuthenticated\":\"" HOSTILE "\"}}}}}";

static void assert_clean_lines(const char *text, bool breaks_allowed)
{
    size_t len = strlen(text);
    uint32_t code = 0;
    for (size_t i = 0; i < len;) {
        size_t width = lambda_utf8_decode(text + i, len - i, &code);
        if (width == 0 || (lambda_utf8_is_control(code) && !(breaks_allowed && code == '\n')))
            fail_msg("byte %zu of:\n%s", i, text);
        i += width;
    }
}

static void test_email_hostile(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, hostile);
    email_write(&f.alert, &f.out);
    assert_clean_lines(f.out.data, true);
    for (const char *line = f.out.data; *line != '\0'; line = strchr(line, '\n') + 1) {
        size_t columns = 0;
        for (const char *c = line; *c != '\n'; c++)
            columns += ((unsigned char)*c & 0xc0) != 0x80;
        if (columns > TEXT_COLUMNS && strncmp(line, "ALERT ", 6) != 0)
            fail_msg("%zu columns: %.120s", columns, line);
        if (strstr(line, "aws ") == line + 4) {
            assert_true(strcspn(line, "$`;&'\"<>") > strcspn(line, "\n"));
        }
    }
    assert_says(f.out.data, "--region-name REGION");
    assert_says(f.out.data, "--account-id ACCOUNT");
    assert_says(f.out.data, "FAILED ");
    assert_silent(f.out.data, "\nERROR    none");
    assert_silent(f.out.data, "https://");
    end(&f);
}

static void test_subject(void **state)
{
    (void)state;
#define CALL(extra) "\"eventName\":\"EnableRegion\",\"eventSource\":\"account.amazonaws.com\"" extra
#define REGION(name)                                                                               \
    ",\"requestParameters\":{\"RegionName\":\"" name "\"},\"recipientAccountId\":\"123456789012\""
#define ROLE(role, name)                                                                           \
    ",\"userIdentity\":{\"arn\":\"arn:aws:sts::1:assumed-role/" role "/" name                      \
    "\",\"sessionContext\":{\"sessionIssuer\":{\"userName\":\"" role "\"}}}"
#define LONG "0123456789012345678901234567890123456789012345678901234567890123456789"
    static const struct {
        const char *record;
        const char *wanted;
    } rows[] = {
        {CALL(REGION("ap-east-1") ROLE("Admin", "alice@example.com")),
         "SUCCEEDED [medium]: enable AWS Region ap-east-1 in 123456789012 by "
         "Admin/alice@example.com"},
        {CALL(REGION("ap-east-1")
                  ROLE("AWSReservedSSO_AdministratorAccess_0123456789abcdef", "alice")),
         "SUCCEEDED [medium]: enable AWS Region ap-east-1 in 123456789012 by alice"},
        {CALL(REGION("ap-east-1") ROLE("R", LONG)),
         "SUCCEEDED [medium]: enable AWS Region ap-east-1 in 123456789012 by "
         "01234567890123456789012345678"
         "..."},
        {CALL(""), "SUCCEEDED [medium]: enable an AWS Region in not recorded by not recorded"},
        {CALL(REGION(LONG)), "SUCCEEDED [medium]: enable AWS Region 012345678901234567890... in "
                             "123456789012 by not recorded"},
        {CALL(",\"errorCode\":\"AccessDenied\"" REGION("eu-south-2")),
         "DENIED [medium]: enable AWS Region eu-south-2 in 123456789012 by not recorded"},
        {CALL(REGION("a\\nb\\u00e9\\u202e\\ud83d\\ude00")),
         "SUCCEEDED [medium]: enable AWS Region a b?? in 123456789012 by not recorded"},
        {"\"eventName\":\"CreateUser\",\"userIdentity\":{\"userName\":\"bob \\n\"}",
         "SUCCEEDED [medium]: CreateUser in not recorded by bob"},
        {"\"eventName\":\"CreateUser\",\"userIdentity\":{\"type\":\"Root\"}",
         "SUCCEEDED [medium]: CreateUser in not recorded by root"},
        {"\"eventName\":\"" LONG "\",\"recipientAccountId\":\"" LONG "\"",
         "SUCCEEDED [medium]: 0123456789012345678901234567890123456... in 012345678... by not "
         "recorded"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char json[1024];
        char subject[SUBJECT_MAX];
        struct fixture f;
        snprintf(json, sizeof json, "{\"detail\":{%s}}", rows[i].record);
        begin(&f, json);
        subject_write(&f.alert, subject);
        assert_row(i, subject, rows[i].wanted);
        end(&f);
    }
}

static void test_subject_hostile(void **state)
{
    (void)state;
    struct fixture f;
    char subject[SUBJECT_MAX];
    begin(&f, hostile);
    f.alert.rule = &(struct rule){.level = "informational"};
    subject_write(&f.alert, subject);
    assert_in_range(strlen(subject), 20, SUBJECT_MAX - 1);
    for (const char *c = subject; *c != '\0'; c++)
        assert_in_range(*c, ' ', '~');
    end(&f);
}

static void test_members(void **state)
{
    (void)state;
    static const char *const items[] = {"x", "y"};
    struct lambda_buffer json;
    struct members m;
    lambda_buffer_init(&json, 1000);
    members_begin(&m, &json);
    members_text(&m, "top", "1");
    members_text(&m, "a.b.c", "2");
    members_number(&m, "a.b.d", 3);
    members_bool(&m, "a.bb", true);
    members_text(&m, "ab.b", "4");
    members_list(&m, "ab.c", items, 2);
    members_list(&m, "list", items, 0);
    members_text(&m, "r[].x", "5");
    members_text(&m, "r[].y.z", "6");
    members_bytes(&m, "last", "7\0", 2);
    members_text(&m, "deep.er.still", "8");
    members_end(&m);
    assert_string_equal(json.data,
                        "{\"top\":\"1\",\"a\":{\"b\":{\"c\":\"2\",\"d\":3},\"bb\":true},"
                        "\"ab\":{\"b\":\"4\",\"c\":[\"x\",\"y\"]},\"list\":[],"
                        "\"r\":[{\"x\":\"5\",\"y\":{\"z\":\"6\"}}],\"last\":\"7\\u0000\","
                        "\"deep\":{\"er\":{\"still\":\"8\"}}}");
    lambda_buffer_clear(&json);
    members_begin(&m, &json);
    members_end(&m);
    assert_string_equal(json.data, "{}");
    lambda_buffer_done(&json);
}

static const cJSON *at(const cJSON *root, const char *path)
{
    char copy[128];
    snprintf(copy, sizeof copy, "%s", path);
    const cJSON *node = root;
    for (char *key = strtok(copy, "."); key != NULL && node != NULL; key = strtok(NULL, "."))
        node = cJSON_IsArray(node) ? cJSON_GetArrayItem(node, atoi(key))
                                   : cJSON_GetObjectItemCaseSensitive(node, key);
    return node;
}

static void test_ocsf(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        const char *text; /* NULL: the number */
        double number;
    } rows[] = {
        {"class_uid", NULL, 2004},
        {"category_uid", NULL, 2},
        {"type_uid", NULL, 200401},
        {"activity_id", NULL, 1},
        {"severity_id", NULL, 3},
        {"severity", "Medium", 0},
        {"status_id", NULL, 1},
        {"time", NULL, 1770801247000},
        {"message",
         "SUCCEEDED [medium]: enable AWS Region ap-east-1 in 123456789012 by "
         "Admin/alice@example.com",
         0},
        {"metadata.version", "1.5.0", 0},
        {"metadata.uid",
         "a5ffb6ea-c784-4e01-b30a-deb6e58ca2ab:8f6f1c1e-2f55-4f0a-9a51-0b4b7c0a1f11", 0},
        {"metadata.event_code", "EnableRegion", 0},
        {"metadata.original_time", "2026-02-11T09:14:07Z", 0},
        {"metadata.profiles.0", "cloud", 0},
        {"metadata.product.name", "enable-region-alert", 0},
        {"finding_info.title", "A rule", 0},
        {"finding_info.desc", "Sigma rule by Ann Author, Bob Writer (DRL-1.1)", 0},
        {"finding_info.types.0", "attack.persistence", 0},
        {"finding_info.src_url", "https://example.com/rule", 0},
        {"finding_info.analytic.uid", "a5ffb6ea-c784-4e01-b30a-deb6e58ca2ab", 0},
        {"finding_info.analytic.type_id", NULL, 1},
        {"cloud.provider", "AWS", 0},
        {"cloud.region", "us-east-1", 0},
        {"cloud.account.uid", "123456789012", 0},
        {"api.operation", "EnableRegion", 0},
        {"api.request.uid", "r-1", 0},
        {"resources.0.uid", "arn:aws:account::123456789012:account", 0},
        {"resources.0.region", "ap-east-1", 0},
        {"evidences.0.data.outcome", "SUCCEEDED", 0},
        {"evidences.0.data.actor.arn",
         "arn:aws:sts::123456789012:assumed-role/Admin/alice@example.com", 0},
        {"evidences.0.data.source.address", "203.0.113.7", 0},
        {"unmapped.rule_author", "Ann Author, Bob Writer", 0},
        {"raw_data", succeeded, 0},
    };
    struct fixture f;
    begin(&f, succeeded);
    ocsf_write(&f.alert, true, &f.out);
    cJSON *root = cJSON_Parse(f.out.data);
    assert_non_null(root);
    for (size_t i = 0; i < COUNT(rows); i++) {
        const cJSON *node = at(root, rows[i].path);
        if (node == NULL)
            fail_msg("%s is missing in %s", rows[i].path, f.out.data);
        if (rows[i].text != NULL)
            assert_row(i, cJSON_GetStringValue(node), rows[i].text);
        else
            assert_true(node->valuedouble == rows[i].number);
    }
    assert_null(at(root, "api.response"));
    assert_null(at(root, "unmapped.truncated"));
    cJSON_Delete(root);
    end(&f);
}

static void test_ocsf_hostile(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, hostile);
    ocsf_write(&f.alert, true, &f.out);
    assert_clean_lines(f.out.data, false);
    cJSON *root = cJSON_Parse(f.out.data);
    assert_non_null(root);
    assert_string_equal(cJSON_GetStringValue(at(root, "raw_data")), f.event.text);
    assert_non_null(at(root, "api.response.error"));
    cJSON_Delete(root);
    end(&f);
}

/* The partition of the account's ARN is the caller's. */
static void test_ocsf_partition(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, "{\"detail\":{\"recipientAccountId\":\"1\",\"userIdentity\":{\"arn\":\"arn:aws-cn:"
              "iam::1:root\"}}}");
    ocsf_write(&f.alert, false, &f.out);
    assert_says(f.out.data, "\"arn:aws-cn:account::1:account\"");
    assert_says(f.out.data, "\"truncated\":true");
    assert_silent(f.out.data, "raw_data");
    end(&f);
}

static void test_message(void **state)
{
    (void)state;
    struct fixture f;
    struct lambda_error err = {0};
    begin(&f, succeeded);
    assert_true(message_write(&f.alert, &f.out, &err));
    cJSON *root = cJSON_Parse(f.out.data);
    assert_int_equal(cJSON_GetArraySize(root), 3);
    assert_memory_equal(cJSON_GetStringValue(at(root, "email")), "SUCCEEDED  AWS Region", 21);
    assert_string_equal(cJSON_GetStringValue(at(root, "email")),
                        cJSON_GetStringValue(at(root, "email-json")));
    cJSON *finding = cJSON_Parse(cJSON_GetStringValue(at(root, "default")));
    assert_string_equal(cJSON_GetStringValue(at(finding, "raw_data")), succeeded);
    cJSON_Delete(finding);
    cJSON_Delete(root);
    end(&f);
}

/* An event that does not fit is left out, and the alert goes all the same. */
static void test_message_large(void **state)
{
    (void)state;
    static const size_t sizes[] = {1000, 100000, 200000, 300000, 6000000};
    for (size_t i = 0; i < COUNT(sizes); i++) {
        struct lambda_buffer json;
        struct fixture f;
        struct lambda_error err = {0};
        lambda_buffer_init(&json, 8000000);
        lambda_buffer_add_string(&json,
                                 "{\"detail\":{\"eventName\":\"EnableRegion\",\"userAgent\":\"");
        for (size_t k = 0; k < sizes[i]; k++)
            lambda_buffer_add_string(&json, "x");
        lambda_buffer_add_string(&json, "\"}}");
        begin(&f, json.data);
        assert_true(message_write(&f.alert, &f.out, &err));
        assert_in_range(f.out.len, 1000, MESSAGE_MAX_BYTES);
        assert_int_equal(strstr(f.out.data, "raw_data") != NULL, sizes[i] <= 200000);
        assert_int_equal(strstr(f.out.data, "truncated") != NULL, sizes[i] > 200000);
        lambda_buffer_done(&json);
        end(&f);
    }
}

static void test_message_too_large(void **state)
{
    (void)state;
    struct fixture f;
    struct lambda_error err = {0};
    char author[40000];
    memset(author, '"', sizeof author - 1);
    author[sizeof author - 1] = '\0';
    begin(&f, succeeded);
    struct rule rule = f.rule;
    rule.author = author;
    rule.title = author;
    f.alert.rule = &rule;
    assert_false(message_write(&f.alert, &f.out, &err));
    assert_string_equal(err.type, "Function.AlertNotBuilt");
    assert_says(err.message, "8f6f1c1e-2f55-4f0a-9a51-0b4b7c0a1f11");
    f.out.failed = false; /* it may have failed, for end() */
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_email),
        cmocka_unit_test(test_email_kinds),
        cmocka_unit_test(test_email_delay),
        cmocka_unit_test(test_email_hostile),
        cmocka_unit_test(test_subject),
        cmocka_unit_test(test_subject_hostile),
        cmocka_unit_test(test_members),
        cmocka_unit_test(test_ocsf),
        cmocka_unit_test(test_ocsf_hostile),
        cmocka_unit_test(test_ocsf_partition),
        cmocka_unit_test(test_message),
        cmocka_unit_test(test_message_large),
        cmocka_unit_test(test_message_too_large),
    };
    return cmocka_run_group_tests_name("message", tests, NULL, NULL);
}
