#include "alert/words.h"

#include "alert/region.h"
#include "text.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

void words_account(char words[WORDS_MAX], const char *account, const char *name)
{
    const char *shown = alert_shown(account);
    if (name[0] == '\0')
        snprintf(words, WORDS_MAX, "%s", shown);
    else
        snprintf(words, WORDS_MAX, "%s (%s)", shown, name);
}

bool words_is_name(const char *text)
{
    return text_is(text, TEXT_LOWER TEXT_UPPER TEXT_DIGITS, 1, 128);
}

void words_happened(char words[WORDS_MAX], const struct alert *alert)
{
    char account[WORDS_MAX] = "that was not recorded";
    char region[WORDS_MAX] = "an AWS Region";
    if (alert_is_account(alert->target_account))
        words_account(account, alert->target_account, alert->target_name);
    if (region_is_code(alert->region)) {
        const char *name = region_name(alert->region);
        snprintf(region, sizeof region, "%s %s", name[0] == '\0' ? "AWS Region" : name,
                 alert->region);
    }
    if (alert->outcome == ALERT_TEST)
        snprintf(words, WORDS_MAX, "nothing has happened in account %s", account);
    else if (alert->enables_region)
        snprintf(words, WORDS_MAX, "%s %s in account %s", region,
                 alert->outcome == ALERT_SUCCEEDED ? "is being enabled" : "was not enabled",
                 account);
    else
        snprintf(words, WORDS_MAX, "%s in account %s",
                 words_is_name(alert->event_name) ? alert->event_name : "a call", account);
    words[0] = (char)toupper((unsigned char)words[0]);
}

void words_level(char words[WORDS_MAX], const struct alert *alert)
{
    size_t i = 0;
    do {
        words[i] = (char)toupper((unsigned char)alert->rule_level[i]);
    } while (words[i++] != '\0');
}

void words_time(char words[WORDS_MAX], int64_t time_ms)
{
    time_t seconds = (time_t)(time_ms / 1000);
    struct tm tm = {0};
    gmtime_r(&seconds, &tm);
    strftime(words, WORDS_MAX, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

const char *words_flag(const char *flag)
{
    return strcmp(flag, "true") == 0    ? "yes"
           : strcmp(flag, "false") == 0 ? "no"
                                        : alert_shown(flag);
}

void words_account_arn(char words[WORDS_MAX], const struct alert *alert)
{
    char partition[16] = "aws";
    words[0] = '\0';
    (void)sscanf(alert->actor_arn, "arn:%15[a-z-]:", partition);
    if (alert_is_account(alert->target_account))
        snprintf(words, WORDS_MAX, "arn:%s:account::%s:account", partition,
                 alert->target_account);
}
