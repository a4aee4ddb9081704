#include "alert/subject.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Characters that each part may take, so that outcome, level, Region and account always fit. */
enum { REGION_MAX = 24, ACCOUNT_MAX = 12, NAME_MAX = 40, ACTOR_MIN = 8 };

static const char by[] = " by ";

static size_t count_characters(const char *text)
{
    size_t count = 0;
    for (; *text != '\0'; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

/* Appends text as ASCII, at most max characters of it; where it is cut it ends in "...". */
static void add(char subject[SUBJECT_MAX], const char *text, size_t max)
{
    size_t used = strlen(subject);
    size_t count = count_characters(text);
    size_t kept = count <= max ? count : max - 3;
    size_t end = used + kept;
    for (; used < end && used < SUBJECT_MAX - 1; text++) {
        unsigned char byte = (unsigned char)*text;
        if ((byte & 0xc0) != 0x80)
            subject[used++] = (char)(byte >= ' ' && byte < 0x7f ? byte : '?');
    }
    subject[used] = '\0';
    if (kept < count)
        strncat(subject, "...", SUBJECT_MAX - 1 - used);
}

static void add_actor(const struct alert *alert, char subject[SUBJECT_MAX])
{
    char full[2 * ALERT_TEXT_MAX];
    const char *actor = alert_shown(alert->actor);
    size_t room = SUBJECT_MAX - 1 - strlen(subject);
    if (room < strlen(by) + ACTOR_MIN)
        return;
    room -= strlen(by);
    snprintf(full, sizeof full, "%s/%s", alert->role, actor);
    bool with_role = alert_knows(alert->role) && count_characters(full) <= room;
    add(subject, by, strlen(by));
    add(subject, with_role ? full : actor, room);
}

void subject_write(const struct alert *alert, char subject[SUBJECT_MAX])
{
    snprintf(subject, SUBJECT_MAX, "%s [%s]: ", alert_outcome_name(alert), alert->rule->level);
    if (alert->enables_region) {
        bool known = alert_knows(alert->region);
        add(subject, known ? "enable AWS Region " : "enable an AWS Region", REGION_MAX);
        add(subject, known ? alert->region : "", REGION_MAX);
    } else {
        add(subject, alert_shown(alert->event_name), NAME_MAX);
    }
    add(subject, " in ", ACCOUNT_MAX);
    add(subject, alert_shown(alert->target_account), ACCOUNT_MAX);
    add_actor(alert, subject);
    for (size_t len = strlen(subject); subject[len - 1] == ' '; len--)
        subject[len - 1] = '\0'; /* SNS refuses a space at the end */
}
