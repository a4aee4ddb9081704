/*
 * Names of accounts and any bytes as an event: an alert is made, whether the rule matches or not,
 * and whatever was sent in, all that is sent out keeps what the headers promise.
 *
 * The input: a byte that chooses the rule and the limit, the names up to the end of the line, the
 * event.
 */
#include "alert/accounts.h"
#include "alert/message.h"
#include "alert/sms.h"
#include "fuzz.h"
#include "text.h"
#include <cjson/cJSON.h>
#include <lambda/utf8.h>
#include <stdio.h>

/* What the fuzzer is to explore is the function, not this file: that would halve its speed. */
#pragma clang attribute push(__attribute__((no_sanitize("coverage"))), apply_to = function)

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);

enum { RULES = 3, LONG_LEN = 600, LONG_LISTS = 20, REPLACEMENT = 0xfffd, ID_START = 8 };

static const char authors[] = "Ann Author, Bob Writer";
static const char request_id[] = "11111111-2222-4333-8444-555555555555";

static const char region_rule[] =
    "title: A rule\nid: a5ffb6ea-c784-4e01-b30a-deb6e58ca2ab\nstatus: experimental\n"
    "author: Ann Author, Bob Writer\nlevel: medium\ndate: 2025-10-19\nlicense: DRL-1.1\n"
    "tags: [attack.persistence]\nreferences: ['https://example.com/rule']\n"
    "falsepositives: [A person who may]\nfields: [requestID, tlsDetails]\n" LOGSOURCE
    "detection:\n    selection: {eventName: EnableRegion}\n    condition: selection\n";

static const char every_test_rule[] =
    "title: A rule\nid: b5ffb6ea-c784-4e01-b30a-deb6e58ca2ab\nlevel: critical\n"
    "author: Ann Author, Bob Writer\n"
    "fields: [eventID, a.b, userIdentity, requestParameters]\n" LOGSOURCE EVERY_TEST;

static const char names_of_accounts[] = "111122223333=<prod> & *more*,444455556666=`Log`_archive~";

static struct rules rules;

/* What the texts of one input are held against. */
static struct {
    const struct rule *rule;
    const char *authors;
    const char *origin; /* the word before the rule's id */
    const struct alert *alert;
    bool may_replace; /* there is a U+FFFD in what came in */
} given;

/* A rule of long texts, made of what grows most where it is escaped. */
static void write_long_rule(struct lambda_buffer *yaml)
{
    static const char *const lists[] = {"tags", "references", "falsepositives", "fields"};
    static const char pieces[] = "\"\\\"&<>_*\"\\";
    char text[LONG_LEN + 1] = "";
    for (size_t i = 0; i < LONG_LEN; i++)
        text[i] = pieces[i % strlen(pieces)];
    lambda_buffer_format(yaml,
                         "title: '%s'\nid: c5ffb6ea-c784-4e01-b30a-deb6e58ca2ab\n"
                         "author: '%s %s'\nlevel: informational\ndescription: '%s'\nlicense: '%s'\n"
                         "date: '%s'\nstatus: experimental\n" LOGSOURCE EVERY_TEST,
                         text, authors, text, text, text, text);
    for (size_t list = 0; list < sizeof lists / sizeof lists[0]; list++) {
        lambda_buffer_format(yaml, "%s:\n", lists[list]);
        for (int item = 0; item < LONG_LISTS; item++)
            lambda_buffer_format(yaml, "    - 'https://%d%s'\n", item, item == 0 ? text : "");
    }
}

static void load(void)
{
    struct lambda_buffer long_rule;
    lambda_buffer_init(&long_rule, 1 << 20);
    write_long_rule(&long_rule);
    load_rules(&rules, (const char *const[]){region_rule, every_test_rule, long_rule.data}, RULES);
    lambda_buffer_done(&long_rule);
}

static void check_text(const char *text, bool breaks_allowed)
{
    size_t len = strlen(text);
    for (size_t i = 0; i < len;) {
        uint32_t code = 0;
        size_t width = lambda_utf8_decode(text + i, len - i, &code);
        require(width > 0 && (!lambda_utf8_is_control(code) || (breaks_allowed && code == '\n')));
        require(code != REPLACEMENT || given.may_replace);
        i += width;
    }
}

static void check_subject(const char *subject)
{
    const char *outcome = alert_outcome_name(given.alert);
    size_t len = strlen(subject);
    require(len > 0 && len < 100 && subject[0] != ' ' && subject[len - 1] != ' ');
    for (size_t i = 0; i < len; i++)
        require(subject[i] >= ' ' && subject[i] <= '~');
    require(strncmp(subject, outcome, strlen(outcome)) == 0);
}

