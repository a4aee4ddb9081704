#include "handler.h"

#include "alert/alert.h"
#include "alert/message.h"
#include "alert/subject.h"
#include "clock.h"
#include "config.h"
#include <lambda/json.h>

enum { FAILURES_MAX = 65536 }; /* bytes of all reasons together */

void handler_init(struct handler *handler, struct rules *rules, struct sns *sns)
{
    *handler = (struct handler){.rules = rules, .sns = sns};
    lambda_buffer_init(&handler->message, MESSAGE_MAX_BYTES);
    lambda_buffer_init(&handler->published, LAMBDA_RESPONSE_MAX);
    lambda_buffer_init(&handler->suppressed, LAMBDA_RESPONSE_MAX);
}

void handler_done(struct handler *handler)
{
    lambda_buffer_done(&handler->message);
    lambda_buffer_done(&handler->published);
    lambda_buffer_done(&handler->suppressed);
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
                                  .deduplication_id = alert->id};
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

/* What became of the rules so far. */
struct outcome {
    int matched;
    int failed;
    struct lambda_error first;       /* of the failures */
    struct lambda_buffer failed_ids; /* of the rules, for the head of the message */
    struct lambda_buffer failures;   /* their texts */
};

/* Notes a match that a filter took away: in the answer, and in the log where nobody can miss it. */
static void note_suppressed(struct handler *handler, const struct rule *rule,
                            const struct rule_filter *filter, const struct event *event,
                            const struct lambda_invocation *invocation)
{
    struct alert alert;
    alert_make(&alert, rule, event, invocation->request_id, clock_now_ms());
    lambda_log(invocation->logger, LAMBDA_LOG_WARN, "alert suppressed by a filter",
               (struct lambda_log_field[]){{"alertId", .text = alert.id},
                                           {"filterId", .text = filter->id},
                                           {"filterTitle", .text = filter->title},
                                           {0}});
    lambda_json_open(&handler->suppressed, NULL, '{');
    lambda_json_string(&handler->suppressed, "ruleId", rule->id);
    lambda_json_string(&handler->suppressed, "eventId", alert.event_id);
    lambda_json_string(&handler->suppressed, "reason", "filter");
    lambda_json_close(&handler->suppressed, '}');
}

/* Decides one rule and does what follows. False: it could not be decided, or not be published. */
static bool apply_rule(struct handler *handler, const struct rule *rule, const struct event *event,
                       const struct lambda_invocation *invocation, struct outcome *outcome,
                       struct lambda_error *err)
{
    bool matches = false;
    const struct rule_filter *filter = NULL;
    if (!rules_decide(handler->rules, rule, event, &matches, &filter, err)) {
        lambda_log(invocation->logger, LAMBDA_LOG_ERROR, "rule not decided",
                   (struct lambda_log_field[]){{"ruleId", .text = rule->id},
                                               {"errorType", .text = err->type},
                                               {"errorMessage", .text = err->message},
                                               {0}});
        return false;
    }
    outcome->matched += matches;
    if (filter != NULL)
        note_suppressed(handler, rule, filter, event, invocation);
    return !matches || filter != NULL || raise_alert(handler, rule, event, invocation, err);
}

static void apply_rules(struct handler *handler, const struct event *event,
                        const struct lambda_invocation *invocation, struct outcome *outcome)
{
    for (size_t i = 0; i < handler->rules->count; i++) {
        const struct rule *rule = &handler->rules->items[i];
        struct lambda_error failure;
        if (apply_rule(handler, rule, event, invocation, outcome, &failure))
            continue;
        if (outcome->failed++ == 0)
            outcome->first = failure;
        lambda_buffer_format(&outcome->failed_ids, "%s%s", outcome->failed == 1 ? "" : ", ",
                             rule->id);
        lambda_buffer_format(&outcome->failures, "%srule %s: %s", outcome->failed == 1 ? "" : "; ",
                             rule->id, failure.message);
    }
}

/* Every rule is tried; what failed is told together, under the first error's type. */
static bool answer(struct handler *handler, const struct event *event,
                   const struct lambda_invocation *invocation, struct lambda_buffer *response,
                   struct lambda_error *err)
{
    struct outcome outcome = {0};
    lambda_buffer_init(&outcome.failed_ids, FAILURES_MAX);
    lambda_buffer_init(&outcome.failures, FAILURES_MAX);
    lambda_buffer_clear(&handler->published);
    lambda_buffer_clear(&handler->suppressed);
    apply_rules(handler, event, invocation, &outcome);
    lambda_log(invocation->logger, LAMBDA_LOG_INFO, "event evaluated",
               (struct lambda_log_field[]){{"matched", .number = outcome.matched},
                                           {"failed", .number = outcome.failed},
                                           {0}});
    lambda_buffer_format(response, "{\"matched\":%d,\"alerts\":[%s],\"suppressed\":[%s]}",
                         outcome.matched, handler->published.data, handler->suppressed.data);
    response->failed |= handler->published.failed || handler->suppressed.failed;
    if (outcome.failed > 0)
        lambda_fail(err, outcome.first.type, "%d of %zu rules failed: %s. %s", outcome.failed,
                    handler->rules->count, outcome.failed_ids.data, outcome.failures.data);
    lambda_buffer_done(&outcome.failed_ids);
    lambda_buffer_done(&outcome.failures);
    return outcome.failed == 0;
}

bool handler_run(const struct lambda_invocation *invocation, struct lambda_buffer *response,
                 struct lambda_error *err, void *user)
{
    struct handler *handler = user;
    struct event event = {0};
    bool ok = event_parse(&event, invocation->event, invocation->event_len, err) &&
              answer(handler, &event, invocation, response, err);
    event_done(&event);
    return ok;
}
