/* alert_of.h - an alert of an event, and looks at what is rendered of it. */
#ifndef ALERT_OF_H
#define ALERT_OF_H

#include "alert/alert.h"
#include "event_of.h"

#include <cjson/cJSON.h>
#include <lambda/utf8.h>

/* Records of a call, from pieces. */
#define CALL(extra) "\"eventName\":\"EnableRegion\",\"eventSource\":\"account.amazonaws.com\"" extra
#define REGION(name)                                                                               \
    ",\"requestParameters\":{\"RegionName\":\"" name "\"},\"recipientAccountId\":\"123456789012\""
#define ROLE(role, name)                                                                           \
    ",\"userIdentity\":{\"arn\":\"arn:aws:sts::1:assumed-role/" role "/" name                      \
    "\",\"sessionContext\":{\"sessionIssuer\":{\"userName\":\"" role "\"}}}"
#define LONG "0123456789012345678901234567890123456789012345678901234567890123456789"

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
    struct evaluation evaluation;
    struct alert alert;
    struct lambda_buffer out;
};

static inline void begin(struct fixture *f, const char *json)
{
    struct lambda_error err;
    rule_of(&f->rule, RULE_OF(DETECTION));
    event_of(&f->event, json);
    assert_true(evaluation_init(&f->evaluation, 100000, &err));
    alert_make(&f->alert, &(struct alert_input){.rule = &f->rule,
                                                .event = &f->event,
                                                .evaluation = &f->evaluation,
                                                .account_names = "444455556666=Log archive",
                                                .request_id = "lambda-request",
                                                .now_ms = NOW});
    lambda_buffer_init(&f->out, 1048576);
}

static inline void end(struct fixture *f)
{
    assert_false(f->out.failed);
    lambda_buffer_done(&f->out);
    evaluation_done(&f->evaluation);
    event_free(&f->event);
    rule_done(&f->rule);
}

static inline void assert_says(const char *text, const char *wanted)
{
    if (strstr(text, wanted) == NULL)
        fail_msg("'%s' is not in:\n%s", wanted, text);
}

static inline void assert_silent(const char *text, const char *unwanted)
{
    if (strstr(text, unwanted) != NULL)
        fail_msg("'%s' is in:\n%s", unwanted, text);
}

static inline void assert_clean_lines(const char *text, bool breaks_allowed)
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

static inline const cJSON *at(const cJSON *root, const char *path)
{
    char copy[128];
    snprintf(copy, sizeof copy, "%s", path);
    const cJSON *node = root;
    for (char *key = strtok(copy, "."); key != NULL && node != NULL; key = strtok(NULL, "."))
        node = cJSON_IsArray(node) ? cJSON_GetArrayItem(node, atoi(key))
                                   : cJSON_GetObjectItemCaseSensitive(node, key);
    return node;
}

#endif
