#include "alert/email.h"
#include "alert/members.h"
#include "alert/message.h"
#include "alert/ocsf.h"
#include "alert/subject.h"
#include "alert_of.h"
#include "text.h"

/* The whole text stands in tests/alert/golden; here is what it begins with. */
static void test_email(void **state)
{
    (void)state;
    static const char start[] =
        "SUCCEEDED  Asia Pacific (Hong Kong) ap-east-1 is being enabled in account\n"
        "           123456789012 by alice@example.com\n"
        "           A rule (medium)\n"
        "\n"
        "WHO      alice@example.com\n"
        "         role Admin\n"
        "         AssumedRole, MFA yes, key ASIAIOSFODNN7EXAMPLE\n"
        "         arn:aws:sts::123456789012:assumed-role/Admin/alice@example.com\n"
        "WHAT     EnableRegion RegionName=ap-east-1\n"
        "WHERE    203.0.113.7\n"
        "         aws-cli/2\n"
        "WHEN     2026-02-11T09:14:07Z, alert 24 s later\n"
        "ACCOUNT  123456789012\n"
        "\n"
        "NEXT\n"
        " 1. Find who used the role as alice@example.com, and compare with the change\n"
        "    record.\n"
        " 2. Not planned? Revoke the credentials now.\n";
    struct fixture f;
    begin(&f, succeeded);
    email_write(&f.alert, &f.out);
    assert_in_range(f.out.len, strlen(start), 4000);
    f.out.data[strlen(start)] = '\0';
    assert_string_equal(f.out.data, start);
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
         {"SUCCEEDED  An AWS Region is being enabled in an unknown account\n", "Ask the actor,",
          "WHO      not recorded\n", "WHAT     EnableRegion, Region not recorded\n"},
         {"https://us", "AttributeKey", "--region-name"}},
        {"\"eventName\":\"EnableRegion\",\"eventSource\":\"account.amazonaws.com\","
         "\"errorCode\":\"AccessDenied\",\"errorMessage\":\"explicit deny\","
         "\"requestParameters\":{\"RegionName\":\"ap-east-1\"}",
         {"DENIED     AWS refused to enable Asia Pacific (Hong Kong) ap-east-1 in an",
          "ERROR    AccessDenied: explicit deny", "The call was refused."},
         {"disable-region", "Prevent it", "ERROR    none"}},
        {"\"eventName\":\"EnableRegion\",\"eventSource\":\"account.amazonaws.com\","
         "\"errorCode\":\"ConflictException\"",
         {"FAILED     A call to enable an AWS Region failed in an unknown account",
          "ERROR    ConflictException: not recorded"},
         {"disable-region"}},
        {"\"eventName\":\"CreateUser\",\"eventSource\":\"iam.amazonaws.com\","
         "\"userIdentity\":{\"type\":\"Root\",\"arn\":\"arn:aws:iam::1:root\"},"
         "\"recipientAccountId\":\"111122223333\"",
         {"SUCCEEDED  CreateUser in account 111122223333 by ROOT USER\n",
          "WHO      ROOT USER\n         Root\n         arn:aws:iam::1:root\n",
          "WHAT     CreateUser (iam.amazonaws.com)\nWHERE", "by Ann Author, Bob Writer"},
         {"Region", "T1535", "disable-region"}},
        {"\"eventName\":\"EnableRegion\",\"eventSource\":\"account.amazonaws.com\","
         "\"requestParameters\":{\"RegionName\":\"ap-east-1\",\"AccountId\":\"444455556666\"},"
         "\"userIdentity\":{\"accountId\":\"111122223333\",\"invokedBy\":\"x.amazonaws.com\","
         "\"userName\":\"bob\"}",
         {"ACCOUNT  444455556666 (Log archive), called from another account:\n         "
          "111122223333\n",
          "--region-name ap-east-1 \\\n    --account-id 444455556666\n", "through x.amazonaws.com"},
         {NULL}},
        {"\"eventName\":\"EnableRegion\",\"eventSource\":\"account.amazonaws.com\",\"awsRegion\":"
         "\"us-gov-west-1\",\"eventID\":\"8f6f1c1e-2f55-4f0a-9a51-0b4b7c0a1f11\"",
         {"EVENT    8f6f1c1e"},
         {"https://us"}},
        {"\"eventName\":null,\"userAgent\":null",
         {"SUCCEEDED  A call in an unknown account\n"},
         {NULL}},
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

