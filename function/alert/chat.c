#include "alert/chat.h"

#include "alert/advice.h"
#include "alert/markdown.h"
#include "alert/members.h"
#include "alert/region.h"
#include "alert/words.h"
#include "text.h"
#include <stdio.h>
#include <string.h>

enum {
    STEPS_MAX = 16,
    DESCRIPTION_MAX = 2900, /* bytes: Slack takes 3,000 characters of a text */
    VALUE_MAX = 128,        /* bytes of a value, with its escapes; so all but the last lines fit */
    LONG_VALUE_MAX = 256,   /* of an ARN, a user agent */
    ERROR_MAX = 512,        /* of the text of an error */
};

/* A value of a line, with words of ours before it. */
struct part {
    const char *words;
    const char *value;
    size_t max; /* bytes; 0: VALUE_MAX */
};

/* The card while it is written: text is for the member at hand. */
struct card {
    struct members members;
    struct lambda_buffer text;
    bool is_full; /* the description */
};

/*
 * A line of the description. Values that are not known are left out; the list ends in a zeroed one.
 * The first line for which there is no room ends the description.
 */
static void add_line(struct card *card, const char *label, const struct part *parts)
{
    struct lambda_buffer *out = &card->text;
    size_t start = out->len;
    size_t count = 0;
    if (card->is_full)
        return;
    lambda_buffer_add_string(out, start == 0 ? "*" : "\n*");
    lambda_buffer_add_string(out, label);
    lambda_buffer_add_string(out, "*");
    for (; parts->value != NULL; parts++) {
        if (!alert_knows(parts->value))
            continue;
        lambda_buffer_add_string(out, count++ == 0 ? " " : ", ");
        lambda_buffer_add_string(out, parts->words);
        markdown_add_code(out, parts->value, parts->max == 0 ? VALUE_MAX : parts->max);
    }
    if (count == 0)
        lambda_buffer_add_string(out, " not recorded");
    card->is_full = out->len > DESCRIPTION_MAX;
    if (card->is_full) {
        lambda_buffer_cut(out, start);
        lambda_buffer_add_string(out, "\n*More* is in the finding and in the e-mail.");
    }
}

static void add_fields(struct card *card, const struct alert_fields *fields)
{
    for (size_t i = 0; i < fields->values.count; i++) {
        const char *name = fields->names.items[i];
        const char *value = alert_shown(fields->values.items[i]);
        if (!words_is_told(name))
            add_line(card, "Field", (struct part[]){{"", name, 0}, {"", value, 0}, {0}});
    }
}

static void describe_caller(const struct alert *alert, struct card *card)
{
    add_line(card, "Who",
             (struct part[]){{"", alert_shown(alert->actor), 0},
                             {"", alert->actor_type, 0},
                             {words_issuer(alert), alert->role, 0},
                             {"key ", alert->access_key_id, 0},
                             {"MFA ", words_flag(alert->mfa), 0},
                             {"console ", words_flag(alert->console), 0},
                             {0}});
}

/* The caller's own words come last, so that they push nothing else out. */
static void describe_more(const struct alert *alert, struct card *card)
{
    add_line(
        card, "Identity",
        (struct part[]){{"", alert_knows(alert->actor_arn) ? alert->actor_arn : alert->principal_id,
                         LONG_VALUE_MAX},
                        {"through ", alert->invoked_by, 0},
                        {"source identity ", alert->source_identity, 0},
                        {"identity provider ", alert->identity_provider, 0},
                        {"identity store ", alert->identity_store, 0},
                        {"credential ", alert->credential_id, 0},
                        {0}});
    if (alert->has_error)
        add_line(card, "Error",
                 (struct part[]){
                     {"", alert->error_code, 0}, {"", alert->error_message, ERROR_MAX}, {0}});
    add_line(card, "Where",
             (struct part[]){{"", alert->source_address, 0},
                             {"with ", alert->user_agent, LONG_VALUE_MAX},
                             {0}});
}

static void describe(const struct alert *alert, struct card *card)
{
    char target[WORDS_MAX];
    char caller[WORDS_MAX] = "";
    char delay[WORDS_MAX];
    char link[WORDS_MAX];
    words_account(target, alert->target_account, alert->target_name);
    if (alert_acts_across(alert))
        words_account(caller, alert->caller_account, alert->caller_name);
    words_delay(delay, alert);
    words_link(link, alert);
    if (alert->outcome == ALERT_TEST)
        lambda_buffer_add_string(&card->text, "*Test* The facts below are made up.");
    if (alert->status == NULL)
        describe_caller(alert, card);
    add_line(card, "What",
             (struct part[]){{"", alert->event_name, 0},
                             {"of ", alert->event_source, 0},
                             {"Region ", alert_is_of_region(alert) ? alert->region : "", 0},
                             {0}});
    add_line(card, "Account",
             (struct part[]){{"", target, 0}, {"called from account ", caller, 0}, {0}});
    add_line(card, "When",
             (struct part[]){{"", alert->event_time, 0}, {"alert after ", delay, 0}, {0}});
    add_line(
        card, "Rule",
        (struct part[]){{"", alert->rule_title, 0},
                        {alert->status == NULL ? "Sigma " : "no Sigma rule but a notice of AWS ",
                         alert->rule_id, 0},
                        {"by ", alert->rule_author, 0},
                        {"licence ", alert->rule_license, 0},
                        {0}});
    add_line(card, "Event", (struct part[]){{"", alert->event_id, 0}, {0}});
    if (link[0] != '\0')
        lambda_buffer_format(&card->text, "\n*Record* %s", link);
    if (alert->status == NULL)
        describe_more(alert, card);
    add_fields(card, &alert->matched);
    add_fields(card, &alert->further);
}

