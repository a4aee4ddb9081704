/* A function URL, or an HTTP API: GET /hello?name=... (payload format 2.0). Needs cJSON. */
#include <cjson/cJSON.h>
#include <lambda/json.h>
#include <lambda/runtime.h>
#include <string.h>

/* The string at a path of member names that ends with NULL; "" where there is none. */
static const char *find_string(const cJSON *json, const char *const *path)
{
    for (; json && *path; path++)
        json = cJSON_GetObjectItemCaseSensitive(json, *path);
    return cJSON_IsString(json) ? json->valuestring : "";
}

static void answer(struct lambda_buffer *response, int status, const char *body)
{
    lambda_json_open(response, NULL, '{');
    lambda_json_number(response, "statusCode", status);
    lambda_json_open(response, "headers", '{');
    lambda_json_string(response, "content-type", "text/plain; charset=utf-8");
    lambda_json_close(response, '}');
    lambda_json_string(response, "body", body);
    lambda_json_close(response, '}');
}

static void greet(struct lambda_buffer *response, const char *name)
{
    struct lambda_buffer body;
    lambda_buffer_init(&body, 1000);
    lambda_buffer_format(&body, "Hello, %s!\n", name[0] != '\0' ? name : "world");
    answer(response, body.failed ? 414 : 200, body.failed ? "That is a long name.\n" : body.data);
    lambda_buffer_done(&body);
}

static bool handle(const struct lambda_invocation *invocation, struct lambda_buffer *response,
                   struct lambda_error *err, void *user)
{
    static const char *const method[] = {"requestContext", "http", "method", NULL};
    static const char *const path[] = {"rawPath", NULL};
    static const char *const name[] = {"queryStringParameters", "name", NULL};
    (void)user;
    cJSON *request = cJSON_ParseWithLength(invocation->event, invocation->event_len);
    if (!request)
        return lambda_fail(err, "Function.EventNotJson", "The event is not JSON.");
    if (strcmp(find_string(request, path), "/hello") != 0)
        answer(response, 404, "There is only /hello.\n");
    else if (strcmp(find_string(request, method), "GET") != 0)
        answer(response, 405, "GET it.\n");
    else
        greet(response, find_string(request, name));
    cJSON_Delete(request);
    return true;
}

int main(void)
{
    return lambda_run(handle, NULL);
}
