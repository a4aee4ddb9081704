/*
 * Any bytes as the body of SNS's answer: it is accepted only with a message's id, and what is
 * taken from it is fit for a log line.
 *
 * The first byte of the input chooses the status, the rest is the body.
 */
#include "fuzz.h"
#include "sns/answer.h"

/* What SNS said without an id does not count as accepted, and the end of an element is needed. */
static void check_accepted(const struct answer *answer, long status, const char *body)
{
    const char *id = strstr(body, "<MessageId>");
    require(status == 200 && answer->message_id[0] != '\0');
    require(id != NULL && strstr(id, "</") != NULL);
    require(answer->advice[0] == '\0');
}

static void check_refused(const struct answer *answer, long status)
{
    require(status != 200 || answer->message_id[0] == '\0');
    require(status != 200 || strcmp(answer->message, "no MessageId in the answer") == 0);
    if (answer->code[0] == '\0' && (status == 200 || status >= 500))
        require(answer->verdict == ANSWER_TRANSIENT);
    if (answer->code[0] == '\0' && status == 429)
        require(answer->verdict == ANSWER_THROTTLED);
    require(answer->verdict >= ANSWER_TRANSIENT && answer->verdict <= ANSWER_REJECTED);
}

static bool fits(const char *text, size_t size)
{
    return memchr(text, '\0', size) != NULL && is_clean(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const long statuses[] = {200, 400, 403, 429, 500, 503, 301, 0};
    struct answer answer;
    if (size == 0)
        return 0;
    long status = statuses[data[0] % (sizeof statuses / sizeof statuses[0])];
    char *body = malloc(size);
    require(body != NULL);
    memcpy(body, data + 1, size - 1);
    body[size - 1] = '\0';
    memset(&answer, 0xff, sizeof answer);
    answer_read(&answer, status, body);
    require(fits(answer.message_id, sizeof answer.message_id));
    require(fits(answer.request_id, sizeof answer.request_id));
    require(fits(answer.code, sizeof answer.code) && fits(answer.message, sizeof answer.message));
    if (answer.verdict == ANSWER_ACCEPTED)
        check_accepted(&answer, status, body);
    else
        check_refused(&answer, status);
    free(body);
    return 0;
}
