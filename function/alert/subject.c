#include "alert/subject.h"

#include "alert/region.h"
#include "alert/words.h"
#include "text.h"
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Characters that each part may take, so that outcome, level, Region and account always fit. */
enum { PART_MAX = 24, EVENT_MAX = 40, ACTOR_MIN = 8 };

static const char by[] = " by ";

static void add(char subject[SUBJECT_MAX], const char *text)
{
    text_add_ascii(subject, SUBJECT_MAX, text, SUBJECT_MAX);
}

static size_t room_in(const char *subject)
{
    return SUBJECT_MAX - 1 - strlen(subject);
}

/* Only what has the form of a Region, of an API or of an account: the rest is for the body. */
static void add_what(const struct alert *alert, char subject[SUBJECT_MAX])
{
    bool is_known = region_is_code(alert->region);
    if (alert_is_of_region(alert)) {
        add(subject, alert->enables_region ? "enable " : "");
        add(subject, is_known ? "AWS Region " : "an AWS Region");
        add(subject, is_known ? alert->region : "");
    } else if (words_is_name(alert->event_name)) {
        text_add_ascii(subject, SUBJECT_MAX, alert->event_name, EVENT_MAX);
    } else {
        add(subject, "a call");
    }
    add(subject, " in ");
    add(subject,
        text_is_account(alert->target_account) ? alert->target_account : "an unknown account");
}

/* The name of the account is there as a whole, or not. */
static void add_account_name(const struct alert *alert, char subject[SUBJECT_MAX])
{
    size_t count = text_count(alert->target_name);
    if (count == 0 || count > PART_MAX || count + strlen(" ()") > room_in(subject))
        return;
    add(subject, " (");
    add(subject, alert->target_name);
    add(subject, ")");
}

/* The actor gets what room there is, with the role only if that is enough for both. */
static void add_actor(const struct alert *alert, char subject[SUBJECT_MAX])
{
    char full[2 * ALERT_TEXT_MAX];
    const char *actor = alert_shown(alert->actor);
    size_t room = room_in(subject);
    if (room < strlen(by) + ACTOR_MIN && room < strlen(by) + text_count(actor))
        return;
    room -= strlen(by);
    snprintf(full, sizeof full, "%s/%s", alert->role, actor);
    bool with_role = alert_knows(alert->role) && text_count(full) <= room;
    add(subject, by);
    text_add_ascii(subject, SUBJECT_MAX, with_role ? full : actor, room);
}

void subject_write(const struct alert *alert, char subject[SUBJECT_MAX])
{
    snprintf(subject, SUBJECT_MAX, "%s [%.13s]: ", alert_outcome_name(alert), alert->rule_level);
    add_what(alert, subject);
    add_account_name(alert, subject);
    if (alert->status == NULL)
        add_actor(alert, subject);
    for (size_t len = strlen(subject); subject[len - 1] == ' '; len--)
        subject[len - 1] = '\0'; /* SNS refuses a space at the end */
}
