#include "alert/chat.h"

#include "alert/advice.h"
#include "alert/members.h"
#include "alert/region.h"
#include "alert/words.h"
#include <stdio.h>
#include <string.h>

enum { TEXT_MAX_BYTES = 65536, STEPS_MAX = 16 };

enum style { CODE, PLAIN };

/* Appends a value so that no client sees markup, a mention or a link in it. */
static void add_escaped(struct lambda_buffer *out, enum style style, const char *text)
{
    static const struct {
        char byte;
        const char *shown[2]; /* by style */
    } escapes[] = {{'&', {"&amp;", "&amp;"}}, {'<', {"&lt;", "&lt;"}}, {'>', {"&gt;", "&gt;"}},
                   {'`', {"'", " "}},         {'*', {"*", " "}},       {'_', {"_", " "}},
                   {'~', {"~", " "}}};
    size_t count = sizeof escapes / sizeof escapes[0];
    for (; *text != '\0'; text++) {
        size_t i = 0;
        while (i < count && escapes[i].byte != *text)
            i++;
        if (i == count)
            lambda_buffer_add(out, text, 1);
        else
            lambda_buffer_add_string(out, escapes[i].shown[style]);
    }
}

static void add_code(struct lambda_buffer *out, const char *text)
{
    lambda_buffer_add_string(out, "`");
    add_escaped(out, CODE, text);
    lambda_buffer_add_string(out, "`");
}

/* A value of a line, with words of ours before it. */
struct part {
    const char *words;
    const char *value;
};

/* A line of the description. Values that are not known are left out; the list ends in a NULL. */
static void add_line(struct lambda_buffer *out, const char *label, const struct part *parts)
{
    lambda_buffer_format(out, "%s*%s*", out->len == 0 ? "" : "\n", label);
    size_t start = out->len;
    for (; parts->value != NULL; parts++) {
        if (!alert_knows(parts->value))
            continue;
        lambda_buffer_format(out, " %s%s", parts->words, parts->words[0] == '\0' ? "" : " ");
        add_code(out, parts->value);
    }
    if (out->len == start)
        lambda_buffer_add_string(out, " not recorded");
}

static void add_fields(struct lambda_buffer *out, const struct alert_fields *fields)
{
    for (size_t i = 0; i < fields->values.count; i++)
        add_line(out, "Field",
                 (struct part[]){{"", fields->names.items[i]},
                                 {"is", alert_shown(fields->values.items[i])},
                                 {0}});
}

static void describe_caller(const struct alert *alert, struct lambda_buffer *out)
{
    bool is_root = strcmp(alert->actor_type, "Root") == 0;
    add_line(out, is_root ? "ROOT USER" : "Who",
             (struct part[]){{"", alert->actor_arn[0] != '\0' ? alert->actor_arn : alert->actor},
                             {"as", alert->actor_type},
                             {"of role", alert->role},
                             {"key", alert->access_key_id},
                             {"MFA", alert->mfa[0] == '\0' ? "" : words_flag(alert->mfa)},
                             {"through", alert->invoked_by},
                             {"source identity", alert->source_identity},
                             {0}});
    add_line(out, "Where",
             (struct part[]){{"", alert->source_address}, {"with", alert->user_agent}, {0}});
}

static void describe(const struct alert *alert, struct lambda_buffer *out)
{
    char target[WORDS_MAX];
    char caller[WORDS_MAX] = "";
    words_account(target, alert->target_account, alert->target_name);
    if (alert_acts_across(alert))
        words_account(caller, alert->caller_account, alert->caller_name);
    if (alert->status == NULL)
        describe_caller(alert, out);
    add_line(out, "When", (struct part[]){{"", alert->event_time}, {0}});
    add_line(out, "What",
             (struct part[]){{"", alert->event_name},
                             {"of", alert->event_source},
                             {"for Region", alert_is_of_region(alert) ? alert->region : ""},
                             {0}});
    add_line(out, "Account", (struct part[]){{"", target}, {"called from account", caller}, {0}});
    if (alert->has_error)
        add_line(out, "Error",
                 (struct part[]){{"", alert->error_code}, {"", alert->error_message}, {0}});
    if (!alert_is_of_region(alert))
        add_fields(out, &alert->matched);
    add_fields(out, &alert->further);
    add_line(out, "Event", (struct part[]){{"", alert->event_id}, {0}});
    add_line(out, "Rule",
             (struct part[]){{"", alert->rule_title},
                             {alert->status == NULL ? "Sigma" : "no Sigma rule but a notice of AWS",
                              alert->rule_id},
                             {"by", alert->rule_author},
                             {"licence", alert->rule_license},
                             {0}});
}

/* A command on one line: its line breaks can all go, with the backslash before them. */
static void add_command(struct lambda_buffer *out, const char *command)
{
    char line[ADVICE_COMMAND_MAX];
    size_t len = 0;
    for (; *command != '\0'; command++) {
        if (*command != '\n' && strncmp(command, "\\\n", 2) != 0)
            line[len++] = *command;
    }
    line[len] = '\0';
    lambda_buffer_add_string(out, " ");
    add_code(out, line);
}

static void add_words(const struct alert *alert, struct lambda_buffer *out, const char *words)
{
    const char *place = strstr(words, ADVICE_ACTOR);
    if (place == NULL) {
        lambda_buffer_add_string(out, words);
        return;
    }
    lambda_buffer_add(out, words, (size_t)(place - words));
    add_code(out, alert_knows(alert->actor) ? alert->actor : "the actor");
    lambda_buffer_add_string(out, place + strlen(ADVICE_ACTOR));
}

/* The card while it is written: text is for the member at hand. */
struct card {
    struct members members;
    struct lambda_buffer text;
};

static void put_text(struct card *card, const char *path)
{
    members_text(&card->members, path, card->text.data);
    card->members.json->failed |= card->text.failed;
    lambda_buffer_clear(&card->text);
}

/* A member that is one value, without markup. */
static void put(struct card *card, const char *path, const char *value)
{
    add_escaped(&card->text, PLAIN, value);
    put_text(card, path);
}

static void put_steps(const struct alert *alert, struct card *card)
{
    size_t starts[STEPS_MAX];
    const char *steps[STEPS_MAX];
    struct advice advice;
    struct lambda_buffer *text = &card->text;
    size_t count = 0;
    for (size_t place = 0; count < STEPS_MAX && advice_next(alert, &place, &advice); count++) {
        starts[count] = text->len;
        add_words(alert, text, advice.words);
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
    describe(alert, &card->text);
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
    snprintf(thread, sizeof thread, "%s/%s", alert_is_account(account) ? account : "unknown",
             region_is_code(region) ? region : "unknown");
    members_text(&card->members, "metadata.threadId", thread);
    words_account_arn(arn, alert);
    members_list(&card->members, "metadata.relatedResources", resources, arn[0] != '\0');
}

void chat_write(const struct alert *alert, struct lambda_buffer *json)
{
    struct card card;
    lambda_buffer_init(&card.text, TEXT_MAX_BYTES);
    members_begin(&card.members, json);
    members_text(&card.members, "version", "1.0");
    members_text(&card.members, "source", "custom");
    if (alert->has_event_id)
        members_text(&card.members, "id", alert->event_id);
    put_content(alert, &card);
    put_thread(alert, &card);
    put(&card, "metadata.additionalContext.ruleId", alert->rule_id);
    put(&card, "metadata.additionalContext.ruleAuthor", alert->rule_author);
    put(&card, "metadata.additionalContext.alertId", alert->id);
    members_end(&card.members);
    lambda_buffer_done(&card.text);
}
