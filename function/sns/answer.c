#include "sns/answer.h"

#include "text.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

static const char new_keys[] =
    "The credentials of this process are not valid any more; a new process gets new ones.";
static const char check_keys[] =
    "Check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN and the clock.";
static const char check_role[] =
    "The function's role needs sns:Publish on the topic and, if a customer key encrypts it, "
    "kms:GenerateDataKey* and kms:Decrypt on that key.";
static const char check_topic[] = "Check that ALERT_TOPIC_ARN names a topic of that Region.";
static const char check_size[] =
    "If it says that the message is too long: set ALERT_MAX_BYTES to the topic's "
    "MaximumMessageSize.";
static const char check_key[] = "Check the state of the topic's KMS key.";

static const struct known_code {
    const char *code;
    enum answer_verdict verdict;
    const char *advice;
} known_codes[] = {
    {"InternalError", ANSWER_TRANSIENT, ""},
    {"InternalFailure", ANSWER_TRANSIENT, ""},
    {"ServiceUnavailable", ANSWER_TRANSIENT, ""},
    {"RequestTimeout", ANSWER_TRANSIENT, ""},
    {"RequestTimeoutException", ANSWER_TRANSIENT, ""},
    {"RequestLimitExceeded", ANSWER_THROTTLED, ""},
    {"TooManyRequestsException", ANSWER_THROTTLED, ""},
    {"SlowDown", ANSWER_THROTTLED, ""},
    {"BandwidthLimitExceeded", ANSWER_THROTTLED, ""},
    {"PriorRequestNotComplete", ANSWER_THROTTLED, ""},
    {"LimitExceededException", ANSWER_THROTTLED, ""},
    {"ExpiredToken", ANSWER_DENIED, new_keys},
    {"ExpiredTokenException", ANSWER_DENIED, new_keys},
    {"InvalidClientTokenId", ANSWER_DENIED, check_keys},
    {"UnrecognizedClientException", ANSWER_DENIED, check_keys},
    {"SignatureDoesNotMatch", ANSWER_DENIED, check_keys},
    {"InvalidSignatureException", ANSWER_DENIED, check_keys},
    {"RequestTimeTooSkewed", ANSWER_DENIED, check_keys},
    {"AuthFailure", ANSWER_DENIED, check_keys},
    {"AccessDeniedException", ANSWER_DENIED, check_role},
    {"AuthorizationError", ANSWER_DENIED, check_role},
    {"AccessDenied", ANSWER_DENIED, check_role},
    {"KMSAccessDenied", ANSWER_DENIED, check_role},
    {"KMSOptInRequired", ANSWER_DENIED, check_role},
    {"InvalidSecurity", ANSWER_DENIED, check_keys},
    {"KMSDisabled", ANSWER_REJECTED, check_key},
    {"KMSInvalidState", ANSWER_REJECTED, check_key},
    {"KMSNotFound", ANSWER_REJECTED, check_key},
    {"NotFound", ANSWER_REJECTED, check_topic},
    {"InvalidParameter", ANSWER_REJECTED, check_size},
};

static const struct entity {
    const char *name;
    char character;
} entities[] = {{"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}, {"&amp;", '&'}};

static size_t take_character(const char *text, char *character)
{
    for (size_t i = 0; *text == '&' && i < sizeof entities / sizeof entities[0]; i++) {
        size_t len = strlen(entities[i].name);
        if (strncmp(text, entities[i].name, len) == 0) {
            *character = entities[i].character;
            return len;
        }
    }
    *character = *text;
    return 1;
}

/* The text of the first element of that name, decoded and cleaned; "" where it does not end. */
static void read_element(const char *body, const char *start_tag, char *out, size_t size)
{
    char decoded[2048];
    size_t used = 0;
    out[0] = '\0';
    const char *start = strstr(body, start_tag);
    const char *end = start == NULL ? NULL : strstr(start + strlen(start_tag), "</");
    if (end == NULL)
        return;
    for (start += strlen(start_tag); start < end && used < sizeof decoded;)
        start += take_character(start, &decoded[used++]);
    text_add_clean(out, size, decoded, used);
}

static void judge(struct answer *answer, long status)
{
    for (size_t i = 0; i < sizeof known_codes / sizeof known_codes[0]; i++) {
        if (strcmp(answer->code, known_codes[i].code) == 0) {
            answer->verdict = known_codes[i].verdict;
            answer->advice = known_codes[i].advice;
            return;
        }
    }
    if (strstr(answer->code, "Throttl") != NULL || status == 429)
        answer->verdict = ANSWER_THROTTLED;
    else if (status < 300 || status >= 500)
        answer->verdict = ANSWER_TRANSIENT;
    else
        answer->verdict = ANSWER_REJECTED;
}

void answer_read(struct answer *answer, long status, const char *body)
{
    *answer = (struct answer){.advice = ""};
    read_element(body, "<MessageId>", answer->message_id, sizeof answer->message_id);
    read_element(body, "<RequestId>", answer->request_id, sizeof answer->request_id);
    read_element(body, "<Code>", answer->code, sizeof answer->code);
    read_element(body, "<Message>", answer->message, sizeof answer->message);
    if (status == 200 && answer->message_id[0] != '\0')
        return;
    if (status == 200)
        snprintf(answer->message, sizeof answer->message, "no MessageId in the answer");
    judge(answer, status);
}
