#include "alert/email.h"

#include "text.h"
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum {
    HEAD_COLUMNS = 11,   /* of the first words of the two headlines */
    LABEL_COLUMNS = 9,   /* of the labels below them */
    NAME_MAX_BYTES = 64, /* of an actor in the advice */
    TAGS_MAX_BYTES = 1024,
    TIME_MAX_BYTES = 32,
};

/* When a step of the advice makes sense. */
enum {
    IF_REGION = 1,    /* a Region is to be enabled */
    IF_SUCCEEDED = 2, /* and it will be */
    IF_KEY = 4,       /* the access key is known */
    IF_EVENT = 8,     /* the event's id is known */
};

static const struct step {
    unsigned conditions;
    const char *text; /* {name} is a value of the event; lines after the first are indented by 4 */
} steps[] = {
    {0, "Ask {actor}.\n"
        "    Compare with the change record."},
    {IF_REGION, "aws account get-region-opt-status --region-name {region}{for_account}"},
    {IF_KEY, "aws cloudtrail lookup-events --region {logged} --lookup-attributes \\\n"
             "    AttributeKey=AccessKeyId,AttributeValue={key}"},
    {IF_EVENT, "aws cloudtrail lookup-events --region {logged} --lookup-attributes \\\n"
               "    AttributeKey=EventId,AttributeValue={event}"},
    {IF_REGION | IF_SUCCEEDED, "aws cloudtrail lookup-events --region {region} --max-items 50"},
    {IF_REGION | IF_SUCCEEDED,
     "If it was not planned, undo it once its status is ENABLED:\n"
     "    aws account disable-region --region-name {region}{for_account}\n"
     "    and revoke the credentials."},
    {IF_REGION | IF_SUCCEEDED,
     "Prevent it: a service control policy that denies\n"
     "    account:EnableRegion (it does not bind the management account)."},
};

struct value {
    const char *name;
    const char *text;
};

