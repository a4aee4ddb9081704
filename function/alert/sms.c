#include "alert/sms.h"

#include "alert/region.h"
#include "alert/words.h"
#include "text.h"
#include <stdio.h>
#include <string.h>

/* Characters that parts may take: with the longest of all else 140, so that only names give way. */
enum { EVENT_MAX = 25, ID_MAX = 8, AUTHORS_MAX = 32, ACTOR_MIN = 8 };

static const char by[] = " by ";

static void add(char sms[SMS_MAX], const char *text)
{
    text_add_ascii(sms, SMS_MAX, text, SMS_MAX);
}

static void add_id(char sms[SMS_MAX], const char *before, const char *id)
{
    char start[ID_MAX + 1];
    snprintf(start, sizeof start, "%.*s", ID_MAX, id);
    add(sms, before);
    add(sms, start);
}

static void write_head(const struct alert *alert, char head[SMS_MAX])
{
    bool is_known = region_is_code(alert->region);
    snprintf(head, SMS_MAX, "%s %.13s: ", alert_outcome_name(alert), alert->rule_level);
    if (alert->outcome == ALERT_TEST) {
        add(head, "nothing happened");
    } else if (alert_is_of_region(alert)) {
        add(head, alert->enables_region ? "enable " : "Region ");
        add(head, is_known ? alert->region : alert->enables_region ? "a Region" : "unknown");
    } else {
        text_add_ascii(head, SMS_MAX,
                       words_is_name(alert->event_name) ? alert->event_name : "a call", EVENT_MAX);
    }
    add(head, " in ");
    add(head, text_is_account(alert->target_account) ? alert->target_account : "an account");
}

static void write_tail(const struct alert *alert, char tail[SMS_MAX])
{
    tail[0] = '\0';
    if (alert->has_event_time)
        snprintf(tail, SMS_MAX, " %.5sZ", alert->event_time + strlen("2026-02-11T"));
    add_id(tail, " #", strrchr(alert->id, ':') + 1);
    add_id(tail, alert->status == NULL ? " Sigma " : " notice ", alert->rule_id);
    add(tail, by);
    text_add_ascii(tail, SMS_MAX, alert->rule_author, AUTHORS_MAX);
}

/* The account's name where both fit as a whole, then the actor as far as there is room. */
static void add_names(const struct alert *alert, char sms[SMS_MAX], size_t room)
{
    bool has_actor = alert->status == NULL && alert->outcome != ALERT_TEST;
    const char *actor = alert_shown(alert->actor);
    size_t actor_len = has_actor ? text_count(actor) + strlen(by) : 0;
    size_t alias_len = text_count(alert->target_name) + strlen(" ()");
    if (alert->target_name[0] != '\0' && alias_len + actor_len <= room) {
        add(sms, " (");
        add(sms, alert->target_name);
        add(sms, ")");
        room -= alias_len;
    }
    if (!has_actor || (room < strlen(by) + ACTOR_MIN && room < actor_len))
        return;
    add(sms, by);
    text_add_ascii(sms, SMS_MAX, actor, room - strlen(by));
}

void sms_write(const struct alert *alert, char sms[SMS_MAX])
{
    static const char not_gsm[] = "[{]}`\\^~|"; /* of ASCII: not at all, or as two characters */
    static const char instead[] = "(())'....";
    char tail[SMS_MAX];
    write_head(alert, sms);
    write_tail(alert, tail);
    add_names(alert, sms, SMS_MAX - 1 - strlen(sms) - strlen(tail));
    add(sms, tail);
    for (char *character = sms; *character != '\0'; character++) {
        const char *found = strchr(not_gsm, *character);
        if (found != NULL)
            *character = instead[found - not_gsm];
    }
}
