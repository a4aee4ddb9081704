/*
 * lambda/log.h - one line a message on standard error, which Lambda hands to CloudWatch Logs.
 *
 * As JSON (the default), one object a line:
 *   {"timestamp":"2026-11-24T09:14:31.123Z","level":"INFO","message":"...","requestId":"...", ...}
 * As text (AWS_LAMBDA_LOG_FORMAT=Text): `timestamp requestId LEVEL message key=value ...`, values
 * in quotes, on one line. Hostile text is escaped by the rules of lambda/json.h in both forms.
 *
 * A line is one write(2). A line longer than LAMBDA_LOG_LINE_MAX is replaced by one that says so.
 *
 * Source: AWS Lambda Developer Guide, "Configuring JSON and plain text log formats".
 */
#ifndef LAMBDA_LOG_H
#define LAMBDA_LOG_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { LAMBDA_LOG_LINE_MAX = 16384 }; /* bytes */

enum lambda_log_level {
    LAMBDA_LOG_TRACE,
    LAMBDA_LOG_DEBUG,
    LAMBDA_LOG_INFO,
    LAMBDA_LOG_WARN,
    LAMBDA_LOG_ERROR,
    LAMBDA_LOG_FATAL,
};

struct lambda_logger {
    enum lambda_log_level level; /* messages below it are dropped */
    bool text;                   /* plain text instead of JSON */
    const char *request_id;      /* borrowed; "" outside an invocation */
};

/* One more member of the line: the string, or the number if text is NULL. */
struct lambda_log_field {
    const char *key; /* NULL ends a list */
    const char *text;
    int64_t number;
};

/*
 * Reads AWS_LAMBDA_LOG_LEVEL (TRACE, DEBUG, INFO, WARN, ERROR, FATAL) and AWS_LAMBDA_LOG_FORMAT
 * (JSON, Text), both without regard to case. Missing or unknown: INFO and JSON.
 */
void lambda_logger_init(struct lambda_logger *logger);

/*
 * Writes a line. fields is a list that ends with a zeroed one, or NULL:
 *   lambda_log(log, LAMBDA_LOG_INFO, "published", (struct lambda_log_field[]){
 *       {"messageId", .text = id}, {"attempts", .number = 2}, {0}});
 * A failing write is ignored: there is nowhere left to say so.
 */
void lambda_log(const struct lambda_logger *logger, enum lambda_log_level level,
                const char *message, const struct lambda_log_field *fields);

#ifdef __cplusplus
}
#endif

#endif
