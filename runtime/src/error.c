#include <lambda/error.h>
#include <lambda/json.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { FOLDER_MAX = 4096 };

static const char ellipsis[] = "...";

static bool is_continuation(char byte)
{
    return ((unsigned char)byte & 0xC0) == 0x80;
}

/* Ends a full message in "...", without leaving a part of a UTF-8 character before it. */
static void cut(char *message)
{
    size_t end = LAMBDA_ERROR_MESSAGE_MAX - sizeof ellipsis;
    for (int i = 0; i < 3 && is_continuation(message[end]); i++)
        end--;
    memcpy(message + end, ellipsis, sizeof ellipsis);
}

bool lambda_fail(struct lambda_error *err, const char *type, const char *format, ...)
{
    struct lambda_error made = {0}; /* not in *err: its old message may be one of the arguments */
    snprintf(made.type, sizeof made.type, "%s", type);
    va_list args;
    va_start(args, format);
    int len = vsnprintf(made.message, sizeof made.message, format, args);
    va_end(args);
    if (len >= LAMBDA_ERROR_MESSAGE_MAX)
        cut(made.message);
    *err = made;
    return false;
}

void lambda_error_write(const struct lambda_error *err, struct lambda_buffer *json)
{
    lambda_json_open(json, NULL, '{');
    lambda_json_string(json, "errorType", err->type);
    lambda_json_string(json, "errorMessage", err->message);
    lambda_json_open(json, "stackTrace", '[');
    lambda_json_close(json, ']');
    lambda_json_close(json, '}');
}

void lambda_error_write_cause(const struct lambda_error *err, struct lambda_buffer *json)
{
    char folder[FOLDER_MAX];
    lambda_json_open(json, NULL, '{');
    lambda_json_string(json, "working_directory", getcwd(folder, sizeof folder) ? folder : "");
    lambda_json_open(json, "exceptions", '[');
    lambda_json_open(json, NULL, '{');
    lambda_json_string(json, "type", err->type);
    lambda_json_string(json, "message", err->message);
    lambda_json_open(json, "stack", '[');
    lambda_json_close(json, ']');
    lambda_json_close(json, '}');
    lambda_json_close(json, ']');
    lambda_json_open(json, "paths", '[');
    lambda_json_close(json, ']');
    lambda_json_close(json, '}');
}