/* "2026-02-11T09:14:31Z" */
static void print_time(char text[TIME_MAX_BYTES], int64_t time_ms)
{
    time_t seconds = (time_t)(time_ms / 1000);
    struct tm tm = {0};
    gmtime_r(&seconds, &tm);
    strftime(text, TIME_MAX_BYTES, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

static const char *shown_flag(const char *text)
{
    return strcmp(text, "true") == 0    ? "yes"
           : strcmp(text, "false") == 0 ? "no"
                                        : alert_shown(text);
}

static void add_headlines(const struct alert *alert, struct lambda_buffer *out)
{
    const char *outcome = alert_outcome_name(alert);
    bool known = alert_knows(alert->region);
    if (alert->enables_region)
        text_add_field(out, HEAD_COLUMNS, outcome, "AWS Region %s%s%s %s in account %s",
                       known ? "" : "(", alert_shown(alert->region), known ? "" : ")",
                       alert->outcome == ALERT_SUCCEEDED ? "is being enabled" : "was not enabled",
                       alert_shown(alert->target_account));
    else
        text_add_field(out, HEAD_COLUMNS, outcome, "%s of %s in account %s",
                       alert_shown(alert->event_name), alert_shown(alert->event_source),
                       alert_shown(alert->target_account));
    char level[] = "INFORMATIONAL"; /* the longest; it is cut to the column */
    for (size_t i = 0; i == 0 || (level[i - 1] != '\0' && i < sizeof level); i++)
        level[i] = (char)toupper((unsigned char)alert->rule->level[i]);
    level[HEAD_COLUMNS - 1] = '\0';
    text_add_field(out, HEAD_COLUMNS, level, "%s", alert->rule->title);
}

static void add_actor(const struct alert *alert, struct lambda_buffer *out)
{
    bool is_root = strcmp(alert->actor_type, "Root") == 0;
    bool has_role = alert_knows(alert->role);
    text_add_field(out, LABEL_COLUMNS, "WHO", "%s%s", is_root ? "ROOT USER " : "",
                   alert_knows(alert->actor_arn) ? alert->actor_arn : alert_shown(alert->actor));
    text_add_field(out, LABEL_COLUMNS, "", "%s%s%s", alert_shown(alert->actor_type),
                   has_role ? ", issuer " : "", has_role ? alert->role : "");
    text_add_field(out, LABEL_COLUMNS, "", "MFA %s, console %s, key %s", shown_flag(alert->mfa),
                   alert->console[0] == '\0' ? "no" : shown_flag(alert->console),
                   alert_shown(alert->access_key_id));
    if (alert_knows(alert->invoked_by))
        text_add_field(out, LABEL_COLUMNS, "", "through %s", alert->invoked_by);
    if (alert_knows(alert->source_identity))
        text_add_field(out, LABEL_COLUMNS, "", "source identity %s", alert->source_identity);
}

static void add_time(const struct alert *alert, struct lambda_buffer *out)
{
    static const struct unit {
        int64_t below; /* seconds */
        int64_t seconds;
        const char *name;
    } units[] = {{600, 1, "s"}, {36000, 60, "min"}, {INT64_MAX, 3600, "h"}};
    char made[TIME_MAX_BYTES];
    print_time(made, alert->time_ms);
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
    add_actor(alert, out);
    if (alert->enables_region)
        text_add_field(out, LABEL_COLUMNS, "WHAT", "%s RegionName=%s", alert->event_name,
                       alert_shown(alert->region));
    else
        text_add_field(out, LABEL_COLUMNS, "WHAT", "%s (%s)", alert_shown(alert->event_name),
                       alert_shown(alert->event_source));
    text_add_field(out, LABEL_COLUMNS, "WHERE", "%s", alert_shown(alert->source_address));
    text_add_field(out, LABEL_COLUMNS, "", "%s", alert_shown(alert->user_agent));
    if (alert_knows(alert->vpc_endpoint_id))
        text_add_field(out, LABEL_COLUMNS, "", "VPC endpoint %s", alert->vpc_endpoint_id);
    add_time(alert, out);
    text_add_field(out, LABEL_COLUMNS, "ACCOUNT", "target %s, caller %s%s",
                   alert_shown(alert->target_account), alert_shown(alert->caller_account),
                   alert_acts_across(alert) ? " (ACROSS ACCOUNTS)" : "");
    if (alert->outcome == ALERT_SUCCEEDED)
        text_add_field(out, LABEL_COLUMNS, "ERROR", "none");
    else
        text_add_field(out, LABEL_COLUMNS, "ERROR", "%s: %s", alert_shown(alert->error_code),
                       alert_shown(alert->error_message));
}

static void add_expanded(struct lambda_buffer *out, const char *text, const struct value *values)
{
    for (const char *open = strchr(text, '{'); open != NULL; open = strchr(text, '{')) {
        size_t name_len = strcspn(open + 1, "}");
        lambda_buffer_add(out, text, (size_t)(open - text));
        for (const struct value *value = values; value->name != NULL; value++) {
            if (strlen(value->name) == name_len && strncmp(value->name, open + 1, name_len) == 0)
                lambda_buffer_add_string(out, value->text);
        }
        text = open + 1 + name_len + 1;
    }
    lambda_buffer_add_string(out, text);
}

/* What may enter a command or a link: a Region's name, such as us-gov-west-1. */
static bool is_region(const char *text)
{
    size_t len = strlen(text);
    return text_is(text, TEXT_LOWER TEXT_DIGITS "-", 9, 32) && strchr(TEXT_LOWER, text[0]) &&
           strchr(TEXT_DIGITS, text[len - 1]) && strchr(text, '-') && !strstr(text, "--");
}

static bool is_account(const char *text)
{
    return text_is(text, TEXT_DIGITS, 12, 12);
}

static bool is_key(const char *text)
{
    return text_is(text, TEXT_UPPER TEXT_DIGITS, 16, 32);
}

static void add_advice(const struct alert *alert, struct lambda_buffer *out)
{
    char actor[NAME_MAX_BYTES] = "";
    char for_account[ALERT_TEXT_MAX + 32] = "";
    const char *name = alert_knows(alert->actor) ? alert->actor : "the actor";
    text_add_clean(actor, sizeof actor, name, strlen(name));
    if (alert_acts_across(alert))
        snprintf(for_account, sizeof for_account, " \\\n    --account-id %s",
                 is_account(alert->target_account) ? alert->target_account : "ACCOUNT");
    const struct value values[] = {
        {"actor", actor},
        {"for_account", for_account},
        {"region", is_region(alert->region) ? alert->region : "REGION"},
        {"logged", is_region(alert->aws_region) ? alert->aws_region : "us-east-1"},
        {"key", alert->access_key_id},
        {"event", alert->event_id},
        {NULL, NULL},
    };
    unsigned holds = (alert->enables_region ? IF_REGION : 0U) |
                     (alert->outcome == ALERT_SUCCEEDED ? IF_SUCCEEDED : 0U) |
                     (is_key(alert->access_key_id) ? IF_KEY : 0U) |
                     (text_is_uuid(alert->event_id) ? IF_EVENT : 0U);
    int number = 0;
    lambda_buffer_add_string(out, "NEXT\n");
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        if ((steps[i].conditions & holds) != steps[i].conditions)
            continue;
        lambda_buffer_format(out, " %d. ", ++number);
        add_expanded(out, steps[i].text, values);
        lambda_buffer_add_string(out, "\n");
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
    if (!is_region(region) || !text_is_uuid(alert->event_id))
        return;
    lambda_buffer_format(
        out, "https://%s.console.aws.amazon.com/cloudtrailv2/home?region=%s#/events/%s\n", region,
        region, alert->event_id);
}

static void add_rule(const struct alert *alert, struct lambda_buffer *out)
{
    const struct rule *rule = alert->rule;
    struct lambda_buffer tags;
    lambda_buffer_init(&tags, TAGS_MAX_BYTES);
    for (size_t i = 0; i < rule->tags.count; i++)
        lambda_buffer_format(&tags, ", %s", rule->tags.items[i]);
    text_add_field(out, LABEL_COLUMNS, "RULE", "Sigma %s", rule->id);
    text_add_field(out, LABEL_COLUMNS, "", "%s, %s%s%s", rule->level,
                   rule->status[0] == '\0' ? "no status" : rule->status, tags.data,
                   alert->enables_region ? " (T1535: our mapping)" : "");
    lambda_buffer_done(&tags);
    text_add_field(out, LABEL_COLUMNS, "", "by %s%s%s", rule->author,
                   rule->license[0] == '\0' ? "" : "; licence ", rule->license);
    for (size_t i = 0; i < rule->falsepositives.count; i++)
        text_add_field(out, LABEL_COLUMNS, "", "Known false positive: %s",
                       rule->falsepositives.items[i]);
}

void email_write(const struct alert *alert, struct lambda_buffer *text)
{
    add_headlines(alert, text);
    lambda_buffer_add_string(text, "\n");
    add_facts(alert, text);
    lambda_buffer_add_string(text, "\n");
    add_advice(alert, text);
    lambda_buffer_add_string(text, "\n");
    text_add_field(text, LABEL_COLUMNS, "EVENT", "%s", alert_shown(alert->event_id));
    add_link(alert, text);
    add_rule(alert, text);
    lambda_buffer_format(text, "%-*s%s\n", LABEL_COLUMNS, "ALERT", alert->id);
    text_add_field(text, LABEL_COLUMNS, "",
                   "The same event gives the same id; a copy can be ignored.");
}
