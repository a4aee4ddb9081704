#include "client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS "0123456789"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

enum {
    REQUEST_ID_MAX = 128,
    DETAIL_MAX = 256,
    ERROR_JSON_MAX = 16384, /* both strings with every byte escaped as \u00xx fit */
    CAUSE_JSON_MAX = 65536, /* what X-Ray takes; the folder fits as well */
};

static const char *const field_names[CLIENT_FIELD_COUNT] = {
    [CLIENT_REQUEST_ID] = "Lambda-Runtime-Aws-Request-Id",
    [CLIENT_INVOCATION_ID] = "Lambda-Runtime-Invocation-Id",
    [CLIENT_DEADLINE_MS] = "Lambda-Runtime-Deadline-Ms",
    [CLIENT_FUNCTION_ARN] = "Lambda-Runtime-Invoked-Function-Arn",
    [CLIENT_TRACE_ID] = "Lambda-Runtime-Trace-Id",
    [CLIENT_TENANT_ID] = "Lambda-Runtime-Aws-Tenant-Id",
    [CLIENT_CLIENT_CONTEXT] = "Lambda-Runtime-Client-Context",
    [CLIENT_COGNITO_IDENTITY] = "Lambda-Runtime-Cognito-Identity",
    [CLIENT_CONTENT_TYPE] = "Content-Type",
};

enum request { NEXT, ANSWER, INIT, RESTORE };

/* What stands in the place of a status: any other one, and a good one that is of no use. */
enum { ANY = 0, NO_REQUEST_ID = -3, TOO_LARGE = -4 };

/* The first row that fits decides. 200 stands for every 2xx. */
static const struct {
    enum request request;
    int status;
    enum lambda_action action;
    enum lambda_log_level level;
    const char *meaning;
} rules[] = {
    {NEXT, 200, LAMBDA_GO_ON, LAMBDA_LOG_DEBUG, "an event has come"},
    {NEXT, NO_REQUEST_ID, LAMBDA_RETRY, LAMBDA_LOG_ERROR, "the event has no usable request id"},
    {NEXT, TOO_LARGE, LAMBDA_REFUSE, LAMBDA_LOG_DEBUG, "an event has come that is too large"},
    {NEXT, 403, LAMBDA_RETRY, LAMBDA_LOG_WARN, "the Runtime API did not expect to be asked"},
    {NEXT, 500, LAMBDA_EXIT, LAMBDA_LOG_FATAL, "the Runtime API says that it cannot recover"},
    {NEXT, HTTP_STOPPED, LAMBDA_STOP, LAMBDA_LOG_DEBUG, "the wait for an event was ended"},
    {NEXT, HTTP_NO_ANSWER, LAMBDA_RETRY, LAMBDA_LOG_WARN, "the Runtime API gave no event"},
    {NEXT, ANY, LAMBDA_RETRY, LAMBDA_LOG_WARN, "the Runtime API refused to give an event"},

    {ANSWER, 200, LAMBDA_GO_ON, LAMBDA_LOG_DEBUG, "the answer was taken"},
    {ANSWER, 403, LAMBDA_GO_ON, LAMBDA_LOG_ERROR, "a second answer to one invocation: a bug"},
    {ANSWER, 410, LAMBDA_GO_ON, LAMBDA_LOG_WARN, "too late: the invocation had timed out"},
    {ANSWER, 413, LAMBDA_GO_ON, LAMBDA_LOG_ERROR, "the answer is larger than Lambda takes"},
    {ANSWER, 500, LAMBDA_EXIT, LAMBDA_LOG_FATAL, "the Runtime API says that it cannot recover"},
    {ANSWER, HTTP_NO_ANSWER, LAMBDA_EXIT, LAMBDA_LOG_FATAL, "nobody knows if the answer arrived"},
    {ANSWER, ANY, LAMBDA_GO_ON, LAMBDA_LOG_ERROR, "the Runtime API refused the answer"},

    {INIT, 200, LAMBDA_EXIT, LAMBDA_LOG_DEBUG, "the error was taken"},
    {INIT, 403, LAMBDA_EXIT, LAMBDA_LOG_INFO, "another process reported an error before"},
    {INIT, HTTP_NO_ANSWER, LAMBDA_EXIT, LAMBDA_LOG_ERROR, "the error could not be reported"},
    {INIT, ANY, LAMBDA_EXIT, LAMBDA_LOG_ERROR, "the Runtime API refused the error"},

    {RESTORE, 200, LAMBDA_GO_ON, LAMBDA_LOG_DEBUG, "this process was restored from a snapshot"},
    {RESTORE, 404, LAMBDA_GO_ON, LAMBDA_LOG_WARN, "the Runtime API knows of no snapshots"},
    {RESTORE, HTTP_STOPPED, LAMBDA_STOP, LAMBDA_LOG_DEBUG, "the wait for a restore was ended"},
    {RESTORE, HTTP_NO_ANSWER, LAMBDA_EXIT, LAMBDA_LOG_FATAL, "nobody knows if it was restored"},
    {RESTORE, ANY, LAMBDA_EXIT, LAMBDA_LOG_FATAL, "the Runtime API refused the snapshot"},
};

