#include "alert/email.h"

#include "alert/advice.h"
#include "alert/region.h"
#include "alert/words.h"
#include "text.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    HEAD_COLUMNS = 11,   /* of the first words of the two headlines */
    LABEL_COLUMNS = 9,   /* of the labels below them */
    STEP_COLUMNS = 4,    /* of the numbers of the advice */
    NAME_MAX_BYTES = 64, /* of an actor in the advice */
    TAGS_MAX_BYTES = 1024,
    TIME_MAX_BYTES = 32,
};

static void add_headlines(const struct alert *alert, struct lambda_buffer *out)
{
    char words[WORDS_MAX];
    words_happened(words, alert);
    text_add_field(out, HEAD_COLUMNS, alert_outcome_name(alert), "%s", words);
    words_level(words, alert);
    words[HEAD_COLUMNS - 1] = '\0';
    text_add_field(out, HEAD_COLUMNS, words, "%s", alert->rule_title);
}

/* A line of its own for a value that the record has. */
static void add_known(struct lambda_buffer *out, const char *what, const char *value)
{
    if (alert_knows(value))
        text_add_field(out, LABEL_COLUMNS, "", "%s%s", what, value);
}

static void add_actor(const struct alert *alert, struct lambda_buffer *out)
{
    bool is_root = strcmp(alert->actor_type, "Root") == 0;
    text_add_field(out, LABEL_COLUMNS, "WHO", "%s%s", is_root ? "ROOT USER " : "",
                   alert_knows(alert->actor_arn) ? alert->actor_arn : alert_shown(alert->actor));
    text_add_field(out, LABEL_COLUMNS, "", "%s%s%s", alert_shown(alert->actor_type),
                   alert_knows(alert->role) ? ", issuer " : "",
                   alert_knows(alert->role) ? alert->role : "");
    text_add_field(out, LABEL_COLUMNS, "", "MFA %s, console %s, key %s", words_flag(alert->mfa),
                   alert->console[0] == '\0' ? "no" : words_flag(alert->console),
                   alert_shown(alert->access_key_id));
    add_known(out, "through ", alert->invoked_by);
    add_known(out, "source identity ", alert->source_identity);
    add_known(out, "identity store ", alert->identity_store);
    add_known(out, "credential ", alert->credential_id);
}

static void add_fields(const char *label, const struct alert_fields *fields,
                       struct lambda_buffer *out)
{
    for (size_t i = 0; i < fields->values.count; i++)
        text_add_field(out, LABEL_COLUMNS, i == 0 ? label : "", "%s: %s", fields->names.items[i],
                       alert_shown(fields->values.items[i]));
}

static void add_what(const struct alert *alert, struct lambda_buffer *out)
{
    if (alert->status != NULL) {
        text_add_field(out, LABEL_COLUMNS, "WHAT", "%s: %s", alert->event_name,
                       alert->status->name);
    } else if (alert->enables_region) {
        text_add_field(out, LABEL_COLUMNS, "WHAT", "%s RegionName=%s", alert->event_name,
                       alert_shown(alert->region));
    } else {
        text_add_field(out, LABEL_COLUMNS, "WHAT", "%s (%s)", alert_shown(alert->event_name),
                       alert_shown(alert->event_source));
        add_fields("MATCHED", &alert->matched, out);
    }
    add_fields("DETAIL", &alert->further, out);
}

static void add_time(const struct alert *alert, struct lambda_buffer *out)
{
    static const struct unit {
        int64_t below; /* seconds */
        int64_t seconds;
        const char *name;
    } units[] = {{600, 1, "s"}, {36000, 60, "min"}, {INT64_MAX, 3600, "h"}};
    char made[WORDS_MAX];
    words_time(made, alert->time_ms);
    int64_t delay = (alert->time_ms - alert->event_time_ms) / 1000;
    if (!alert->has_event_time || delay < 0) {
        text_add_field(out, LABEL_COLUMNS, "WHEN", "%s   alert %s", alert_shown(alert->event_time),
                       made);
        return;
    }
    const struct unit *unit = units;
    while (delay >= unit->below)
        unit++;
    text_add_field(out, LABEL_COLUMNS, "WHEN", "%s   alert %s (+%" PRId64 " %s)", alert->event_time,
                   made, delay / unit->seconds, unit->name);
}

static void add_facts(const struct alert *alert, struct lambda_buffer *out)
{
    char target[WORDS_MAX];
    char caller[WORDS_MAX];
    words_account(target, alert->target_account, alert->target_name);
    words_account(caller, alert->caller_account, alert->caller_name);
    if (alert->status != NULL) {
        text_add_field(out, LABEL_COLUMNS, "WHO", "this notice does not tell: see the first step");
        add_what(alert, out);
        add_time(alert, out);
        text_add_field(out, LABEL_COLUMNS, "ACCOUNT", "%s", target);
        return;
    }
    add_actor(alert, out);
    add_what(alert, out);
    text_add_field(out, LABEL_COLUMNS, "WHERE", "%s", alert_shown(alert->source_address));
    text_add_field(out, LABEL_COLUMNS, "", "%s", alert_shown(alert->user_agent));
    add_known(out, "VPC endpoint ", alert->vpc_endpoint_id);
    add_time(alert, out);
    text_add_field(out, LABEL_COLUMNS, "ACCOUNT", "target %s, caller %s%s", target, caller,
                   alert_acts_across(alert) ? " (ACROSS ACCOUNTS)" : "");
    if (!alert->has_error)
        text_add_field(out, LABEL_COLUMNS, "ERROR", "none");
    else
        text_add_field(out, LABEL_COLUMNS, "ERROR", "%s: %s", alert_shown(alert->error_code),
                       alert_shown(alert->error_message));
}