/* A notice has no caller and no rule, and says so. */
static void test_email_status(void **state)
{
    (void)state;
    static const struct {
        const char *status;
        const char *wanted[4];
        const char *unwanted[3];
    } rows[] = {
        {"ENABLING",
         {"ENABLING   Asia Pacific (Hong Kong) ap-east-1 is being enabled in account",
          "WHAT     Region Opt-In Status Change: ENABLING\n", "AttributeValue=EnableRegion\n",
          "aws account disable-region --region-name ap-east-1\n"},
         {"MFA", "Sigma", "ERROR"}},
        {"DISABLED",
         {"DISABLED   Asia Pacific (Hong Kong) ap-east-1 is now disabled in account",
          "AttributeValue=DisableRegion\n", "RULE     none: a notice of AWS (", "ACCOUNT  1111222"},
         {"disable-region", "create-policy", "WHERE"}},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char json[512];
        struct fixture f;
        snprintf(json, sizeof json,
                 "{\"source\":\"aws.account\",\"detail-type\":\"Region Opt-In Status Change\","
                 "\"detail\":{\"accountId\":\"111122223333\",\"regionName\":\"ap-east-1\","
                 "\"status\":\"%s\"}}",
                 rows[i].status);
        begin(&f, json);
        alert_make(&f.alert, &(struct alert_input){.rule = &status_rule,
                                                   .event = &f.event,
                                                   .account_names = "",
                                                   .request_id = "lambda-request",
                                                   .now_ms = NOW});
        email_write(&f.alert, &f.out);
        for (size_t k = 0; k < COUNT(rows[i].wanted); k++)
            assert_says(f.out.data, rows[i].wanted[k]);
        for (size_t k = 0; k < COUNT(rows[i].unwanted); k++)
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
        {"2026-02-11T09:14:31Z", "Z, alert 0 s later\n"},
        {"2026-02-11T09:12:32Z", "Z, alert 119 s later\n"},
        {"2026-02-11T09:12:31Z", "Z, alert 2 min later\n"},
        {"2026-02-11T07:14:32Z", "Z, alert 119 min later\n"},
        {"2026-02-11T07:14:31Z", "Z, alert 2 h 0 min later\n"},
        {"2026-02-10T23:10:31Z", "Z, alert 10 h 4 min later\n"},
        {"2026-02-11T09:14:32Z", "Z, alert 2026-02-11T09:14:31Z\n"}, /* from the future */
        {"soon", "WHEN     soon, alert 2026-02-11T09:14:31Z\n"},
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
    assert_silent(f.out.data, "--region-name");
    assert_silent(f.out.data, "--account-id");
    assert_says(f.out.data, "FAILED ");
    assert_silent(f.out.data, "\nERROR    none");
    assert_silent(f.out.data, "console.aws.amazon.com");
    end(&f);
}

static void test_subject(void **state)
{
    (void)state;
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
        {CALL(""),
         "SUCCEEDED [medium]: enable an AWS Region in an unknown account by not recorded"},
        {CALL(REGION(LONG)),
         "SUCCEEDED [medium]: enable an AWS Region in 123456789012 by not recorded"},
        {CALL(",\"errorCode\":\"AccessDenied\"" REGION("eu-south-2")),
         "DENIED [medium]: enable AWS Region eu-south-2 in 123456789012 by not recorded"},
        {CALL(REGION("a\\nb\\u00e9\\u202e\\ud83d\\ude00")),
         "SUCCEEDED [medium]: enable an AWS Region in 123456789012 by not recorded"},
        {CALL(",\"requestParameters\":{\"RegionName\":\"ap-east-1\",\"AccountId\":\"<!channel>\"},"
              "\"recipientAccountId\":\"444455556666\"" ROLE("R", "a\\u00e9\\n")),
         "SUCCEEDED [medium]: enable AWS Region ap-east-1 in 444455556666 (Log archive) by R/a?"},
        {"\"eventName\":\"CreateUser\",\"userIdentity\":{\"userName\":\"bob \\n\"}",
         "SUCCEEDED [medium]: CreateUser in an unknown account by bob"},
        {"\"eventName\":\"CreateUser\",\"userIdentity\":{\"type\":\"Root\"}",
         "SUCCEEDED [medium]: CreateUser in an unknown account by ROOT USER"},
        {"\"eventName\":\"" LONG "\",\"recipientAccountId\":\"" LONG "\"",
         "SUCCEEDED [medium]: 0123456789012345678901234567890123456... in an unknown account by "
         "not "
         "recorded"},
        {"\"eventName\":\"*x*\"",
         "SUCCEEDED [medium]: a call in an unknown account by not recorded"},
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
    snprintf(f.alert.rule_level, ALERT_TEXT_MAX, "informational");
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

/* The partition of the account's ARN is the Region's. */
static void test_ocsf_partition(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, "{\"detail\":{\"recipientAccountId\":\"123456789012\","
              "\"awsRegion\":\"cn-north-1\"}}");
    ocsf_write(&f.alert, false, &f.out);
    assert_says(f.out.data, "\"arn:aws-cn:account::123456789012:account\"");
    assert_says(f.out.data, "\"truncated\":true");
    assert_silent(f.out.data, "raw_data");
    end(&f);
}

static void test_formats(void **state)
{
    (void)state;
    enum message_format format = MESSAGE_CHAT;
    assert_true(message_find_format("structured", &format));
    assert_int_equal(format, MESSAGE_STRUCTURED);
    assert_true(message_find_format("ocsf", &format));
    assert_int_equal(format, MESSAGE_OCSF);
    assert_false(message_find_format("OCSF", &format));
    assert_false(message_find_format("", &format));
}

/* Makes the message of an event, which must succeed. */
static void write_message(struct fixture *f, struct message *message, enum message_format format,
                          size_t max_bytes, const char *json)
{
    struct lambda_error err = {0};
    begin(f, json);
    message_init(message, format, max_bytes);
    if (!message_write(message, &f->alert, &err))
        fail_msg("format %d, %zu bytes: %s", format, max_bytes, err.message);
}

static void test_message(void **state)
{
    (void)state;
    struct fixture f;
    struct message message;
    write_message(&f, &message, MESSAGE_STRUCTURED, MESSAGE_USUAL_BYTES, succeeded);
    assert_null(message.attributes[0]);
    cJSON *root = cJSON_Parse(message.text.data);
    assert_int_equal(cJSON_GetArraySize(root), 5);
    assert_memory_equal(cJSON_GetStringValue(at(root, "email")), "SUCCEEDED  Asia", 15);
    assert_string_equal(cJSON_GetStringValue(at(root, "email")),
                        cJSON_GetStringValue(at(root, "email-json")));
    assert_memory_equal(cJSON_GetStringValue(at(root, "https")), "{\"version\":\"1.0\"", 16);
    assert_memory_equal(cJSON_GetStringValue(at(root, "sms")), "SUCCEEDED medium:", 17);
    cJSON *finding = cJSON_Parse(cJSON_GetStringValue(at(root, "default")));
    assert_string_equal(cJSON_GetStringValue(at(finding, "raw_data")), succeeded);
    cJSON_Delete(finding);
    cJSON_Delete(root);
    message_done(&message);
    end(&f);
}

/* The forms of one text, with what filter policies look at. */
static void test_message_of_one_text(void **state)
{
    (void)state;
    static const struct {
        enum message_format format;
        const char *start;
    } rows[] = {{MESSAGE_EMAIL, "SUCCEEDED  Asia"},
                {MESSAGE_OCSF, "{\"category_uid\":2,"},
                {MESSAGE_CHAT, "{\"version\":\"1.0\","}};
    static const char *const attributes[] = {"ruleId",  "a5ffb6ea-c784-4e01-b30a-deb6e58ca2ab",
                                             "level",   "medium",
                                             "outcome", "SUCCEEDED",
                                             "account", "123456789012",
                                             "region",  "ap-east-1",
                                             "test",    "false"};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct fixture f;
        struct message message;
        write_message(&f, &message, rows[i].format, MESSAGE_USUAL_BYTES, succeeded);
        assert_memory_equal(message.text.data, rows[i].start, strlen(rows[i].start));
        for (size_t k = 0; k < COUNT(attributes); k++)
            assert_row(k, message.attributes[k], attributes[k]);
        assert_null(message.attributes[COUNT(attributes)]);
        message_done(&message);
        end(&f);
    }
}

