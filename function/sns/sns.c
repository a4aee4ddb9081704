#include "sns/sns.h"

#include "clock.h"
#include "sns/answer.h"
#include "sns/form.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    FORM_MAX = 4194304, /* the largest message, with every byte of it encoded, and the rest */
    CONNECT_MS = 2000,
    ATTEMPT_MS = 5000,
    RESERVE_MS = 500, /* for the answer to Lambda */
    USEFUL_MS = 20,   /* an attempt with less time is not made */
};

enum { BASE_MS = 50, THROTTLED_BASE_MS = 1000, DELAY_MAX_MS = 20000, RETRY_AFTER_SLACK_MS = 5000 };

static const char *const error_types[] = {
    [ANSWER_TRANSIENT] = "Function.PublishUnreachable",
    [ANSWER_THROTTLED] = "Function.PublishThrottled",
    [ANSWER_DENIED] = "Function.PublishDenied",
    [ANSWER_REJECTED] = "Function.PublishRejected",
};

bool sns_init(struct sns *sns, const struct topic *topic, const struct https_endpoint *endpoint,
              int max_attempts, int64_t interval_ms, struct lambda_error *err)
{
    *sns = (struct sns){.topic = topic, .max_attempts = max_attempts, .interval_ms = interval_ms};
    https_reply_init(&sns->reply);
    lambda_buffer_init(&sns->form, FORM_MAX);
    return https_init(&sns->https, endpoint, err);
}

void sns_done(struct sns *sns)
{
    https_done(&sns->https);
    https_reply_done(&sns->reply);
    lambda_buffer_done(&sns->form);
    *sns = (struct sns){0};
}

bool sns_connect(struct sns *sns, struct lambda_error *err)
{
    enum https_result result = https_connect(&sns->https, CONNECT_MS, &sns->reply);
    return result == HTTPS_ANSWERED ||
           lambda_fail(err,
                       result == HTTPS_UNTRUSTED ? "Function.PublishUntrusted"
                                                 : "Function.PublishUnreachable",
                       "%s: %s", sns->https.endpoint.url, sns->reply.problem);
}

static void add_attributes(struct lambda_buffer *form, const char *const *attributes)
{
    for (int number = 1; *attributes != NULL; number++, attributes += 2) {
        const char *const parts[][2] = {{"Name", attributes[0]},
                                        {"Value.DataType", "String"},
                                        {"Value.StringValue", attributes[1]}};
        for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
            char name[64];
            snprintf(name, sizeof name, "MessageAttributes.entry.%d.%s", number, parts[i][0]);
            form_add(form, name, parts[i][1]);
        }
    }
}

static void write_form(const struct sns *sns, const struct sns_message *message,
                       struct lambda_buffer *form)
{
    lambda_buffer_clear(form);
    form_add(form, "Action", "Publish");
    form_add(form, "Version", "2010-03-31");
    form_add(form, "TopicArn", sns->topic->arn);
    if (message->subject[0] != '\0')
        form_add(form, "Subject", message->subject);
    if (message->is_structured)
        form_add(form, "MessageStructure", "json");
    form_add(form, "Message", message->text);
    add_attributes(form, message->attributes);
    if (sns->topic->is_fifo) {
        form_add(form, "MessageGroupId", message->group_id);
        form_add(form, "MessageDeduplicationId", message->deduplication_id);
    }
}

int64_t sns_retry_delay_ms(bool throttled, int retry, int64_t retry_after_ms, uint32_t random)
{
    int64_t most = throttled ? THROTTLED_BASE_MS : BASE_MS;
    for (int i = 0; i < retry && most < DELAY_MAX_MS; i++)
        most *= 2;
    if (most > DELAY_MAX_MS)
        most = DELAY_MAX_MS;
    int64_t delay = (int64_t)((uint64_t)most * random >> 32);
    if (retry_after_ms < 0)
        return delay;
    if (delay < retry_after_ms)
        return retry_after_ms;
    return delay < retry_after_ms + RETRY_AFTER_SLACK_MS ? delay
                                                         : retry_after_ms + RETRY_AFTER_SLACK_MS;
}

static uint32_t random_number(void)
{
    uint32_t number = 0;
    return getentropy(&number, sizeof number) == 0 ? number : UINT32_MAX / 2;
}

