#include "extension.h"

enum { ANSWER_MAX = 65536, ID_MAX = 256 };

static bool enroll(struct lambda_http *http, struct lambda_http_field *id)
{
    static const struct lambda_http_header headers[] = {
        {"Content-Type", "application/json"}, {"Lambda-Extension-Name", "lambda-c-runtime"}, {0}};
    struct lambda_buffer body;
    lambda_buffer_init(&body, ANSWER_MAX);
    lambda_buffer_add_string(&body, "{\"events\":[]}");
    lambda_http_post(http, "/2020-01-01/extension/register", headers, &body, id);
    lambda_buffer_done(&body);
    return http->status == 200;
}

/* What has registered must ask for an event, or Lambda takes it for not yet initialised. */
static bool park(struct lambda_http *http, const char *id)
{
    const struct lambda_http_header headers[] = {{"Lambda-Extension-Identifier", id}, {0}};
    return lambda_http_park(http, "/2020-01-01/extension/event/next", headers);
}

bool lambda_extension_start(struct lambda_http *http, const char *endpoint)
{
    struct lambda_http_field fields[] = {{.name = "Lambda-Extension-Identifier"}, {0}};
    lambda_buffer_init(&fields[0].value, ID_MAX);
    bool started = lambda_http_init(http, endpoint, ANSWER_MAX) && enroll(http, fields) &&
                   park(http, fields[0].value.data);
    lambda_buffer_done(&fields[0].value);
    return started;
}