/* SNS refuses an attribute without a value. */
static void test_attributes_not_known(void **state)
{
    (void)state;
    static const char *const names[] = {"ruleId", "level", "outcome", "test"};
    struct fixture f;
    struct message message;
    write_message(&f, &message, MESSAGE_OCSF, MESSAGE_USUAL_BYTES,
                  "{\"detail\":{\"eventName\":\"x\",\"awsRegion\":null}}");
    for (size_t i = 0; i < COUNT(names); i++)
        assert_string_equal(message.attributes[2 * i], names[i]);
    assert_null(message.attributes[2 * COUNT(names)]);
    message_done(&message);
    end(&f);
}

static size_t count_bytes(const struct message *message)
{
    size_t count = message->text.len;
    for (size_t i = 0; message->attributes[i] != NULL; i++)
        count += strlen(message->attributes[i]) + (i % 2 == 0 ? strlen("String") : 0);
    return count;
}

/* An event that does not fit is left out, and the alert goes all the same. */
static void test_message_large(void **state)
{
    (void)state;
    static const size_t sizes[] = {1000, 100000, 200000, 300000, 6000000};
    for (size_t i = 0; i < COUNT(sizes); i++) {
        struct lambda_buffer json;
        struct fixture f;
        struct message message;
        lambda_buffer_init(&json, 8000000);
        lambda_buffer_add_string(&json,
                                 "{\"detail\":{\"eventName\":\"EnableRegion\",\"userAgent\":\"");
        for (size_t k = 0; k < sizes[i]; k++)
            lambda_buffer_add_string(&json, "x");
        lambda_buffer_add_string(&json, "\"}}");
        write_message(&f, &message, MESSAGE_STRUCTURED, MESSAGE_USUAL_BYTES, json.data);
        assert_in_range(message.text.len, 1000, MESSAGE_USUAL_BYTES);
        assert_int_equal(strstr(message.text.data, "raw_data") != NULL, sizes[i] <= 200000);
        assert_int_equal(strstr(message.text.data, "truncated") != NULL, sizes[i] > 200000);
        message_done(&message);
        lambda_buffer_done(&json);
        end(&f);
    }
}

