#include "alert/sms.h"

#include "text.h"
#include <stdio.h>
#include <string.h>

/* Characters that each part may take: with the longest level 140, so that only the actor gives. */
enum { WHAT_MAX = 24, ACCOUNT_MAX = 12, ID_MAX = 8, AUTHORS_MAX = 32, ACTOR_MIN = 8 };

static const char by[] = " by ";

static void add(char sms[SMS_MAX], const char *text, size_t max)
{
    text_add_ascii(sms, SMS_MAX, text, max);
}

static void add_id(char sms[SMS_MAX], const char *before, const char *id)
{
    char start[ID_MAX + 1];
    snprintf(start, sizeof start, "%.*s", ID_MAX, id);
    add(sms, before, SMS_MAX);
    add(sms, start, ID_MAX);
}

static void write_head(const struct alert *alert, char head[SMS_MAX])
{
    snprintf(head, SMS_MAX, "%s %.13s: ", alert_outcome_name(alert), alert->rule_level);
    bool is_of_region = alert_is_of_region(alert);
    add(head, is_of_region ? "Region " : "", WHAT_MAX);
    add(head, alert_shown(is_of_region ? alert->region : alert->event_name), WHAT_MAX);
    add(head, " in ", ACCOUNT_MAX);
    add(head, alert_shown(alert->target_account), ACCOUNT_MAX);
}

static void write_tail(const struct alert *alert, char tail[SMS_MAX])
{
    tail[0] = '\0';
    if (alert->has_event_time)
        snprintf(tail, SMS_MAX, " %.5sZ", alert->event_time + strlen("2026-02-11T"));
    add_id(tail, " #", strrchr(alert->id, ':') + 1);
    add_id(tail, alert->status == NULL ? " Sigma " : " notice ", alert->rule_id);
    add(tail, by, SMS_MAX);
    add(tail, alert->rule_author, AUTHORS_MAX);
}

/* The account's name where there is room for all of it, then the actor as far as there is. */
static void add_names(const struct alert *alert, char sms[SMS_MAX], size_t room)
{
    const char *actor = alert_shown(alert->actor);
    size_t alias_len = text_count(alert->target_name) + strlen(" ()");
    size_t actor_len = text_count(actor) + strlen(by);
    if (alert->target_name[0] != '\0' && alias_len + actor_len <= room) {
        add(sms, " (", SMS_MAX);
        add(sms, alert->target_name, SMS_MAX);
        add(sms, ")", SMS_MAX);
        room -= alias_len;
    }
    if (room < strlen(by) + ACTOR_MIN || alert->status != NULL)
        return;
    add(sms, by, SMS_MAX);
    add(sms, actor, room - strlen(by));
}

void sms_write(const struct alert *alert, char sms[SMS_MAX])
{
    static const char not_gsm[] = "[{]}`\\^~|"; /* of ASCII: not at all, or as two characters */
    static const char instead[] = "(())'....";
    char tail[SMS_MAX];
    write_head(alert, sms);
    write_tail(alert, tail);
    add_names(alert, sms, SMS_MAX - 1 - strlen(sms) - strlen(tail));
    add(sms, tail, SMS_MAX);
    for (char *character = sms; *character != '\0'; character++) {
        const char *found = strchr(not_gsm, *character);
        if (found != NULL)
            *character = instead[found - not_gsm];
    }
}
