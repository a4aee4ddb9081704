#include "alert/email.h"

#include "alert/advice.h"
#include "alert/words.h"
#include "clock.h"
#include "text.h"
#include <stdio.h>
#include <string.h>

static const char step_indent[] = "    "; /* below the number of a step */

enum {
    HEAD_COLUMNS = 11, /* of the first word */
    LABEL_COLUMNS = 9, /* of the labels below */
    STEP_COLUMNS = sizeof step_indent - 1,
    ACTOR_MAX_BYTES = 64, /* in the advice and the headline */
    TAGS_MAX_BYTES = 1024,
    REASON_MAX_BYTES = 320, /* of the rule's description */
};

static void add_headlines(const struct alert *alert, struct lambda_buffer *out)
{
    char words[WORDS_MAX];
    char actor[ACTOR_MAX_BYTES] = "";
    char reason[REASON_MAX_BYTES] = "";
    bool has_actor = alert_knows(alert->actor) && alert->outcome != ALERT_TEST;
    words_happened(words, alert);
    text_add_clean(actor, sizeof actor, alert->actor, strlen(alert->actor));
    text_add_clean(reason, sizeof reason, alert->rule_description, strlen(alert->rule_description));
    text_add_field(out, HEAD_COLUMNS, alert_outcome_name(alert), "%s%s%s", words,
                   !has_actor         ? ""
                   : alert->has_error ? ", asked by "
                                      : " by ",
                   has_actor ? actor : "");
    text_add_field(out, HEAD_COLUMNS, "", "%s (%s)", alert->rule_title, alert->rule_level);
    lambda_buffer_add_string(out, "\n");
    if (alert->outcome == ALERT_TEST)
        text_add_field(out, 0, "", "This is a test: the facts below are made up.");
    else if (reason[0] != '\0')
        text_add_field(out, 0, "", "%s", reason);
    else
        return;
    lambda_buffer_add_string(out, "\n");
}

/* A line of its own for a value that the record has. */
static void add_known(struct lambda_buffer *out, const char *what, const char *value)
{
    if (alert_knows(value))
        text_add_field(out, LABEL_COLUMNS, "", "%s%s", what, value);
}

/* The kind of identity, and what is known of how it signed in. */
static void add_identity(const struct alert *alert, struct lambda_buffer *out)
{
    char line[4 * ALERT_TEXT_MAX] = "";
    const struct {
        const char *what;
        const char *value;
    } parts[] = {{"", alert_shown(alert->actor_type)},
                 {", MFA ", words_flag(alert->mfa)},
                 {", console ", words_flag(alert->console)},
                 {", key ", alert->access_key_id}};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (!alert_knows(parts[i].value))
            continue;
        text_add_clean(line, sizeof line, parts[i].what, strlen(parts[i].what));
        text_add_clean(line, sizeof line, parts[i].value, strlen(parts[i].value));
    }
    add_known(out, "", line);
}

static void add_actor(const struct alert *alert, struct lambda_buffer *out)
{
    text_add_field(out, LABEL_COLUMNS, "WHO", "%s", alert_shown(alert->actor));
    add_known(out, words_issuer(alert), alert->role);
    add_identity(alert, out);
    add_known(out, "", alert->actor_arn);
    if (!alert_knows(alert->actor_arn) && strcmp(alert->principal_id, alert->actor) != 0)
        add_known(out, "principal ", alert->principal_id);
    if (strcmp(alert->invoked_by, alert->actor) != 0)
        add_known(out, "through ", alert->invoked_by);
    add_known(out, "source identity ", alert->source_identity);
    add_known(out, "identity provider ", alert->identity_provider);
    add_known(out, "identity store ", alert->identity_store);
    add_known(out, "credential ", alert->credential_id);
}

static void add_fields(const char *label, const struct alert_fields *fields,
                       struct lambda_buffer *out)
{
    bool is_first = true;
    for (size_t i = 0; i < fields->values.count; i++) {
        if (words_is_told(fields->names.items[i]))
            continue;
        text_add_field(out, LABEL_COLUMNS, is_first ? label : "", "%s: %s", fields->names.items[i],
                       alert_shown(fields->values.items[i]));
        is_first = false;
    }
}

static void add_what(const struct alert *alert, struct lambda_buffer *out)
{
    bool has_region = alert_knows(alert->region);
    bool has_account = alert_knows(alert->asked_account);
    if (alert->status != NULL)
        text_add_field(out, LABEL_COLUMNS, "WHAT", "%s: %s", alert->event_name,
                       alert->status->name);
    else if (alert->enables_region)
        text_add_field(out, LABEL_COLUMNS, "WHAT", "%s%s%s%s%s", alert->event_name,
                       has_region ? " RegionName=" : ", Region not recorded",
                       has_region ? alert->region : "", has_account ? " AccountId=" : "",
                       has_account ? alert->asked_account : "");
    else
        text_add_field(out, LABEL_COLUMNS, "WHAT", "%s (%s)", alert_shown(alert->event_name),
                       alert_shown(alert->event_source));
    add_fields("MATCHED", &alert->matched, out);
    add_fields("DETAIL", &alert->further, out);
}

static void add_where(const struct alert *alert, struct lambda_buffer *out)
{
    text_add_field(out, LABEL_COLUMNS, "WHERE", "%s", alert_shown(alert->source_address));
    if (strcmp(alert->user_agent, alert->source_address) != 0)
        add_known(out, "", alert->user_agent);
    add_known(out, "VPC endpoint ", alert->vpc_endpoint_id);
}

