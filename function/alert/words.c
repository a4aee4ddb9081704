#include "alert/words.h"

#include "alert/region.h"
#include "text.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

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

void words_account(char words[WORDS_MAX], const char *account, const char *name)
{
    words[0] = '\0';
    add_account(words, account, name);
}

bool words_is_name(const char *text)
{
    return text_is(text, TEXT_LOWER TEXT_UPPER TEXT_DIGITS, 1, 128) && alert_knows(text);
}

static void add_region(char words[WORDS_MAX], const char *code)
{
    const char *name = region_name(code);
    if (!region_is_code(code)) {
        add(words, "An AWS Region");
        return;
    }
    add(words, name[0] == '\0' ? "AWS Region" : name);
    add(words, " ");
    add(words, code);
}

void words_happened(char words[WORDS_MAX], const struct alert *alert)
{
    words[0] = '\0';
    if (alert->outcome == ALERT_TEST) {
        add(words, "Nothing has happened");
    } else if (alert_is_of_region(alert)) {
        add_region(words, alert->region);
        add(words, " ");
        add(words, alert->status != NULL ? alert->status->words
                   : alert->has_error    ? "was not enabled"
                                         : "is being enabled");
    } else {
        add(words, words_is_name(alert->event_name) ? alert->event_name : "A call");
    }
    add(words, " in ");
    if (!alert_is_account(alert->target_account)) {
        add(words, "an account that was not recorded");
        return;
    }
    add(words, "account ");
    add_account(words, alert->target_account, alert->target_name);
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
    if (!alert_is_account(alert->target_account))
        return;
    add(words, "arn:");
    add(words, partition);
    add(words, ":account::");
    add(words, alert->target_account);
    add(words, ":account");
}
