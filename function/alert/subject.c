#include "alert/subject.h"

#include "text.h"
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Characters that each part may take, so that outcome, level, Region and account always fit. */
enum { REGION_MAX = 24, ACCOUNT_MAX = 12, ALIAS_MAX = 16, NAME_MAX = 40, ACTOR_MIN = 8 };

static const char by[] = " by ";

static void add(char subject[SUBJECT_MAX], const char *text, size_t max)
{
    text_add_ascii(subject, SUBJECT_MAX, text, max);
}

/* The actor gets what room there is, with the role only if that is enough for both. */
static void add_actor(const struct alert *alert, char subject[SUBJECT_MAX])
{
    char full[2 * ALERT_TEXT_MAX];
    const char *actor = alert_shown(alert->actor);
    size_t room = SUBJECT_MAX - 1 - strlen(subject);
    if (room < strlen(by) + ACTOR_MIN)
        return;
    room -= strlen(by);
    snprintf(full, sizeof full, "%s/%s", alert->role, actor);
    bool with_role = alert_knows(alert->role) && text_count(full) <= room;
    add(subject, by, strlen(by));
    add(subject, with_role ? full : actor, room);
}

static void add_account(const struct alert *alert, char subject[SUBJECT_MAX])
{
    add(subject, " in ", ACCOUNT_MAX);
    add(subject, alert_shown(alert->target_account), ACCOUNT_MAX);
    if (alert->target_name[0] == '\0')
        return;
    add(subject, " (", ALIAS_MAX);
    add(subject, alert->target_name, ALIAS_MAX);
    add(subject, ")", ALIAS_MAX);
}

void subject_write(const struct alert *alert, char subject[SUBJECT_MAX])
{
    snprintf(subject, SUBJECT_MAX, "%s [%.13s]: ", alert_outcome_name(alert), alert->rule_level);
    if (alert_is_of_region(alert)) {
        bool known = alert_knows(alert->region);
        add(subject, alert->enables_region ? "enable " : "", REGION_MAX);
        add(subject, known ? "AWS Region " : "an AWS Region", REGION_MAX);
        add(subject, known ? alert->region : "", REGION_MAX);
    } else {
        add(subject, alert_shown(alert->event_name), NAME_MAX);
    }
    add_account(alert, subject);
    if (alert->status == NULL)
        add_actor(alert, subject);
    for (size_t len = strlen(subject); subject[len - 1] == ' '; len--)
        subject[len - 1] = '\0'; /* SNS refuses a space at the end */
}
