/*
 * Any bytes as SNS: a publish ends as a success only where there is a 200 with a message's id, and
 * else with an error that a log line can hold.
 *
 * The first byte of the input says how connections end and whether one is opened ahead, the rest is
 * what the server says.
 */
#include "server.h"

#include "clock.h"
#include "sns/sns.h"
#include "text.h"

/* It is made and used as main.c and handler.c do. */
static struct sns sns;
static struct topic topic;

static const struct https_credentials credentials = {
    .access_key_id = "AKIDEXAMPLE", .secret_access_key = "key", .session_token = "token"};

static void start(void)
{
    static const struct https_endpoint endpoint = {.url = "http://127.0.0.1:9002/",
                                                   .region = "us-east-1",
                                                   .service = "sns",
                                                   .user_agent = "fuzz",
                                                   .ca_bundle = "",
                                                   .system_ca_bundle = ""};
    struct lambda_error err;
    require(topic_parse(&topic, "TOPIC", "arn:aws:sns:us-east-1:123456789012:alerts", &err));
    require(sns_init(&sns, &topic, &endpoint, 1, 0, &err));
}

/* Whether these are somewhere in what the server sends. */
static bool is_sent(const uint8_t *bytes, size_t len, const char *text)
{
    size_t text_len = strlen(text);
    for (size_t i = 0; i + text_len <= len; i++) {
        if (memcmp(bytes + i, text, text_len) == 0)
            return true;
    }
    return false;
}

static void check_success(const struct sns_receipt *receipt, const uint8_t *bytes, size_t len)
{
    require(sns.reply.status == 200 && is_sent(bytes, len, " 200"));
    require(strstr(sns.reply.body.data, "<MessageId>") != NULL);
    require(receipt->message_id[0] != '\0' && is_clean(receipt->message_id));
    require(is_clean(receipt->request_id) && receipt->attempts == 1);
}

static void check_failure(const struct lambda_error *err)
{
    static const char *const types[] = {"Denied", "Rejected", "Throttled", "Unreachable", NULL};
    require(strncmp(err->type, "Function.Publish", 16) == 0);
    require(text_is_one_of(err->type + 16, types));
    require(err->message[0] != '\0' && is_clean(err->message));
}

static void check_reply(const struct https_reply *reply)
{
    require(reply->status >= 0 && reply->status <= 999);
    require(reply->body.len <= HTTPS_REPLY_MAX && !reply->body.failed);
    require(reply->retry_after_ms >= -1 && reply->retry_after_ms <= 999999999);
    require(memchr(reply->request_id, '\0', sizeof reply->request_id) != NULL);
}

static void publish(const uint8_t *bytes, size_t len)
{
    static const char *const attributes[] = {"level", "high", NULL};
    static const struct sns_message message = {
        .subject = "A subject", .text = "A text", .attributes = attributes};
    struct lambda_error err = {"", ""};
    struct sns_receipt receipt = {{0}, {0}, 0, 0};
    if (sns_publish(&sns, &credentials, &message, clock_now_ms() + 10000, &receipt, &err))
        check_success(&receipt, bytes, len);
    else
        check_failure(&err);
    check_reply(&sns.reply);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lambda_error err;
    if (sns.topic == NULL)
        start();
    if (size == 0)
        return 0;
    server_start(data[0] % SERVER_ENDS, data + 1, size - 1);
    if (data[0] / SERVER_ENDS % 4 == 0 && !sns_connect(&sns, &err))
        require(strcmp(err.type, "Function.PublishUnreachable") == 0 && is_clean(err.message));
    publish(data + 1, size - 1);
    server_stop();
    return 0;
}
