#include "escape.h"
#include "uncleared.h"

#include <inttypes.h>
#include <lambda/json.h>
#include <lambda/log.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

static const char *const level_names[] = {
    [LAMBDA_LOG_TRACE] = "TRACE", [LAMBDA_LOG_DEBUG] = "DEBUG", [LAMBDA_LOG_INFO] = "INFO",
    [LAMBDA_LOG_WARN] = "WARN",   [LAMBDA_LOG_ERROR] = "ERROR", [LAMBDA_LOG_FATAL] = "FATAL",
};

static const char *environment(const char *name)
{
    const char *value = getenv(name);
    return value ? value : "";
}

void lambda_logger_init(struct lambda_logger *logger)
{
    *logger = (struct lambda_logger){.level = LAMBDA_LOG_INFO,
                                     .request_id = "",
                                     .tenant_id = "",
                                     .function_name = environment("AWS_LAMBDA_FUNCTION_NAME")};
    logger->text = strcasecmp(environment("AWS_LAMBDA_LOG_FORMAT"), "Text") == 0;
    const char *wanted = environment("AWS_LAMBDA_LOG_LEVEL");
    for (int level = LAMBDA_LOG_TRACE; level <= LAMBDA_LOG_FATAL; level++) {
        if (strcasecmp(wanted, level_names[level]) == 0)
            logger->level = (enum lambda_log_level)level;
    }
}

/* What one line says. */
struct entry {
    char time[48]; /* RFC 3339, UTC */
    int64_t time_ms;
    const char *level;
    const char *request_id;
    const char *tenant_id;
    const char *message;
    const struct lambda_log_field *fields; /* NULL, or ended by a zeroed one */
    const char *name_space;                /* of metrics; NULL: there are none */
    const char *function_name;
};

static void set_time(struct entry *entry)
{
    struct timespec now;
    struct tm utc;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    entry->time_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
    size_t len = strftime(entry->time, sizeof entry->time, "%Y-%m-%dT%H:%M:%S", &utc);
    snprintf(entry->time + len, sizeof entry->time - len, ".%03dZ", (int)(now.tv_nsec / 1000000));
}

/* What tells CloudWatch which members of the line are metrics. */
static void write_metrics(struct lambda_buffer *line, const struct entry *entry)
{
    bool has_dimension = entry->function_name[0] != '\0';
    lambda_json_open(line, "_aws", '{');
    lambda_json_number(line, "Timestamp", entry->time_ms);
    lambda_json_open(line, "CloudWatchMetrics", '[');
    lambda_json_open(line, NULL, '{');
    lambda_json_string(line, "Namespace", entry->name_space);
    lambda_json_open(line, "Dimensions", '[');
    lambda_json_open(line, NULL, '[');
    if (has_dimension)
        lambda_json_string(line, NULL, "FunctionName");
    lambda_json_close(line, ']');
    lambda_json_close(line, ']');
    lambda_json_open(line, "Metrics", '[');
    for (const struct lambda_log_field *field = entry->fields; field->key; field++) {
        lambda_json_open(line, NULL, '{');
        lambda_json_string(line, "Name", field->key);
        lambda_json_string(line, "Unit", field->unit);
        lambda_json_close(line, '}');
    }
    lambda_json_close(line, ']');
    lambda_json_close(line, '}');
    lambda_json_close(line, ']');
    lambda_json_close(line, '}');
    if (has_dimension)
        lambda_json_string(line, "FunctionName", entry->function_name);
}

static void write_json(struct lambda_buffer *line, const struct entry *entry)
{
    lambda_json_open(line, NULL, '{');
    lambda_json_string(line, "timestamp", entry->time);
    lambda_json_string(line, "level", entry->level);
    lambda_json_string(line, "message", entry->message);
    if (entry->request_id[0] != '\0')
        lambda_json_string(line, "requestId", entry->request_id);
    if (entry->tenant_id[0] != '\0')
        lambda_json_string(line, "tenantId", entry->tenant_id);
    if (entry->name_space)
        write_metrics(line, entry);
    for (const struct lambda_log_field *field = entry->fields; field && field->key; field++) {
        if (field->text)
            lambda_json_string(line, field->key, field->text);
        else
            lambda_json_number(line, field->key, field->number);
    }
    lambda_json_close(line, '}');
}

static void add_escaped(struct lambda_buffer *line, const char *text)
{
    lambda_escape(line, "", text, strlen(text), "");
}

static void write_text_field(struct lambda_buffer *line, const struct lambda_log_field *field)
{
    lambda_buffer_add_string(line, " ");
    add_escaped(line, field->key);
    if (!field->text) {
        lambda_buffer_format(line, "=%" PRId64, field->number);
        return;
    }
    lambda_buffer_add_string(line, "=\"");
    add_escaped(line, field->text);
    lambda_buffer_add_string(line, "\"");
}

static void write_text(struct lambda_buffer *line, const struct entry *entry)
{
    lambda_buffer_add_string(line, entry->time);
    if (entry->request_id[0] != '\0')
        lambda_buffer_add_string(line, " ");
    add_escaped(line, entry->request_id);
    lambda_buffer_format(line, " %s ", entry->level);
    add_escaped(line, entry->message);
    if (entry->tenant_id[0] != '\0')
        write_text_field(line, &(struct lambda_log_field){"tenantId", .text = entry->tenant_id});
    for (const struct lambda_log_field *field = entry->fields; field && field->key; field++)
        write_text_field(line, field);
}

static void write_line(struct lambda_buffer *line, const struct entry *entry, bool text)
{
    lambda_buffer_clear(line);
    if (text)
        write_text(line, entry);
    else
        write_json(line, entry);
    lambda_buffer_add_string(line, "\n");
}

/* The line is on the stack: also where memory runs out a log tells what happens. */
static void write_entry(struct entry *entry, bool text)
{
    UNCLEARED char bytes[LAMBDA_LOG_LINE_MAX + 1];
    struct lambda_buffer line = {
        .data = bytes, .max = LAMBDA_LOG_LINE_MAX, .capacity = sizeof bytes};
    set_time(entry);
    write_line(&line, entry, text);
    if (line.failed) {
        entry->message = "a log line was too long and is left out";
        entry->fields = NULL;
        entry->name_space = NULL;
        write_line(&line, entry, text);
    }
    ssize_t written = line.failed ? 0 : write(STDERR_FILENO, line.data, line.len);
    (void)written;
}

void lambda_log(const struct lambda_logger *logger, enum lambda_log_level level,
                const char *message, const struct lambda_log_field *fields)
{
    struct entry entry = {.level = level_names[level],
                          .request_id = logger->request_id,
                          .tenant_id = logger->tenant_id,
                          .message = message,
                          .fields = fields};
    if (level >= logger->level)
        write_entry(&entry, logger->text);
}

void lambda_log_metrics(const struct lambda_logger *logger, const char *name_space,
                        const char *message, const struct lambda_log_field *fields)
{
    struct entry entry = {.level = level_names[LAMBDA_LOG_INFO],
                          .request_id = logger->request_id,
                          .tenant_id = logger->tenant_id,
                          .message = message,
                          .fields = fields,
                          .name_space = name_space,
                          .function_name = logger->function_name};
    if (logger->level <= LAMBDA_LOG_INFO)
        write_entry(&entry, false);
}
