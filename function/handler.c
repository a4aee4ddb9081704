#include "handler.h"

#include "alert/alert.h"
#include "alert/message.h"
#include "alert/subject.h"
#include "clock.h"
#include "config.h"
#include "text.h"
#include <lambda/json.h>

enum { FAILURES_MAX = 65536 }; /* bytes of all reasons together */

void handler_init(struct handler *handler, const struct rules *rules, struct sns *sns)
{
    *handler = (struct handler){.rules = rules, .sns = sns};
    lambda_buffer_init(&handler->message, MESSAGE_MAX_BYTES);
    lambda_buffer_init(&handler->published, LAMBDA_RESPONSE_MAX);
}

void handler_done(struct handler *handler)
{
    lambda_buffer_done(&handler->message);
    lambda_buffer_done(&handler->published);
}

/* FIFO topics take 128 printable characters; an id that a strange event made longer is replaced. */
static const char *deduplication_id(const struct alert *alert, const char *request_id)
{
    return text_matches(alert->id, "^[!-~]{1,128}$") ? alert->id : request_id;
}

static bool publish(struct handler *handler, const struct alert *alert,
                    const struct lambda_invocation *invocation, struct sns_receipt *receipt,
                    struct lambda_error *err)
{
    char subject[SUBJECT_MAX];
    struct https_credentials credentials;
    subject_write(alert, subject);
    if (!config_credentials(&credentials, err) || !message_write(alert, &handler->message, err))
        return false;
    struct sns_message message = {.subject = subject,
                                  .text = handler->message.data,
                                  .group_id = handler->sns->topic->account,
                                  .deduplication_id =
                                      deduplication_id(alert, invocation->request_id)};
    return sns_publish(handler->sns, &credentials, &message, invocation->deadline_ms, receipt, err);
}

/* Publishes the alert of one match, and notes it for the answer. */
static bool raise_alert(struct handler *handler, const struct rule *rule, const struct event *event,
                        const struct lambda_invocation *invocation, struct lambda_error *err)
{
    struct alert alert;
    struct sns_receipt receipt;
    alert_make(&alert, rule, event, invocation->request_id, clock_now_ms());
    if (!publish(handler, &alert, invocation, &receipt, err)) {
        lambda_log(invocation->logger, LAMBDA_LOG_ERROR, "alert not published",
                   (struct lambda_log_field[]){{"alertId", .text = alert.id},
                                               {"errorType", .text = err->type},
                                               {"errorMessage", .text = err->message},
                                               {0}});
        return false;
    }
    lambda_log(invocation->logger, LAMBDA_LOG_INFO, "alert published",
               (struct lambda_log_field[]){{"alertId", .text = alert.id},
                                           {"messageId", .text = receipt.message_id},
                                           {"snsRequestId", .text = receipt.request_id},
                                           {"attempts", .number = receipt.attempts},
                                           {"durationMs", .number = receipt.duration_ms},
                                           {0}});
    lambda_json_open(&handler->published, NULL, '{');
    lambda_json_string(&handler->published, "ruleId", rule->id);
    lambda_json_string(&handler->published, "eventId", alert.event_id);
    lambda_json_string(&handler->published, "messageId", receipt.message_id);
    lambda_json_close(&handler->published, '}');
    return true;
}

/* Every matching rule is attempted; what failed is told together, under the first error's type. */
static bool raise_alerts(struct handler *handler, const struct event *event,
                         const struct lambda_invocation *invocation, struct lambda_buffer *response,
                         struct lambda_error *err)
{
    int matched = 0;
    int failed = 0;
    struct lambda_error first = {0};
    struct lambda_buffer failures;
    lambda_buffer_init(&failures, FAILURES_MAX);
    lambda_buffer_clear(&handler->published);
    for (size_t i = 0; i < handler->rules->count; i++) {
        const struct rule *rule = &handler->rules->items[i];
        struct lambda_error failure;
        if (!rule_matches(rule, event))
            continue;
        matched++;
        if (raise_alert(handler, rule, event, invocation, &failure))
            continue;
        if (failed++ == 0)
            first = failure;
        lambda_buffer_format(&failures, "%srule %s: %s", failed == 1 ? "" : "; ", rule->id,
                             failure.message);
    }
    lambda_log(invocation->logger, LAMBDA_LOG_INFO, "event evaluated",
               (struct lambda_log_field[]){
                   {"matched", .number = matched}, {"failed", .number = failed}, {0}});
    lambda_buffer_format(response, "{\"matched\":%d,\"alerts\":[%s],\"suppressed\":[]}", matched,
                         handler->published.data);
    if (failed > 0)
        lambda_fail(err, first.type, "%d of %d alerts were not published: %s", failed, matched,
                    failures.data);
    lambda_buffer_done(&failures);
    return failed == 0;
}

bool handler_run(const struct lambda_invocation *invocation, struct lambda_buffer *response,
                 struct lambda_error *err, void *user)
{
    struct handler *handler = user;
    struct event event = {0};
    bool ok = event_parse(&event, invocation->event, invocation->event_len, err) &&
              raise_alerts(handler, &event, invocation, response, err);
    event_done(&event);
    return ok;
}