/* Whether a line of the e-mail begins as one of ours, so that no value can pass for one. */
static bool is_email_line(const char *line)
{
    static const char labels[] =
        " WHO WHAT MATCHED DETAIL WHERE WHEN ACCOUNT ERROR NEXT EVENT RULE ... ALERT ";
    char label[16];
    snprintf(label, sizeof label, " %.*s ", (int)strcspn(line, " "), line);
    return line[0] == ' ' || line[0] == '\0' || strstr(labels, label) != NULL;
}

/* Above WHO stand what the function itself says and the rule's description. */
static void check_email(const char *email)
{
    const char *outcome = alert_outcome_name(given.alert);
    bool is_head = true;
    check_text(email, true);
    require(strncmp(email, outcome, strlen(outcome)) == 0);
    require(strstr(email, given.rule->id) != NULL && strstr(email, given.authors) != NULL);
    require(strstr(email, given.alert->id) != NULL);
    while (*email != '\0') {
        char line[4096] = "";
        size_t len = strcspn(email, "\n");
        require(len < sizeof line && email[len] == '\n');
        memcpy(line, email, len);
        is_head = is_head && strncmp(line, "WHO ", 4) != 0;
        if (strncmp(line, "https://", 8) != 0) {
            require(is_head || is_email_line(line));
            require(text_count(line) <= TEXT_COLUMNS || strncmp(line, "ALERT ", 6) == 0);
            require(strstr(line, "://") == NULL);
        }
        email += len + 1;
    }
    require(!is_head);
}

static void check_sms(const char *sms)
{
    const char *outcome = alert_outcome_name(given.alert);
    const char *event_id = strchr(given.alert->id, ':') + 1;
    char id[32];
    require(strlen(sms) <= 140 && strncmp(sms, outcome, strlen(outcome)) == 0);
    for (size_t i = 0; i < strlen(sms); i++)
        require(sms[i] >= ' ' && sms[i] <= '~' && strchr("[{]}`\\^~|", sms[i]) == NULL);
    snprintf(id, sizeof id, "#%.*s ", ID_START, event_id);
    require(strstr(sms, id) != NULL);
    snprintf(id, sizeof id, " %s %.*s by ", given.origin, ID_START, given.rule->id);
    require(strstr(sms, id) != NULL && strstr(sms, given.authors) != NULL);
}

/* Checks what is escaped everywhere; returns the character behind the one at text. */
static const char *pass_entity(const char *text)
{
    static const char *const entities[] = {"&amp;", "&lt;", "&gt;"};
    require(*text != '<' && *text != '>');
    if (*text != '&')
        return text + 1;
    size_t i = 0;
    while (i < 3 && strncmp(text, entities[i], strlen(entities[i])) != 0)
        i++;
    require(i < 3);
    return text + strlen(entities[i]);
}

static void check_plain(const char *text)
{
    while (*text != '\0') {
        require(strchr("`*_~\n", *text) == NULL);
        text = pass_entity(text);
    }
}

/* Markup is a label before all else of a line, and code, which ends on its line. */
static void check_markup(const char *text, bool has_labels)
{
    bool is_code = false;
    bool begins = has_labels;
    while (*text != '\0') {
        if (begins) {
            size_t len = strspn(text + 1, TEXT_LOWER TEXT_UPPER " ");
            require(text[0] == '*' && len > 0 && text[len + 1] == '*');
            text += len + 2;
        }
        is_code ^= *text == '`';
        require(is_code || strchr("*_~", *text) == NULL);
        begins = *text == '\n';
        require(!begins || (has_labels && !is_code));
        text = pass_entity(text);
    }
    require(!is_code);
}

/* Every text below a node: clean, and as chat only in what check_chat() looks at itself. */
static void check_strings(const cJSON *node, bool is_chat)
{
    for (; node != NULL; node = node->next) {
        bool has_name = node->string != NULL;
        bool is_event = has_name && strcmp(node->string, "raw_data") == 0;
        bool is_marked = has_name && (strcmp(node->string, "description") == 0 ||
                                      strcmp(node->string, "nextSteps") == 0);
        if (cJSON_IsString(node) && !is_event) {
            check_text(node->valuestring, is_chat && is_marked);
            if (is_chat && !is_marked)
                check_plain(node->valuestring);
        }
        if (!(is_chat && is_marked))
            check_strings(node->child, is_chat);
    }
}

