#include "alert/chat.h"
#include "alert/sms.h"
#include "alert_of.h"

/* Outside backquotes only our own labels, at the start of a line, are markup. */
static void assert_no_markup(const char *text)
{
    bool in_code = false;
    size_t stars = 0;
    for (const char *c = text; *c != '\0'; c++) {
        bool starts_line = c == text || c[-1] == '\n';
        in_code ^= *c == '`';
        if (strchr("<>", *c) != NULL || (!in_code && strchr("_~", *c) != NULL) ||
            (*c == '*' && !in_code && stars++ % 2 == 0 && !starts_line))
            fail_msg("%c at byte %td of %s", *c, c - text, text);
        if (*c == '&' && strncmp(c, "&amp;", 5) != 0 && strncmp(c, "&lt;", 4) != 0 &&
            strncmp(c, "&gt;", 4) != 0)
            fail_msg("& at byte %td of %s", c - text, text);
    }
    assert_false(in_code);
    assert_int_equal(stars % 2, 0);
}

static void test_chat(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        const char *text;
    } rows[] = {
        {"version", "1.0"},
        {"source", "custom"},
        {"id", "8f6f1c1e-2f55-4f0a-9a51-0b4b7c0a1f11"},
        {"content.textType", "client-markdown"},
        {"content.title", "SUCCEEDED [medium]: Asia Pacific (Hong Kong) ap-east-1 is being enabled "
                          "in account 123456789012"},
        {"content.nextSteps.0",
         "Find who used the role as `alice@example.com`, and compare with the "
         "change record."},
        {"content.nextSteps.2", "See what state the Region is in: `aws account "
                                "get-region-opt-status --region-name ap-east-1`"},
        {"content.keywords.0", "EnableRegion"},
        {"content.keywords.2", "SUCCEEDED"},
        {"metadata.threadId", "123456789012/ap-east-1"},
        {"metadata.relatedResources.0", "arn:aws:account::123456789012:account"},
        {"metadata.additionalContext.ruleAuthor", "Ann Author, Bob Writer"},
    };
    struct fixture f;
    begin(&f, succeeded);
    chat_write(&f.alert, &f.out);
    cJSON *root = cJSON_Parse(f.out.data);
    assert_non_null(root);
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_row(i, cJSON_GetStringValue(at(root, rows[i].path)), rows[i].text);
    const char *description = cJSON_GetStringValue(at(root, "content.description"));
    assert_no_markup(description);
    assert_says(description, "*Who* `alice@example.com`, `AssumedRole`, role `Admin`, key `ASIA");
    assert_says(description, "*When* `2026-02-11T09:14:07Z`, alert after `24 s`\n");
    assert_says(description, "*Rule* `A rule`, Sigma `a5ffb6ea");
    assert_says(description, "*Record* https://us-east-1.console.aws.amazon.com/cloudtrailv2/home");
    assert_says(description, "*Identity* `arn:aws:sts::123456789012:assumed-role/Admin/alice@");
    cJSON_Delete(root);
    end(&f);
}

static void test_chat_hostile(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, hostile);
    snprintf(f.alert.rule_title, ALERT_TEXT_MAX, "*a* _b_ ~c~ `d` <!channel> & e");
    snprintf(f.alert.rule_author, ALERT_TEXT_MAX, "*a* _b_ ~c~ `d` <!channel> & e");
    chat_write(&f.alert, &f.out);
    assert_clean_lines(f.out.data, false);
    cJSON *root = cJSON_Parse(f.out.data);
    assert_non_null(root);
    const char *description = cJSON_GetStringValue(at(root, "content.description"));
    assert_no_markup(description);
    assert_says(description, "`*a* _b_ ~c~ 'd' &lt;!channel&gt; &amp; e`");
    assert_no_markup(cJSON_GetStringValue(at(root, "content.nextSteps.0")));
    assert_string_equal(cJSON_GetStringValue(at(root, "metadata.additionalContext.ruleAuthor")),
                        " a   b   c   d  &lt;!channel&gt; &amp; e");
    assert_null(at(root, "id"));
    assert_string_equal(cJSON_GetStringValue(at(root, "metadata.threadId")), "unknown/unknown");
    assert_int_equal(cJSON_GetArraySize(at(root, "metadata.relatedResources")), 0);
    cJSON_Delete(root);
    end(&f);
}

static void test_sms(void **state)
{
    (void)state;
    static const struct {
        const char *record;
        const char *wanted;
    } rows[] = {
        {CALL(REGION("ap-east-1") ROLE(
             "Admin", "alice@example.com") ",\"eventTime\":\"2026-02-11T09:14:07Z\","
                                           "\"eventID\":\"8f6f1c1e-2f55-4f0a-9a51-0b4b7c0a1f11\""),
         "SUCCEEDED medium: enable ap-east-1 in 123456789012 by alice@example.com 09:14Z #8f6f1c1e "
         "Sigma a5ffb6ea by Ann Author, Bob Writer"},
        {CALL(REGION("ap-east-1") ROLE("R", LONG)),
         "SUCCEEDED medium: enable ap-east-1 in 123456789012 by "
         "01234567890123456789012345678901... "
         "#lambda-r Sigma a5ffb6ea by Ann Author, Bob Writer"},
        {CALL(REGION("x") ROLE("R", "[a]{b}`c\\\\d^~|e\\u00e9")),
         "SUCCEEDED medium: enable a Region in 123456789012 by (a)(b)'c.d...e? #lambda-r Sigma "
         "a5ffb6ea by Ann Author, Bob Writer"},
        {"\"eventName\":\"" LONG "\",\"errorCode\":\"x\",\"recipientAccountId\":\"\\u00e9" LONG
         "\"",
         "FAILED medium: 0123456789012345678901... in an account by not recorded #lambda-r Sigma "
         "a5ffb6ea by Ann Author, Bob Writer"},
        {CALL(",\"requestParameters\":{\"RegionName\":\"il-central-1\",\"AccountId\":"
              "\"444455556666\"}" ROLE("Admin", "bob")),
         "SUCCEEDED medium: enable il-central-1 in 444455556666 (Log archive) by bob #lambda-r "
         "Sigma a5ffb6ea by Ann Author, Bob Writer"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char json[1024];
        char sms[SMS_MAX];
        struct fixture f;
        snprintf(json, sizeof json, "{\"detail\":{%s}}", rows[i].record);
        begin(&f, json);
        sms_write(&f.alert, sms);
        assert_row(i, sms, rows[i].wanted);
        end(&f);
    }
}

/* However long the parts are, all but the actor stay. */
static void test_sms_longest(void **state)
{
    (void)state;
    char sms[SMS_MAX];
    struct fixture f;
    begin(&f, succeeded);
    snprintf(f.alert.rule_level, ALERT_TEXT_MAX, "informational");
    snprintf(f.alert.region, ALERT_TEXT_MAX, "ap-northwesterly-1");
    snprintf(f.alert.rule_author, ALERT_TEXT_MAX, "%s", LONG);
    sms_write(&f.alert, sms);
    assert_string_equal(sms, "SUCCEEDED informational: enable ap-northwesterly-1 in 123456789012 "
                             "09:14Z #8f6f1c1e Sigma a5ffb6ea by 01234567890123456789012345678...");
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chat),
        cmocka_unit_test(test_chat_hostile),
        cmocka_unit_test(test_sms),
        cmocka_unit_test(test_sms_longest),
    };
    return cmocka_run_group_tests_name("chat", tests, NULL, NULL);
}