/* It goes into a path, where a leading dot could make it a step upwards. */
static bool is_request_id(const char *text)
{
    size_t len = strspn(text, LETTERS DIGITS "-_.~");
    return len > 0 && len <= REQUEST_ID_MAX && text[len] == '\0' && text[0] != '.';
}

static int64_t parse_deadline(const char *text)
{
    size_t len = strspn(text, DIGITS);
    if (len == 0 || text[len] != '\0')
        return INT64_MAX;
    return strtoll(text, NULL, 10); /* INT64_MAX for what does not fit */
}

struct lambda_client *lambda_client_new(const char *endpoint, struct lambda_error *err)
{
    struct lambda_client *client = calloc(1, sizeof *client);
    if (!client) {
        lambda_fail(err, "Runtime.OutOfMemory", "There is no memory for a connection.");
        return NULL;
    }
    if (!endpoint)
        endpoint = getenv("AWS_LAMBDA_RUNTIME_API");
    if (!lambda_http_init(&client->http, endpoint ? endpoint : "", LAMBDA_EVENT_MAX)) {
        free(client);
        lambda_fail(err, "Runtime.EndpointInvalid",
                    "AWS_LAMBDA_RUNTIME_API is %s: it must be an IPv4 address, or localhost, with "
                    "a port. Lambda sets it.",
                    endpoint ? "malformed" : "missing");
        return NULL;
    }
    lambda_logger_init(&client->logger);
    for (size_t i = 0; i < CLIENT_FIELD_COUNT; i++) {
        client->fields[i].name = field_names[i];
        lambda_buffer_init(&client->fields[i].value, HTTP_FIELD_MAX);
    }
    return client;
}

void lambda_client_free(struct lambda_client *client)
{
    if (!client)
        return;
    lambda_stream_forget(client);
    lambda_http_done(&client->http);
    for (size_t i = 0; i < CLIENT_FIELD_COUNT; i++)
        lambda_buffer_done(&client->fields[i].value);
    free(client);
}

/* Every part is bounded when it gets here, so that nothing is ever cut. */
void lambda_client_set_path(struct lambda_client *client, const char *path, const char *request_id,
                            const char *verb)
{
    snprintf(client->path, sizeof client->path, "/2018-06-01/runtime/%s%s%s", path, request_id,
             verb);
}

/* What was said beside the status: never the body of a good answer, which may be an event. */
static const char *find_detail(struct lambda_http *http)
{
    if (http->status < 0)
        return http->problem;
    if (http->status / 100 == 2 || http->body.failed)
        return "";
    if (http->body.len > DETAIL_MAX)
        http->body.data[DETAIL_MAX] = '\0';
    return http->body.data;
}

static struct lambda_verdict judge(struct lambda_client *client, enum request request, int status)
{
    size_t i = 0;
    int wanted = status / 100 == 2 ? 200 : status;
    while (rules[i].request != request || (rules[i].status != wanted && rules[i].status != ANY))
        i++; /* each request has a row for any status */
    return (struct lambda_verdict){
        .action = rules[i].action,
        .level = rules[i].level,
        .meaning = rules[i].meaning,
        .status = client->http.status > 0 ? client->http.status : 0,
        .detail = find_detail(&client->http),
    };
}

/* The status, or what is wrong with a good one. */
static int check_event(const struct lambda_http *http, const char *request_id)
{
    if (http->status / 100 != 2)
        return http->status;
    if (!is_request_id(request_id))
        return NO_REQUEST_ID;
    return http->body.failed ? TOO_LARGE : http->status;
}

