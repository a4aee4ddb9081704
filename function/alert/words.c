#include "alert/words.h"

#include "alert/region.h"
#include "text.h"
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void add(char words[WORDS_MAX], const char *text)
{
    text_add_clean(words, WORDS_MAX, text, strlen(text));
}

static void add_account(char words[WORDS_MAX], const char *account, const char *name)
{
    add(words, alert_shown(account));
    if (name[0] == '\0')
        return;
    add(words, " (");
    add(words, name);
    add(words, ")");
}

static void add_region(char words[WORDS_MAX], const char *code, const char *otherwise)
{
    const char *name = region_name(code);
    if (!region_is_code(code)) {
        add(words, otherwise);
        return;
    }
    add(words, name[0] == '\0' ? "AWS Region" : name);
    add(words, " ");
    add(words, code);
}

/* A call that did not go through says nothing of the Region: another may have. */
static void add_region_event(char words[WORDS_MAX], const struct alert *alert)
{
    bool denied = alert->outcome == ALERT_DENIED;
    if (denied || alert->outcome == ALERT_FAILED)
        add(words, denied ? "AWS refused to enable " : "a call to enable ");
    add_region(words, alert->region, denied ? "a Region" : "an AWS Region");
    if (!denied)
        add(words, alert->status != NULL            ? " "
                   : alert->outcome == ALERT_FAILED ? " failed"
                                                    : " is being enabled");
    if (alert->status != NULL)
        add(words, alert->status->words);
}

void words_happened(char words[WORDS_MAX], const struct alert *alert)
{
    words[0] = '\0';
    if (alert->outcome == ALERT_TEST)
        add(words, "nothing has happened");
    else if (alert_is_of_region(alert))
        add_region_event(words, alert);
    else
        add(words, words_is_name(alert->event_name) ? alert->event_name : "a call");
    words[0] = (char)toupper((unsigned char)words[0]);
    add(words, " in ");
    if (!text_is_account(alert->target_account)) {
        add(words, "an unknown account");
        return;
    }
    add(words, "account ");
    add_account(words, alert->target_account, alert->target_name);
}

bool words_is_name(const char *text)
{
    return text_is(text, TEXT_LOWER TEXT_UPPER TEXT_DIGITS, 1, 128) && alert_knows(text);
}

void words_account(char words[WORDS_MAX], const char *account, const char *name)
{
    words[0] = '\0';
    add_account(words, account, name);
}

void words_account_arn(char words[WORDS_MAX], const struct alert *alert)
{
    words[0] = '\0';
    if (text_is_account(alert->target_account))
        snprintf(words, WORDS_MAX, "arn:%s:account::%s:account",
                 region_partition(alert->aws_region), alert->target_account);
}

void words_link(char words[WORDS_MAX], const struct alert *alert)
{
    const char *region = alert->aws_region;
    bool is_call = alert->outcome != ALERT_TEST && alert->status == NULL;
    words[0] = '\0';
    if (!is_call || !alert->has_event_id || !region_is_code(region) ||
        strcmp(region_partition(region), "aws") != 0)
        return;
    const char *const parts[] = {
        "https://", region,      ".console.aws.amazon.com/cloudtrailv2/home?region=",
        region,     "#/events/", alert->event_id};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        add(words, parts[i]);
}

void words_delay(char words[WORDS_MAX], const struct alert *alert)
{
    int64_t seconds = (alert->time_ms - alert->event_time_ms) / 1000;
    words[0] = '\0';
    if (!alert->has_event_time || seconds < 0)
        return;
    if (seconds < 120)
        snprintf(words, WORDS_MAX, "%" PRId64 " s", seconds);
    else if (seconds < 7200)
        snprintf(words, WORDS_MAX, "%" PRId64 " min", seconds / 60);
    else
        snprintf(words, WORDS_MAX, "%" PRId64 " h %" PRId64 " min", seconds / 3600,
                 seconds / 60 % 60);
}

const char *words_issuer(const struct alert *alert)
{
    return strcmp(alert->actor_type, "AssumedRole") == 0 ? "role " : "issuer ";
}

bool words_is_told(const char *field)
{
    static const char *const told[] = {"eventName", "eventSource", NULL};
    return text_is_one_of(field, told);
}

const char *words_flag(const char *flag)
{
    return strcmp(flag, "true") == 0 ? "yes" : strcmp(flag, "false") == 0 ? "no" : flag;
}