static void add_when(const struct alert *alert, struct lambda_buffer *out)
{
    char made[CLOCK_TEXT_MAX];
    char delay[WORDS_MAX];
    clock_write(alert->time_ms, made);
    words_delay(delay, alert);
    bool has_delay = delay[0] != '\0';
    text_add_field(out, LABEL_COLUMNS, "WHEN", "%s, alert %s%s", alert_shown(alert->event_time),
                   has_delay ? delay : made, has_delay ? " later" : "");
}

static void add_account(const struct alert *alert, struct lambda_buffer *out)
{
    char target[WORDS_MAX];
    char caller[WORDS_MAX];
    bool is_across = alert_acts_across(alert);
    words_account(target, alert->target_account, alert->target_name);
    words_account(caller, alert->caller_account, alert->caller_name);
    text_add_field(out, LABEL_COLUMNS, "ACCOUNT", "%s%s%s", target,
                   is_across ? ", called from another account: " : "", is_across ? caller : "");
}

static void add_facts(const struct alert *alert, struct lambda_buffer *out)
{
    if (alert->status != NULL)
        text_add_field(out, LABEL_COLUMNS, "WHO", "this notice does not tell: see the first step");
    else
        add_actor(alert, out);
    add_what(alert, out);
    if (alert->status == NULL)
        add_where(alert, out);
    add_when(alert, out);
    add_account(alert, out);
    if (alert->has_error)
        text_add_field(out, LABEL_COLUMNS, "ERROR", "%s: %s", alert_shown(alert->error_code),
                       alert_shown(alert->error_message));
}

static void add_advice(const struct alert *alert, struct lambda_buffer *out)
{
    struct advice advice = {0};
    lambda_buffer_add_string(out, "NEXT\n");
    for (int step = 1; advice_next(alert, &advice); step++) {
        char number[16];
        char actor[ACTOR_MAX_BYTES] = "";
        snprintf(number, sizeof number, "%2d.", step);
        text_add_clean(actor, sizeof actor, advice.actor, strlen(advice.actor));
        text_add_field(out, STEP_COLUMNS, number, "%s%s%s", advice.before, actor, advice.after);
        for (const char *line = advice.command; *line != '\0';) {
            size_t len = strcspn(line, "\n");
            lambda_buffer_add_string(out, step_indent);
            lambda_buffer_add(out, line, len);
            lambda_buffer_add_string(out, "\n");
            line += len + (line[len] == '\n');
        }
    }
}

static void add_event(const struct alert *alert, struct lambda_buffer *out)
{
    char link[WORDS_MAX];
    words_link(link, alert);
    text_add_field(out, LABEL_COLUMNS, "EVENT", "%s", alert_shown(alert->event_id));
    add_known(out, "request ", alert->request_id);
    add_known(out, "shared event ", alert->shared_event_id);
    if (link[0] != '\0')
        lambda_buffer_format(out, "%s\n", link);
}

static bool names_technique(const struct alert_list *tags)
{
    size_t i = 0;
    while (i < tags->count && strncmp(tags->items[i], "attack.t", strlen("attack.t")) != 0)
        i++;
    return i < tags->count;
}

static void add_rule(const struct alert *alert, struct lambda_buffer *out)
{
    char tags[TAGS_MAX_BYTES] = "";
    bool maps = alert_is_of_region(alert) && !names_technique(&alert->tags);
    for (size_t i = 0; i < alert->tags.count; i++) {
        text_add_clean(tags, sizeof tags, ", ", strlen(", "));
        text_add_clean(tags, sizeof tags, alert->tags.items[i], strlen(alert->tags.items[i]));
    }
    text_add_field(out, LABEL_COLUMNS, "RULE", "%s%s%s",
                   alert->status == NULL ? "Sigma " : "none: a notice of AWS (", alert->rule_id,
                   alert->status == NULL ? "" : ")");
    text_add_field(out, LABEL_COLUMNS, "", "%s%s%s%s%s", alert->rule_level,
                   alert->rule_status[0] == '\0' ? "" : ", ", alert->rule_status, tags,
                   maps ? " (T1535: our mapping)" : "");
    text_add_field(out, LABEL_COLUMNS, "", "by %s%s%s", alert->rule_author,
                   alert->rule_license[0] == '\0' ? "" : "; licence ", alert->rule_license);
    for (size_t i = 0; i < alert->falsepositives.count; i++)
        text_add_field(out, LABEL_COLUMNS, "", "Known false positive: %s",
                       alert->falsepositives.items[i]);
    if (alert->references.count > 0)
        text_add_field(out, LABEL_COLUMNS, "", "Read more:");
    for (size_t i = 0; i < alert->references.count; i++)
        lambda_buffer_format(out, "%s\n", alert->references.items[i]);
}

void email_write(const struct alert *alert, struct lambda_buffer *text)
{
    add_headlines(alert, text);
    add_facts(alert, text);
    lambda_buffer_add_string(text, "\n");
    add_advice(alert, text);
    lambda_buffer_add_string(text, "\n");
    add_event(alert, text);
    add_rule(alert, text);
    lambda_buffer_format(text, "%-*s%s\n", LABEL_COLUMNS, "ALERT", alert->id);
    if (alert->outcome != ALERT_TEST)
        text_add_field(text, LABEL_COLUMNS, "",
                       "The same event gives the same id; a copy can be ignored.");
}