/* A command on one line: its line breaks can all go, with the backslash before them. */
static void add_command(struct lambda_buffer *out, const char *command)
{
    char line[ADVICE_TEXT_MAX];
    size_t len = 0;
    for (; *command != '\0'; command++) {
        if (*command != '\n' && strncmp(command, "\\\n", 2) != 0)
            line[len++] = *command;
    }
    line[len] = '\0';
    lambda_buffer_add_string(out, " ");
    markdown_add_code(out, line, sizeof line);
}

static void put_text(struct card *card, const char *path)
{
    members_text(&card->members, path, card->text.data);
    card->members.json->failed |= card->text.failed;
    lambda_buffer_clear(&card->text);
}

/* A member that is one value, without markup. */
static void put(struct card *card, const char *path, const char *value)
{
    markdown_add_plain(&card->text, value);
    put_text(card, path);
}

static void put_steps(const struct alert *alert, struct card *card)
{
    size_t starts[STEPS_MAX];
    const char *steps[STEPS_MAX];
    struct advice advice = {0};
    struct lambda_buffer *text = &card->text;
    size_t count = 0;
    for (; count < STEPS_MAX && advice_next(alert, &advice); count++) {
        starts[count] = text->len;
        lambda_buffer_add_string(text, advice.before);
        if (advice.actor[0] != '\0')
            markdown_add_code(text, advice.actor, VALUE_MAX);
        lambda_buffer_add_string(text, advice.after);
        if (advice.command[0] != '\0')
            add_command(text, advice.command);
        lambda_buffer_add(text, "", 1);
    }
    for (size_t i = 0; i < count; i++)
        steps[i] = text->data + starts[i];
    members_list(&card->members, "content.nextSteps", steps, count);
    card->members.json->failed |= text->failed;
    lambda_buffer_clear(text);
}

static void put_title(const struct alert *alert, struct card *card, const char *path)
{
    char happened[WORDS_MAX];
    words_happened(happened, alert);
    lambda_buffer_format(&card->text, "%s [%s]: ", alert_outcome_name(alert), alert->rule_level);
    put(card, path, happened);
}

static void put_content(const struct alert *alert, struct card *card)
{
    bool is_known = alert->status != NULL || words_is_name(alert->event_name);
    const char *event_name = is_known ? alert->event_name : "unknown";
    const char *const keywords[] = {event_name, alert->rule_level, alert_outcome_name(alert)};
    members_text(&card->members, "content.textType", "client-markdown");
    put_title(alert, card, "content.title");
    describe(alert, card);
    put_text(card, "content.description");
    put_steps(alert, card);
    members_list(&card->members, "content.keywords", keywords,
                 sizeof keywords / sizeof keywords[0]);
    put_title(alert, card, "metadata.summary");
    members_text(&card->members, "metadata.eventType", event_name);
}

/* Messages about one account and Region belong together. */
static void put_thread(const struct alert *alert, struct card *card)
{
    char thread[2 * ALERT_TEXT_MAX];
    char arn[WORDS_MAX];
    const char *account = alert->target_account;
    const char *region = alert_region(alert);
    const char *const resources[] = {arn};
    snprintf(thread, sizeof thread, "%s/%s", text_is_account(account) ? account : "unknown",
             region_is_code(region) ? region : "unknown");
    members_text(&card->members, "metadata.threadId", thread);
    words_account_arn(arn, alert);
    members_list(&card->members, "metadata.relatedResources", resources, arn[0] != '\0');
}

void chat_write(const struct alert *alert, struct lambda_buffer *json)
{
    struct card card = {0};
    lambda_buffer_init(&card.text, json->max);
    members_begin(&card.members, json);
    members_text(&card.members, "version", "1.0");
    members_text(&card.members, "source", "custom");
    if (alert->has_event_id)
        members_text(&card.members, "id", alert->event_id);
    put_content(alert, &card);
    put_thread(alert, &card);
    members_text(&card.members, "metadata.additionalContext.ruleId", alert->rule_id);
    put(&card, "metadata.additionalContext.ruleAuthor", alert->rule_author);
    members_text(&card.members, "metadata.additionalContext.alertId", alert->id);
    members_end(&card.members);
    lambda_buffer_done(&card.text);
}
