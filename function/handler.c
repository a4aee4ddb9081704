#include "handler.h"

#include "alert/alert.h"
#include "clock.h"
#include "text.h"
#include <lambda/json.h>
#include <string.h>

enum {
    FAILURES_MAX = 65536,  /* bytes of all reasons together */
    TITLE_MAX_BYTES = 256, /* of a filter, so that its line of the log is never too long */
};

static const char name_space[] = "enable-region-alert"; /* of the metrics */

void handler_init(struct handler *handler, struct rules *rules, struct sns *sns,
                  const struct config *config)
{
    handler->rules = rules;
    handler->sns = sns;
    handler->config = config;
    message_init(&handler->message, config->format, (size_t)config->max_bytes);
    lambda_buffer_init(&handler->published, LAMBDA_RESPONSE_MAX);
    lambda_buffer_init(&handler->suppressed, LAMBDA_RESPONSE_MAX);
}

void handler_done(struct handler *handler)
{
    message_done(&handler->message);
    lambda_buffer_done(&handler->published);
    lambda_buffer_done(&handler->suppressed);
}

/* One invocation at work, and what became of the rules so far. */
struct work {
    struct handler *handler;
    const struct lambda_invocation *invocation;
    const struct event *event;
    int matched;
    int published;
    int suppressed;
    int failed;
    int64_t publish_ms;
    struct lambda_error first;       /* of the failures */
    struct lambda_buffer failed_ids; /* of the rules, for the head of the message */
    struct lambda_buffer failures;   /* their texts */
};

static bool publish(struct handler *handler, struct alert *alert, int64_t deadline_ms,
                    struct sns_receipt *receipt, struct lambda_error *err)
{
    struct message *message = &handler->message;
    struct https_credentials credentials;
    if (!config_credentials(&credentials, err) || !message_write(message, alert, err))
        return false;
    struct sns_message taken = {.subject = message->subject,
                                .text = message->text.data,
                                .is_structured = message->format == MESSAGE_STRUCTURED,
                                .attributes = message->attributes,
                                .group_id = handler->sns->topic->account,
                                .deduplication_id = alert->id};
    return sns_publish(handler->sns, &credentials, &taken, deadline_ms, receipt, err);
}

/* An entry of one of the answer's lists. */
static void note(struct lambda_buffer *list, const struct alert *alert, const char *key,
                 const char *value)
{
    lambda_json_open(list, NULL, '{');
    lambda_json_string(list, "ruleId", alert->rule_id);
    lambda_json_string(list, "eventId", alert->event_id);
    lambda_json_string(list, key, value);
    lambda_json_close(list, '}');
}

/* Publishes the alert of a match, and notes it for the answer. */
static bool raise_alert(struct work *work, struct alert *alert, struct lambda_error *err)
{
    struct handler *handler = work->handler;
    const struct lambda_invocation *invocation = work->invocation;
    struct sns_receipt receipt;
    if (!publish(handler, alert, invocation->deadline_ms, &receipt, err))
        return false;
    if (alert->has_lasting_id)
        ring_add(&handler->ring, alert->id);
    work->published++;
    work->publish_ms += receipt.duration_ms;
    lambda_log(invocation->logger, LAMBDA_LOG_INFO, "alert published",
               (struct lambda_log_field[]){{"alertId", .text = alert->id},
                                           {"messageId", .text = receipt.message_id},
                                           {"snsRequestId", .text = receipt.request_id},
                                           {"attempts", .number = receipt.attempts},
                                           {"durationMs", .number = receipt.duration_ms},
                                           {0}});
    note(&handler->published, alert, "messageId", receipt.message_id);
    return true;
}

/* Notes a match that is not published: in the answer, and in the log where nobody can miss it. */
static void suppress(struct work *work, const struct alert *alert, const struct rule_filter *filter)
{
    struct lambda_log_field fields[] = {{"alertId", .text = alert->id}, {0}, {0}, {0}};
    char title[TITLE_MAX_BYTES] = "";
    if (filter != NULL) {
        text_add_clean(title, sizeof title, filter->title, strlen(filter->title));
        fields[1] = (struct lambda_log_field){"filterId", .text = filter->id};
        fields[2] = (struct lambda_log_field){"filterTitle", .text = title};
    }
    lambda_log(work->invocation->logger, LAMBDA_LOG_WARN,
               filter != NULL ? "alert suppressed by a filter"
                              : "alert suppressed: already published",
               fields);
    work->suppressed++;
    note(&work->handler->suppressed, alert, "reason", filter != NULL ? "filter" : "duplicate");
}