/* The text at a path of names joined by dots; "" if there is none. */
static const char *text_at(const cJSON *node, const char *path)
{
    while (*path != '\0') {
        char name[32] = "";
        size_t len = strcspn(path, ".");
        memcpy(name, path, len);
        node = cJSON_GetObjectItemCaseSensitive(node, name);
        path += len + (path[len] == '.');
    }
    return cJSON_IsString(node) ? node->valuestring : "";
}

static cJSON *parse(const char *json)
{
    check_text(json, false);
    cJSON *root = cJSON_ParseWithOpts(json, NULL, true);
    require(cJSON_IsObject(root));
    return root;
}

static void check_chat(const char *json)
{
    const char *outcome = alert_outcome_name(given.alert);
    cJSON *root = parse(json);
    const cJSON *step = NULL;
    check_strings(root, true);
    check_markup(text_at(root, "content.description"), true);
    check_text(text_at(root, "content.description"), true);
    cJSON_ArrayForEach(step, cJSON_GetObjectItem(cJSON_GetObjectItem(root, "content"), "nextSteps"))
    {
        check_text(step->valuestring, false);
        check_markup(step->valuestring, false);
    }
    require(strncmp(text_at(root, "content.title"), outcome, strlen(outcome)) == 0);
    require(strstr(text_at(root, "content.description"), given.rule->id) != NULL);
    require(strstr(text_at(root, "content.description"), given.authors) != NULL);
    require(strlen(text_at(root, "content.description")) <= 3000);
    require(strcmp(text_at(root, "metadata.additionalContext.alertId"), given.alert->id) == 0);
    cJSON_Delete(root);
}

static void check_finding(const char *json)
{
    cJSON *root = parse(json);
    const cJSON *unmapped = cJSON_GetObjectItem(root, "unmapped");
    const char *event = text_at(root, "raw_data");
    check_strings(root, false);
    require(strcmp(text_at(root, "metadata.uid"), given.alert->id) == 0);
    require(strcmp(text_at(root, "finding_info.analytic.uid"), given.rule->id) == 0);
    require(strcmp(text_at(root, "unmapped.outcome"), alert_outcome_name(given.alert)) == 0);
    require(strstr(text_at(root, "unmapped.rule_author"), given.authors) != NULL);
    require(event[0] == '\0' ? cJSON_IsTrue(cJSON_GetObjectItem(unmapped, "truncated"))
                             : strcmp(event, given.alert->event->text) == 0);
    check_subject(text_at(root, "message"));
    cJSON_Delete(root);
}

static void check_parts(const char *json)
{
    cJSON *root = parse(json);
    require(cJSON_GetArraySize(root) == 5);
    check_finding(text_at(root, "default"));
    check_email(text_at(root, "email"));
    require(strcmp(text_at(root, "email-json"), text_at(root, "email")) == 0);
    check_chat(text_at(root, "https"));
    check_sms(text_at(root, "sms"));
    cJSON_Delete(root);
}

/* Returns their bytes. */
static size_t check_attributes(const struct message *message)
{
    size_t bytes = 0;
    size_t count = 0;
    for (; message->attributes[2 * count] != NULL; count++) {
        const char *name = message->attributes[2 * count];
        const char *value = message->attributes[2 * count + 1];
        require(text_is(value, TEXT_LOWER TEXT_UPPER TEXT_DIGITS "-", 1, 36));
        require(strcmp(value, "null") != 0);
        bytes += strlen(name) + strlen("String") + strlen(value);
    }
    require(message->format == MESSAGE_STRUCTURED ? count == 0 : count >= 4 && count <= 6);
    return bytes;
}

/* Returns the bytes of the message as SNS counts them, 0 where the limit is too low for one. */
static size_t check_message(const struct alert_input *input, enum message_format format,
                            size_t limit)
{
    static void (*const checks[])(const char *) = {check_parts, check_email, check_finding,
                                                   check_chat};
    struct alert alert;
    struct message message;
    struct lambda_error err;
    memset(&alert, 0xff, sizeof alert);
    alert_make(&alert, input);
    given.alert = &alert;
    message_init(&message, format, limit);
    if (!message_write(&message, &alert, &err)) {
        require(limit < MESSAGE_LEAST_BYTES && strcmp(err.type, "Function.AlertNotBuilt") == 0);
        message_done(&message);
        return 0;
    }
    require(message.text.len == strlen(message.text.data));
    size_t bytes = message.text.len + check_attributes(&message);
    require(bytes <= limit);
    check_subject(message.subject);
    checks[format](message.text.data);
    message_done(&message);
    return bytes;
}

