#include "alert/message.h"

#include "alert/chat.h"
#include "alert/email.h"
#include "alert/ocsf.h"
#include "alert/region.h"
#include "alert/sms.h"
#include "text.h"
#include <lambda/json.h>
#include <string.h>

static const char attribute_type[] = "String";

/* How an alert becomes smaller. */
static const struct size {
    bool with_event;
    size_t text_max;
    size_t items_max;
} sizes[] = {
    {true, ALERT_TEXT_MAX, ALERT_ITEMS_MAX},
    {false, ALERT_TEXT_MAX, ALERT_ITEMS_MAX},
    {false, 256, 8},
    {false, 128, 4},
    {false, 64, 2},
    {false, 24, 1},
};

bool message_find_format(const char *name, enum message_format *format)
{
    static const char *const names[] = {"structured", "email", "ocsf", "chat"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(names[i], name) == 0) {
            *format = (enum message_format)i;
            return true;
        }
    }
    return false;
}

void message_init(struct message *message, enum message_format format, size_t max_bytes)
{
    *message = (struct message){.format = format};
    lambda_buffer_init(&message->text, max_bytes);
    lambda_buffer_init(&message->part, max_bytes);
    lambda_buffer_init(&message->quoted, max_bytes);
}

void message_done(struct message *message)
{
    lambda_buffer_done(&message->text);
    lambda_buffer_done(&message->part);
    lambda_buffer_done(&message->quoted);
}

/* Sets the attributes; returns the bytes that they count. */
static size_t take_attributes(struct message *message, const struct alert *alert)
{
    const char *region = alert_region(alert);
    bool is_region = region_is_code(region);
    bool is_account = text_is_account(alert->target_account);
    const char *const all[][2] = {{"ruleId", alert->rule_id},
                                  {"level", alert->rule_level},
                                  {"outcome", alert_outcome_name(alert)},
                                  {"account", is_account ? alert->target_account : ""},
                                  {"region", is_region ? region : ""},
                                  {"test", alert->outcome == ALERT_TEST ? "true" : "false"}};
    bool wanted = message->format != MESSAGE_STRUCTURED;
    const char **next = message->attributes;
    size_t bytes = 0;
    for (size_t i = 0; wanted && i < sizeof all / sizeof all[0]; i++) {
        if (!alert_knows(all[i][1]))
            continue;
        bytes += strlen(all[i][0]) + strlen(attribute_type) + strlen(all[i][1]);
        *next++ = all[i][0];
        *next++ = all[i][1];
    }
    *next = NULL;
    return bytes;
}

/* Makes a JSON string of the part that was written, and begins another. */
static void end_part(struct message *message)
{
    lambda_buffer_clear(&message->quoted);
    lambda_json_string(&message->quoted, NULL, message->part.data);
    message->text.failed |= message->part.failed || message->quoted.failed;
    lambda_buffer_clear(&message->part);
}

static void add_part(struct message *message, const char *protocol)
{
    lambda_json_raw(&message->text, protocol, message->quoted.data, message->quoted.len);
}

static void write_parts(struct message *message, const struct alert *alert, bool with_event)
{
    char sms[SMS_MAX];
    lambda_json_open(&message->text, NULL, '{');
    ocsf_write(alert, with_event, &message->part);
    end_part(message);
    add_part(message, "default");
    email_write(alert, &message->part);
    end_part(message);
    add_part(message, "email");
    add_part(message, "email-json");
    chat_write(alert, &message->part);
    end_part(message);
    add_part(message, "https");
    sms_write(alert, sms);
    lambda_json_string(&message->text, "sms", sms);
    lambda_json_close(&message->text, '}');
}

static void write_text(struct message *message, const struct alert *alert, bool with_event)
{
    lambda_buffer_clear(&message->text);
    switch (message->format) {
    case MESSAGE_STRUCTURED:
        write_parts(message, alert, with_event);
        break;
    case MESSAGE_EMAIL:
        email_write(alert, &message->text);
        break;
    case MESSAGE_OCSF:
        ocsf_write(alert, with_event, &message->text);
        break;
    case MESSAGE_CHAT:
        chat_write(alert, &message->text);
        break;
    }
}

bool message_write(struct message *message, struct alert *alert, struct lambda_error *err)
{
    subject_write(alert, message->subject);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        if (sizes[i].text_max < ALERT_TEXT_MAX)
            alert_shorten(alert, sizes[i].text_max, sizes[i].items_max);
        size_t bytes = take_attributes(message, alert);
        write_text(message, alert, sizes[i].with_event);
        if (!message->text.failed && message->text.len + bytes <= message->text.max)
            return true;
    }
    return lambda_fail(err, "Function.AlertNotBuilt",
                       "the alert %s is larger than ALERT_MAX_BYTES, %zu, or memory ran out: raise "
                       "the one or the other",
                       alert->id, message->text.max);
}