/* Fills a text with quotes, which take the most room in JSON. */
static void fill(char *text)
{
    memset(text, '"', ALERT_TEXT_MAX - 1);
    text[ALERT_TEXT_MAX - 1] = '\0';
}

static void fill_all(struct alert *alert)
{
    struct alert_list *const lists[] = {&alert->tags,           &alert->references,
                                        &alert->falsepositives, &alert->matched.names,
                                        &alert->matched.values, &alert->further.names,
                                        &alert->further.values};
    for (char *text = alert->event_id; text <= alert->rule_license; text += ALERT_TEXT_MAX) {
        if (text != alert->rule_id && text != alert->rule_level)
            fill(text);
    }
    for (size_t i = 0; i < COUNT(lists); i++) {
        lists[i]->count = ALERT_ITEMS_MAX;
        for (size_t k = 0; k < ALERT_ITEMS_MAX; k++)
            fill(lists[i]->items[k]);
    }
}

/* The worst alert fits into every limit, in every format. */
static void test_message_small(void **state)
{
    (void)state;
    static const size_t limits[] = {MESSAGE_LEAST_BYTES, 65536, 131072, MESSAGE_USUAL_BYTES};
    static const enum message_format formats[] = {MESSAGE_STRUCTURED, MESSAGE_EMAIL, MESSAGE_OCSF,
                                                  MESSAGE_CHAT};
    for (size_t i = 0; i < COUNT(limits) * COUNT(formats); i++) {
        struct fixture f;
        struct message message;
        struct lambda_error err = {0};
        begin(&f, succeeded);
        fill_all(&f.alert);
        message_init(&message, formats[i % COUNT(formats)], limits[i / COUNT(formats)]);
        if (!message_write(&message, &f.alert, &err))
            fail_msg("format %d, %zu bytes: %s", message.format, message.text.max, err.message);
        assert_in_range(count_bytes(&message), 1000, message.text.max);
        assert_says(message.text.data, "a5ffb6ea-c784-4e01-b30a-deb6e58ca2ab");
        message_done(&message);
        end(&f);
    }
}

static void test_message_too_large(void **state)
{
    (void)state;
    struct fixture f;
    struct message message;
    struct lambda_error err = {0};
    begin(&f, succeeded);
    message_init(&message, MESSAGE_STRUCTURED, 4000);
    assert_false(message_write(&message, &f.alert, &err));
    assert_string_equal(err.type, "Function.AlertNotBuilt");
    assert_says(err.message, "8f6f1c1e-2f55-4f0a-9a51-0b4b7c0a1f11");
    message_done(&message);
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_email),
        cmocka_unit_test(test_email_kinds),
        cmocka_unit_test(test_email_status),
        cmocka_unit_test(test_email_delay),
        cmocka_unit_test(test_email_hostile),
        cmocka_unit_test(test_subject),
        cmocka_unit_test(test_subject_hostile),
        cmocka_unit_test(test_members),
        cmocka_unit_test(test_ocsf),
        cmocka_unit_test(test_ocsf_hostile),
        cmocka_unit_test(test_ocsf_partition),
        cmocka_unit_test(test_formats),
        cmocka_unit_test(test_message),
        cmocka_unit_test(test_message_of_one_text),
        cmocka_unit_test(test_attributes_not_known),
        cmocka_unit_test(test_message_large),
        cmocka_unit_test(test_message_small),
        cmocka_unit_test(test_message_too_large),
    };
    return cmocka_run_group_tests_name("message", tests, NULL, NULL);
}
