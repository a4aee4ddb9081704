/*
 * lambda/log.h - one line a message on standard error, which Lambda hands to CloudWatch Logs.
 *
 * As JSON (the default), one object a line:
 *   {"timestamp":"2026-11-24T09:14:31.123Z","level":"INFO","message":"...","requestId":"...", ...}
 * with "tenantId" behind the request id where the function has tenants.
 * As text (AWS_LAMBDA_LOG_FORMAT=Text): `timestamp requestId LEVEL message key=value ...`, values
 * in quotes, on one line; the tenant id is the first of them. Hostile text is escaped by the rules
 * of lambda/json.h in both forms.
 *
 * A line is one write(2). A line longer than LAMBDA_LOG_LINE_MAX is replaced by one that says so.
 *
 * Sources: AWS Lambda Developer Guide, "Configuring JSON and plain text log formats"; Amazon
 * CloudWatch User Guide, "Embedded metric format specification".
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
    const char *tenant_id;       /* borrowed; "" where the function has no tenants */
    const char *function_name;   /* borrowed from the environment; "" where it is not known */
};

/* One more member of the line: the string, or the number if text is NULL. */
struct lambda_log_field {
    const char *key; /* NULL ends a list */
    const char *text;
    int64_t number;
    const char *unit; /* of a metric: one of CloudWatch's, such as Count or Milliseconds */
};

/*
 * Reads AWS_LAMBDA_LOG_LEVEL (TRACE, DEBUG, INFO, WARN, ERROR, FATAL) and AWS_LAMBDA_LOG_FORMAT
 * (JSON, Text), both without regard to case; missing or unknown: INFO and JSON. Reads
 * AWS_LAMBDA_FUNCTION_NAME.
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

/*
 * Writes a line at INFO from which CloudWatch also makes metrics: one of each field, which must be
 * a number with a unit, under the dimension FunctionName where that is known. It is JSON in both
 * forms of the log.
 */
void lambda_log_metrics(const struct lambda_logger *logger, const char *name_space,
                        const char *message, const struct lambda_log_field *fields);

#ifdef __cplusplus
}
#endif

#endif