/* The first entry of a list that was taken must be found; returns what is behind it, or NULL. */
static const char *check_entry(const char *list, const char *rest)
{
    char account[13] = "";
    char name[ACCOUNTS_NAME_MAX];
    const char *entry = rest + strspn(rest, " ");
    size_t len = strcspn(entry, ",");
    const char *end = entry + len;
    while (len > 0 && entry[len - 1] == ' ')
        len--;
    require(strspn(entry, TEXT_DIGITS) == 12 && entry[12] == '=' && len > 13 && len <= 13 + 64);
    memcpy(account, entry, 12);
    accounts_find(list, account, name);
    require(strlen(name) == len - 13 && memcmp(name, entry + 13, len - 13) == 0);
    check_text(name, false);
    return *end == ',' ? end + 1 : NULL;
}

/* The names, or others of ours where they are refused. */
static const char *check_accounts(const char *list)
{
    struct lambda_error err;
    const char *rest = list[0] == '\0' ? NULL : list;
    if (!accounts_check(list, "NAMES", &err)) {
        require(strcmp(err.type, "Function.ConfigInvalid") == 0);
        require(strncmp(err.message, "NAMES, entry ", 13) == 0);
        check_text(err.message, false);
        return names_of_accounts;
    }
    while (rest != NULL)
        rest = check_entry(list, rest);
    return list;
}

static bool has_replacement(const char *names, const struct event *event)
{
    char *json = cJSON_PrintUnformatted(event->envelope);
    require(json != NULL);
    bool found = strstr(json, "\xef\xbf\xbd") != NULL || strstr(names, "\xef\xbf\xbd") != NULL;
    free(json);
    return found;
}

static void check_event(size_t choice, const char *names, const struct event *event)
{
    static const size_t limits[] = {MESSAGE_LEAST_BYTES, 65536, MESSAGE_USUAL_BYTES};
    static const enum message_format formats[] = {MESSAGE_STRUCTURED, MESSAGE_EMAIL, MESSAGE_OCSF,
                                                  MESSAGE_CHAT};
    bool is_notice = status_of(event) != NULL && choice % (RULES + 1) == RULES;
    given.rule = is_notice ? &status_rule : &rules.items[choice % RULES];
    given.authors = is_notice ? status_rule.author : authors;
    given.origin = is_notice ? "notice" : "Sigma";
    given.may_replace = true;
    const char *checked = check_accounts(names);
    given.may_replace = has_replacement(checked, event);
    struct alert_input input = {.rule = given.rule,
                                .event = event,
                                .evaluation = &rules.evaluation,
                                .account_names = checked,
                                .request_id = request_id,
                                .now_ms = 1795166071000};
    choice /= RULES + 1;
    enum message_format format = formats[choice / 3 % 4];
    size_t bytes = check_message(&input, format, limits[choice % 3]);
    if (format != MESSAGE_STRUCTURED || bytes > MESSAGE_LEAST_BYTES)
        check_message(&input, format, bytes - 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct event event = {0};
    struct lambda_error err;
    char *text = calloc(1, size + 1);
    require(text != NULL);
    if (rules.count == 0)
        load();
    if (size > 0)
        memcpy(text, data, size);
    char *line_end = memchr(text, '\n', size);
    if (line_end != NULL && line_end > text) {
        size_t len = size - (size_t)(line_end + 1 - text);
        *line_end = '\0';
        if (event_parse(&event, line_end + 1, len, &err))
            check_event((uint8_t)(data[0] - 'A'), text + 1, &event);
    }
    event_done(&event);
    free(text);
    return 0;
}

/* Now and then fills a string with one piece, over and over, which no random change does. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
    static const char *const pieces[] = {"\\\"", "\\n", "\\u202e", "&",   "<",        "`",
                                         "*_",   "a ",  "x://",    "[{|", "\xc3\xa9", "us-gov-"};
    const char *piece = pieces[seed / 4 % (sizeof pieces / sizeof pieces[0])];
    size_t from = size == 0 ? 0 : seed / 64 % size;
    uint8_t *quote = memchr(data + from, '"', size - from);
    if (seed % 4 > 0 || quote == NULL)
        return LLVMFuzzerMutate(data, size, max_size);
    size_t len = strlen(piece);
    size_t count = 1U << (seed >> 20) % 10;
    if (count > (max_size - size) / len)
        count = (max_size - size) / len;
    uint8_t *place = quote + 1;
    memmove(place + count * len, place, size - (size_t)(place - data));
    for (size_t i = 0; i < count; i++)
        memcpy(place + i * len, piece, len);
    return size + count * len;
}

#pragma clang attribute pop