static enum answer_verdict fail_unanswered(const struct sns *sns, enum https_result result,
                                           struct lambda_error *err)
{
    bool untrusted = result == HTTPS_UNTRUSTED;
    lambda_fail(err, untrusted ? "Function.PublishUntrusted" : "Function.PublishUnreachable",
                "%s: %s", sns->https.endpoint.url, sns->reply.problem);
    return untrusted ? ANSWER_REJECTED : ANSWER_TRANSIENT;
}

/* One attempt. Unless it is accepted, err says why. */
static enum answer_verdict try_once(struct sns *sns, const struct https_credentials *credentials,
                                    int64_t timeout_ms, struct answer *answer,
                                    struct lambda_error *err)
{
    struct https_reply *reply = &sns->reply;
    enum https_result result =
        https_post(&sns->https, credentials, sns->form.data, sns->form.len, timeout_ms, reply);
    if (result != HTTPS_ANSWERED)
        return fail_unanswered(sns, result, err);
    answer_read(answer, reply->status, reply->body.data);
    if (answer->request_id[0] == '\0')
        snprintf(answer->request_id, sizeof answer->request_id, "%s", reply->request_id);
    if (answer->verdict != ANSWER_ACCEPTED)
        lambda_fail(err, error_types[answer->verdict],
                    "SNS answered %ld %s: %s (request id %s)%s%s", reply->status,
                    answer->code[0] == '\0' ? "without a code" : answer->code,
                    answer->message[0] == '\0' ? "without a message" : answer->message,
                    answer->request_id[0] == '\0' ? "unknown" : answer->request_id,
                    answer->advice[0] == '\0' ? "" : ". ", answer->advice);
    return answer->verdict;
}

static void keep_pace(const struct sns *sns, int64_t end_ms)
{
    int64_t now_ms = clock_now_ms();
    int64_t wait_ms = sns->last_ms + sns->interval_ms - now_ms;
    bool has_time = end_ms - now_ms - wait_ms >= ATTEMPT_MS;
    if (wait_ms > 0 && wait_ms <= sns->interval_ms && has_time && !sns->topic->is_fifo)
        clock_sleep_ms(wait_ms);
}

bool sns_publish(struct sns *sns, const struct https_credentials *credentials,
                 const struct sns_message *message, int64_t deadline_ms,
                 struct sns_receipt *receipt, struct lambda_error *err)
{
    struct answer answer;
    int64_t end_ms = deadline_ms - RESERVE_MS;
    write_form(sns, message, &sns->form);
    if (sns->form.failed)
        return lambda_fail(err, "Function.AlertNotBuilt",
                           "the message is too large, or memory ran out");
    keep_pace(sns, end_ms);
    int64_t start_ms = clock_now_ms();
    lambda_fail(err, "Function.PublishUnreachable",
                "%" PRId64 " ms before the deadline there is no time left to publish",
                deadline_ms - start_ms);
    for (int attempt = 1; attempt <= sns->max_attempts; attempt++) {
        int64_t share_ms = (end_ms - clock_now_ms()) / (sns->max_attempts - attempt + 1);
        if (share_ms < USEFUL_MS)
            return false;
        sns->last_ms = clock_now_ms();
        int64_t timeout_ms = share_ms < ATTEMPT_MS ? share_ms : ATTEMPT_MS;
        enum answer_verdict verdict = try_once(sns, credentials, timeout_ms, &answer, err);
        if (verdict == ANSWER_ACCEPTED) {
            *receipt =
                (struct sns_receipt){.attempts = attempt, .duration_ms = clock_now_ms() - start_ms};
            memcpy(receipt->message_id, answer.message_id, sizeof receipt->message_id);
            memcpy(receipt->request_id, answer.request_id, sizeof receipt->request_id);
            return true;
        }
        if (verdict != ANSWER_TRANSIENT && verdict != ANSWER_THROTTLED)
            return false;
        int64_t delay_ms = sns_retry_delay_ms(verdict == ANSWER_THROTTLED, attempt - 1,
                                              sns->reply.retry_after_ms, random_number());
        if (attempt == sns->max_attempts || delay_ms > end_ms - clock_now_ms() - USEFUL_MS)
            return false;
        clock_sleep_ms(delay_ms);
    }
    return false;
}