/* Does what is due for an event of a rule. False: its alert could not be published. */
static bool tell(struct work *work, const struct rule *rule, const struct rule_filter *filter,
                 struct lambda_error *err)
{
    struct handler *handler = work->handler;
    struct alert *alert = &handler->alert;
    alert_make(alert, &(struct alert_input){.rule = rule,
                                            .event = work->event,
                                            .evaluation = &handler->rules->evaluation,
                                            .account_names = handler->config->account_names,
                                            .request_id = work->invocation->request_id,
                                            .now_ms = clock_now_ms()});
    bool is_copy = alert->has_lasting_id && ring_holds(&handler->ring, alert->id);
    if (filter == NULL && !is_copy)
        return raise_alert(work, alert, err);
    suppress(work, alert, filter);
    return true;
}

/* Decides one rule and does what follows. False: it could not be decided, or not be published. */
static bool apply_rule(struct work *work, const struct rule *rule, struct lambda_error *err)
{
    bool matches = false;
    const struct rule_filter *filter = NULL;
    if (!rules_decide(work->handler->rules, rule, work->event, &matches, &filter, err))
        return false;
    work->matched += matches;
    return !matches || tell(work, rule, filter, err);
}

/* Notes a rule that failed: in the log, and for the invocation's error. */
static void note_failure(struct work *work, const struct rule *rule, const struct lambda_error *err)
{
    const char *comma = work->failed == 0 ? "" : ", ";
    lambda_log(work->invocation->logger, LAMBDA_LOG_ERROR, "rule failed",
               (struct lambda_log_field[]){{"ruleId", .text = rule->id},
                                           {"errorType", .text = err->type},
                                           {"errorMessage", .text = err->message},
                                           {0}});
    if (work->failed++ == 0)
        work->first = *err;
    lambda_buffer_format(&work->failed_ids, "%s%s", comma, rule->id);
    lambda_buffer_format(&work->failures, "%srule %s: %s", comma[0] == '\0' ? "" : "; ", rule->id,
                         err->message);
}

static void log_metrics(const struct work *work)
{
    const char *const per_publish = work->published > 0 ? "publishDuration" : NULL;
    lambda_log_metrics(work->invocation->logger, name_space, "event evaluated",
                       (struct lambda_log_field[]){
                           {"matched", .number = work->matched, .unit = "Count"},
                           {"published", .number = work->published, .unit = "Count"},
                           {"suppressed", .number = work->suppressed, .unit = "Count"},
                           {"failed", .number = work->failed, .unit = "Count"},
                           {per_publish, .number = work->publish_ms, .unit = "Milliseconds"},
                           {0}});
}

/* Every rule is tried; what failed is told together, under the first error's type. */
static bool apply_rules(struct work *work, struct lambda_error *err)
{
    const struct rules *rules = work->handler->rules;
    struct lambda_error failure;
    for (size_t i = 0; i < rules->count; i++) {
        if (!apply_rule(work, &rules->items[i], &failure))
            note_failure(work, &rules->items[i], &failure);
    }
    if (status_of(work->event) != NULL && !tell(work, &status_rule, NULL, &failure))
        note_failure(work, &status_rule, &failure);
    return work->failed == 0 ||
           lambda_fail(err, work->first.type, "%d of %zu rules failed: %s. %s", work->failed,
                       rules->count, work->failed_ids.data, work->failures.data);
}

static void answer(const struct work *work, struct lambda_buffer *response)
{
    const struct handler *handler = work->handler;
    lambda_buffer_format(response, "{\"matched\":%d,\"alerts\":[%s],\"suppressed\":[%s]}",
                         work->matched, handler->published.data, handler->suppressed.data);
    response->failed |= handler->published.failed || handler->suppressed.failed;
    response->starved |= handler->published.starved || handler->suppressed.starved;
}

bool handler_run(const struct lambda_invocation *invocation, struct lambda_buffer *response,
                 struct lambda_error *err, void *user)
{
    struct event event = {0};
    struct work work = {.handler = user, .invocation = invocation, .event = &event};
    lambda_buffer_init(&work.failed_ids, FAILURES_MAX);
    lambda_buffer_init(&work.failures, FAILURES_MAX);
    lambda_buffer_clear(&work.handler->published);
    lambda_buffer_clear(&work.handler->suppressed);
    bool parsed = event_parse(&event, invocation->event, invocation->event_len, err);
    work.failed = !parsed;
    bool ok = parsed && apply_rules(&work, err);
    log_metrics(&work);
    answer(&work, response);
    event_done(&event);
    lambda_buffer_done(&work.failed_ids);
    lambda_buffer_done(&work.failures);
    return ok;
}