/* The words of a step, with the actor's name in its place. */
static void add_words(const struct alert *alert, const char *number, const char *words,
                      struct lambda_buffer *out)
{
    char actor[NAME_MAX_BYTES] = "";
    const char *name = alert_knows(alert->actor) ? alert->actor : "the actor";
    const char *place = strstr(words, ADVICE_ACTOR);
    text_add_clean(actor, sizeof actor, name, strlen(name));
    if (place == NULL)
        text_add_field(out, STEP_COLUMNS, number, "%s", words);
    else
        text_add_field(out, STEP_COLUMNS, number, "%.*s%s%s", (int)(place - words), words, actor,
                       place + strlen(ADVICE_ACTOR));
}

static void add_advice(const struct alert *alert, struct lambda_buffer *out)
{
    struct advice advice;
    size_t place = 0;
    lambda_buffer_add_string(out, "NEXT\n");
    for (int step = 1; advice_next(alert, &place, &advice); step++) {
        char number[16];
        snprintf(number, sizeof number, " %d.", step);
        add_words(alert, number, advice.words, out);
        for (const char *line = advice.command; *line != '\0';) {
            int len = (int)strcspn(line, "\n");
            lambda_buffer_format(out, "%*s%.*s\n", STEP_COLUMNS, "", len, line);
            line += len + (line[len] == '\n');
        }
    }
}

/* The console of other partitions has other hosts, which the record does not tell. */
static void add_link(const struct alert *alert, struct lambda_buffer *out)
{
    static const char *const others[] = {"cn-", "us-gov-", "us-iso", "eu-isoe-", "eusc-"};
    const char *region = alert->aws_region;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (strncmp(region, others[i], strlen(others[i])) == 0)
            return;
    }
    if (!region_is_code(region) || !alert->has_event_id || alert->status != NULL)
        return;
    lambda_buffer_format(
        out, "https://%s.console.aws.amazon.com/cloudtrailv2/home?region=%s#/events/%s\n", region,
        region, alert->event_id);
}

static void add_event(const struct alert *alert, struct lambda_buffer *out)
{
    text_add_field(out, LABEL_COLUMNS, "EVENT", "%s", alert_shown(alert->event_id));
    add_known(out, "request ", alert->request_id);
    add_known(out, "shared with another account as ", alert->shared_event_id);
    add_link(alert, out);
}

static void add_rule(const struct alert *alert, struct lambda_buffer *out)
{
    char tags[TAGS_MAX_BYTES] = "";
    for (size_t i = 0; i < alert->tags.count; i++) {
        text_add_clean(tags, sizeof tags, ", ", strlen(", "));
        text_add_clean(tags, sizeof tags, alert->tags.items[i], strlen(alert->tags.items[i]));
    }
    if (alert->status == NULL)
        text_add_field(out, LABEL_COLUMNS, "RULE", "Sigma %s", alert->rule_id);
    else
        text_add_field(out, LABEL_COLUMNS, "RULE", "none: a notice of AWS (%s)", alert->rule_id);
    text_add_field(out, LABEL_COLUMNS, "", "%s, %s%s%s", alert->rule_level,
                   alert->rule_status[0] == '\0' ? "no status" : alert->rule_status, tags,
                   alert_is_of_region(alert) ? " (T1535: our mapping)" : "");
    text_add_field(out, LABEL_COLUMNS, "", "by %s%s%s", alert->rule_author,
                   alert->rule_license[0] == '\0' ? "" : "; licence ", alert->rule_license);
    add_known(out, "", alert->rule_description);
    for (size_t i = 0; i < alert->falsepositives.count; i++)
        text_add_field(out, LABEL_COLUMNS, "", "Known false positive: %s",
                       alert->falsepositives.items[i]);
    for (size_t i = 0; i < alert->references.count; i++)
        lambda_buffer_format(out, "%s\n", alert->references.items[i]);
}

void email_write(const struct alert *alert, struct lambda_buffer *text)
{
    add_headlines(alert, text);
    lambda_buffer_add_string(text, "\n");
    add_facts(alert, text);
    lambda_buffer_add_string(text, "\n");
    add_advice(alert, text);
    lambda_buffer_add_string(text, "\n");
    add_event(alert, text);
    add_rule(alert, text);
    lambda_buffer_format(text, "%-*s%s\n", LABEL_COLUMNS, "ALERT", alert->id);
    text_add_field(text, LABEL_COLUMNS, "",
                   "The same event gives the same id; a copy can be ignored.");
}
