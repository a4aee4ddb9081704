/*
 * Any bytes as an event: it is refused with a reason, or it is decided by rules of every kind, and an alert
 * is made of it, whether it matches or not: valid, clean, within its bounds, naming rule and event.
 */
#include "alert/message.h"
#include "alert/subject.h"
#include "sigma/parse.h"
#include "sigma/rules.h"
#include "text.h"
#include <cjson/cJSON.h>
#include <lambda/utf8.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char yaml[] =
    "title: Every kind of test\nid: a5ffb6ea-c784-4e01-b30a-deb6e58ca2ab\n"
    "author: Ann Author\nlogsource: {product: aws, service: cloudtrail}\n"
    "detection:\n"
    "    glob: {eventName|contains: 'e', eventSource|startswith: a, userAgent: 'x*?y'}\n"
    "    regex: {userAgent|re: '^(a|b+)*c'}\n"
    "    cidr: {sourceIPAddress|cidr: [10.0.0.0/8, '2001:db8::/32']}\n"
    "    number: {n|gte: 5, n: 7}\n"
    "    reference: {userIdentity.arn|fieldref: requestParameters.arn}\n"
    "    presence: {a.b|exists: true, c: null}\n"
    "    keyword: [EnableRegion]\n"
    "    condition: glob or regex or cidr or number or reference or presence or not keyword\n";

static struct rules rules;

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void load_rules(void)
{
    struct document document;
    struct lambda_error err;
    rules.items = calloc(1, sizeof *rules.items);
    rules.count = 1;
    require(document_read(&document, "f.yml", yaml, strlen(yaml), &err) &&
            parse_rule(rules.items, &document, NULL, &err) && rules_check(&rules, &err));
}

static void check_text(const char *text, bool breaks_allowed)
{
    size_t len = strlen(text);
    for (size_t i = 0; i < len;) {
        uint32_t code = 0;
        size_t width = lambda_utf8_decode(text + i, len - i, &code);
        require(width > 0 && (!lambda_utf8_is_control(code) || (breaks_allowed && code == '\n')));
        i += width;
    }
}

static void check_subject(const struct alert *alert)
{
    char subject[SUBJECT_MAX];
    subject_write(alert, subject);
    size_t len = strlen(subject);
    require(len > 0 && len < SUBJECT_MAX && subject[0] != ' ' && subject[len - 1] != ' ');
    for (size_t i = 0; i < len; i++)
        require(subject[i] >= ' ' && subject[i] <= '~');
    require(strncmp(subject, alert_outcome_name(alert), strlen(alert_outcome_name(alert))) == 0);
}

static void check_message(const struct alert *alert)
{
    struct lambda_buffer message;
    struct lambda_error err;
    lambda_buffer_init(&message, MESSAGE_MAX_BYTES);
    require(message_write(alert, &message, &err));
    check_text(message.data, false);
    cJSON *root = cJSON_Parse(message.data);
    const char *email = cJSON_GetStringValue(cJSON_GetObjectItem(root, "email"));
    const char *finding = cJSON_GetStringValue(cJSON_GetObjectItem(root, "default"));
    require(email != NULL && finding != NULL);
    check_text(email, true);
    check_text(finding, false);
    cJSON *ocsf = cJSON_Parse(finding);
    require(ocsf != NULL);
    require(strstr(email, alert->rule->id) != NULL && strstr(email, alert->rule->author) != NULL);
    require(strstr(email, alert->id) != NULL && strstr(finding, alert->rule->id) != NULL);
    cJSON_Delete(ocsf);
    cJSON_Delete(root);
    lambda_buffer_done(&message);
}

static void check_event(const struct event *event)
{
    struct alert alert;
    struct lambda_error err;
    const struct rule_filter *filter = NULL;
    bool matches = false;
    if (!rules_decide(&rules, rules.items, event, &matches, &filter, &err))
        require(strcmp(err.type, "Function.RuleLimit") == 0);
    alert_make(&alert, rules.items, event, "request", 1770801271000);
    check_subject(&alert);
    check_message(&alert);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct event event;
    struct lambda_error err = {0};
    char *text = malloc(size + 1);
    if (rules.count == 0)
        load_rules();
    require(text != NULL);
    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    if (event_parse(&event, text, size, &err))
        check_event(&event);
    else
        require(strncmp(err.type, "Function.EventNot", 17) == 0 && err.message[0] != '\0');
    event_done(&event);
    free(text);
    return 0;
}
