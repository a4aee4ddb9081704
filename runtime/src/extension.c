#include "extension.h"

#include <stdio.h>

enum { URL_MAX = 512, ANSWER_MAX = 65536, ID_MAX = 256 };

static void set_url(char url[URL_MAX], const char *endpoint, const char *path)
{
    snprintf(url, URL_MAX, "http://%s/2020-01-01/extension/%s", endpoint, path);
}

static bool enroll(struct lambda_http *http, const char *endpoint, struct lambda_http_field *id)
{
    static const struct lambda_http_header headers[] = {
        {"Content-Type", "application/json"}, {"Lambda-Extension-Name", "lambda-c-runtime"}, {0}};
    char url[URL_MAX];
    struct lambda_buffer body;
    lambda_buffer_init(&body, ANSWER_MAX);
    lambda_buffer_add_string(&body, "{\"events\":[]}");
    set_url(url, endpoint, "register");
    lambda_http_post(http, url, headers, &body, id);
    lambda_buffer_done(&body);
    return http->status == 200;
}

/* What has registered must ask for an event, or Lambda takes it for not yet initialised. */
static bool park(struct lambda_http *http, const char *endpoint, const char *id)
{
    char url[URL_MAX];
    const struct lambda_http_header headers[] = {{"Lambda-Extension-Identifier", id}, {0}};
    set_url(url, endpoint, "event/next");
    return lambda_http_park(http, url, headers);
}

bool lambda_extension_start(struct lambda_extension *extension, const char *endpoint)
{
    struct lambda_http_field fields[] = {{.name = "Lambda-Extension-Identifier"}, {0}};
    lambda_buffer_init(&fields[0].value, ID_MAX);
    bool started = lambda_http_init(&extension->http, ANSWER_MAX) &&
                   enroll(&extension->http, endpoint, fields) &&
                   park(&extension->http, endpoint, fields[0].value.data);
    lambda_buffer_done(&fields[0].value);
    return started;
}

void lambda_extension_done(struct lambda_extension *extension)
{
    lambda_http_done(&extension->http);
}
