#include "alert/message.h"

#include "alert/email.h"
#include "alert/ocsf.h"
#include <lambda/json.h>

static void write_parts(const struct alert *alert, bool with_event, struct lambda_buffer *part,
                        struct lambda_buffer *message)
{
    lambda_buffer_clear(message);
    lambda_json_open(message, NULL, '{');
    lambda_buffer_clear(part);
    ocsf_write(alert, with_event, part);
    message->failed |= part->failed;
    lambda_json_string(message, "default", part->data);
    lambda_buffer_clear(part);
    email_write(alert, part);
    message->failed |= part->failed;
    lambda_json_string(message, "email", part->data);
    lambda_json_string(message, "email-json", part->data);
    lambda_json_close(message, '}');
}

bool message_write(const struct alert *alert, struct lambda_buffer *message,
                   struct lambda_error *err)
{
    struct lambda_buffer part;
    lambda_buffer_init(&part, MESSAGE_MAX_BYTES);
    write_parts(alert, true, &part, message);
    if (message->failed)
        write_parts(alert, false, &part, message);
    lambda_buffer_done(&part);
    return !message->failed || lambda_fail(err, "Function.AlertNotBuilt",
                                           "the alert %s is larger than %d bytes or memory ran out",
                                           alert->id, MESSAGE_MAX_BYTES);
}
