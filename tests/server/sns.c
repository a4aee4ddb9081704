#include "sns.h"

#include "books.h"
#include <ctype.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>

enum { UUID_SIZE = 37, VALUE_MAX = 2 << 20, REPLY_MAX = 2048 };

#define NAMESPACE "xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\""
#define TEN(text) text text text text text text text text text text

const struct sigv4_expected sns_credentials = {
    .key_id = "ASIAIOSFODNN7EXAMPLE",
    .secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    .token = TEN("SESSION/TOKEN+EXAMPLE/SESSION/TOKEN+EXAMPLE/SESSION/TOKEN+EXAMPLE=="),
    .region = "us-east-1",
    .service = "sns",
};

const char sns_topic_arn[] = "arn:aws:sns:us-east-1:111122223333:enable-region-alerts";

static void make_uuid(char uuid[UUID_SIZE])
{
    unsigned char b[16];
    RAND_bytes(b, sizeof b);
    snprintf(uuid, UUID_SIZE,
             "%02x%02x%02x%02x-%02x%02x-4%01x%02x-8%01x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1],
             b[2], b[3], b[4], b[5], b[6] & 15U, b[7], b[8] & 15U, b[9], b[10], b[11], b[12], b[13],
             b[14], b[15]);
}

static int hex_value(char digit)
{
    return isdigit((unsigned char)digit) ? digit - '0' : tolower((unsigned char)digit) - 'a' + 10;
}

/* Decodes a form's value in place: it can only become shorter. */
static void decode(struct lambda_buffer *value)
{
    char *to = value->data;
    for (const char *from = value->data; *from != '\0'; to++) {
        bool is_escape =
            from[0] == '%' && isxdigit((unsigned char)from[1]) && isxdigit((unsigned char)from[2]);
        if (is_escape)
            *to = (char)(hex_value(from[1]) * 16 + hex_value(from[2]));
        else
            *to = *from == '+' ? ' ' : *from;
        from += is_escape ? 3 : 1;
    }
    lambda_buffer_cut(value, (size_t)(to - value->data));
}

/* The decoded value of a form's field, in a buffer of the caller's; "" if it is not there. */
static const char *field(const char *form, const char *name, struct lambda_buffer *value)
{
    size_t name_len = strlen(name);
    lambda_buffer_clear(value);
    for (const char *at = form; *at != '\0'; at += strspn(at, "&")) {
        size_t len = strcspn(at, "&");
        if (strncmp(at, name, name_len) == 0 && at[name_len] == '=')
            lambda_buffer_add(value, at + name_len + 1, len - name_len - 1);
        at += len;
    }
    if (value->len == 0 || value->failed)
        return "";
    decode(value);
    return value->data;
}

/* NULL if SNS would take the form, and then its message is in the buffer. */
static const char *check_form(const struct request *request, struct lambda_buffer *message)
{
    static const char type[] = "application/x-www-form-urlencoded";
    size_t len = 0;
    const char *form = request->body.len > 0 ? request->body.data : "";
    const char *form_type = request_header(request, "Content-Type", &len);
    if (form_type == NULL || len < sizeof type - 1 ||
        strncmp(form_type, type, sizeof type - 1) != 0)
        return "it is not a form";
    if (strcmp(field(form, "Action", message), "Publish") != 0 ||
        strcmp(field(form, "Version", message), "2010-03-31") != 0)
        return "its action is not Publish of 2010-03-31";
    if (strcmp(field(form, "TopicArn", message), sns_topic_arn) != 0)
        return "it is for another topic";
    return field(form, "Message", message)[0] != '\0' ? NULL : "it has no message";
}

static bool reply(struct connection *connection, const char *status, const char *request_id,
                  const struct lambda_buffer *xml)
{
    char headers[128];
    snprintf(headers, sizeof headers, "x-amzn-RequestId: %s\r\nContent-Type: text/xml\r\n",
             request_id);
    return connection_reply(connection, status, headers, xml->data, xml->len);
}

static bool refuse(struct connection *connection, const char *why)
{
    struct lambda_buffer xml;
    char request_id[UUID_SIZE];
    make_uuid(request_id);
    lambda_buffer_init(&xml, REPLY_MAX);
    lambda_buffer_format(&xml,
                         "<ErrorResponse " NAMESPACE "><Error><Type>Sender</Type>"
                         "<Code>SignatureDoesNotMatch</Code><Message>%s</Message></Error>"
                         "<RequestId>%s</RequestId></ErrorResponse>",
                         why, request_id);
    bool ok = reply(connection, "403 Forbidden", request_id, &xml);
    lambda_buffer_done(&xml);
    return ok;
}

static bool accept_alert(struct connection *connection)
{
    struct lambda_buffer xml;
    char message_id[UUID_SIZE], request_id[UUID_SIZE];
    make_uuid(message_id);
    make_uuid(request_id);
    lambda_buffer_init(&xml, REPLY_MAX);
    lambda_buffer_format(&xml,
                         "<PublishResponse " NAMESPACE "><PublishResult><MessageId>%s</MessageId>"
                         "</PublishResult><ResponseMetadata><RequestId>%s</RequestId>"
                         "</ResponseMetadata></PublishResponse>",
                         message_id, request_id);
    bool ok = reply(connection, "200 OK", request_id, &xml);
    lambda_buffer_done(&xml);
    return ok;
}

bool sns_answer(struct connection *connection, const struct request *request, void *user)
{
    struct books *books = user;
    if (strcmp(request->method, "HEAD") == 0) /* as who only opens a connection */
        return connection_reply(connection, "404 Not Found", "", NULL, 0);
    struct lambda_buffer message;
    lambda_buffer_init(&message, VALUE_MAX);
    const char *why = strcmp(request->method, "POST") == 0 && strcmp(request->target, "/") == 0
                          ? sigv4_check(request, &sns_credentials)
                          : "it is not POST /";
    if (why == NULL)
        why = check_form(request, &message);
    const struct fault *fault = NULL;
    if (why == NULL)
        fault = books_attempt(books, message.data, request->arrived_ns);
    else
        books_fail(books, "SNS refused %s %s: %s", request->method, request->target, why);
    lambda_buffer_done(&message);
    if (fault != NULL)
        return fault_make(fault, connection);
    return why == NULL ? accept_alert(connection) : refuse(connection, why);
}