struct lambda_verdict lambda_client_next(struct lambda_client *client, int stop_fd,
                                         struct lambda_invocation *invocation)
{
    struct lambda_http *http = &client->http;
    lambda_stream_forget(client);
    lambda_client_set_path(client, "invocation/next", "", "");
    lambda_http_get(http, client->path, client->fields, stop_fd);
    *invocation = (struct lambda_invocation){
        .event = http->body.data,
        .event_len = http->body.len,
        .request_id = client->fields[CLIENT_REQUEST_ID].value.data,
        .invocation_id = client->fields[CLIENT_INVOCATION_ID].value.data,
        .function_arn = client->fields[CLIENT_FUNCTION_ARN].value.data,
        .trace_id = client->fields[CLIENT_TRACE_ID].value.data,
        .tenant_id = client->fields[CLIENT_TENANT_ID].value.data,
        .client_context = client->fields[CLIENT_CLIENT_CONTEXT].value.data,
        .cognito_identity = client->fields[CLIENT_COGNITO_IDENTITY].value.data,
        .content_type = client->fields[CLIENT_CONTENT_TYPE].value.data,
        .deadline_ms = parse_deadline(client->fields[CLIENT_DEADLINE_MS].value.data),
        .logger = &client->logger,
        .client = client,
    };
    int status = check_event(http, invocation->request_id);
    bool answerable = status == TOO_LARGE || status / 100 == 2;
    client->logger.request_id = answerable ? invocation->request_id : "";
    client->logger.tenant_id = answerable ? invocation->tenant_id : "";
    return judge(client, NEXT, status);
}

static struct lambda_verdict post_error(struct lambda_client *client, enum request request,
                                        const char *invocation_id, const struct lambda_error *err)
{
    struct lambda_buffer json, cause;
    lambda_buffer_init(&json, ERROR_JSON_MAX);
    lambda_buffer_init(&cause, CAUSE_JSON_MAX);
    lambda_error_write(err, &json);
    if (request == ANSWER) /* X-Ray knows of invocations only */
        lambda_error_write_cause(err, &cause);
    if (json.failed)
        lambda_buffer_clear(&json); /* out of memory: Lambda makes do with the header */
    const struct lambda_http_header headers[] = {
        {"Content-Type", "application/json"},
        {"Lambda-Runtime-Invocation-Id", invocation_id},
        {"Lambda-Runtime-Function-Error-Type", err->type},
        {"Lambda-Runtime-Function-XRay-Error-Cause", cause.failed ? "" : cause.data},
        {0},
    };
    lambda_http_post(&client->http, client->path, headers, &json, NULL);
    lambda_buffer_done(&cause);
    lambda_buffer_done(&json);
    return judge(client, request, client->http.status);
}

static void post_response(struct lambda_client *client, const struct lambda_invocation *invocation,
                          const struct lambda_buffer *response)
{
    lambda_client_set_path(client, "invocation/", invocation->request_id, "/response");
    const struct lambda_http_header headers[] = {
        {"Content-Type", "application/json"},
        {"Lambda-Runtime-Invocation-Id", invocation->invocation_id},
        {0},
    };
    lambda_http_post(&client->http, client->path, headers, response, NULL);
}

struct lambda_verdict lambda_client_respond(struct lambda_client *client,
                                            const struct lambda_invocation *invocation,
                                            const struct lambda_buffer *response)
{
    if (client->prelude || client->streaming)
        lambda_stream_respond(client, invocation, response);
    else
        post_response(client, invocation, response);
    return judge(client, ANSWER, client->http.status);
}

struct lambda_verdict lambda_client_fail(struct lambda_client *client,
                                         const struct lambda_invocation *invocation,
                                         const struct lambda_error *err)
{
    if (client->streaming) {
        lambda_stream_fail(client, err);
        return judge(client, ANSWER, client->http.status);
    }
    lambda_client_set_path(client, "invocation/", invocation->request_id, "/error");
    return post_error(client, ANSWER, invocation->invocation_id, err);
}

struct lambda_verdict lambda_client_fail_init(struct lambda_client *client,
                                              const struct lambda_error *err)
{
    lambda_client_set_path(client, "init/error", "", "");
    return post_error(client, INIT, "", err);
}

struct lambda_verdict lambda_client_restore(struct lambda_client *client, int stop_fd)
{
    lambda_client_set_path(client, "restore/next", "", "");
    lambda_http_get(&client->http, client->path, NULL, stop_fd);
    lambda_http_disconnect(&client->http); /* it is older than the copy of the process */
    return judge(client, RESTORE, client->http.status);
}

struct lambda_verdict lambda_client_fail_restore(struct lambda_client *client,
                                                 const struct lambda_error *err)
{
    lambda_client_set_path(client, "restore/error", "", "");
    return post_error(client, INIT, "", err);
}
