/*
 * lambda/error.h - why something failed, in the two strings that the Runtime API takes.
 *
 * What can fail returns bool and takes a `struct lambda_error *` last. On false the error is set;
 * on true it is left alone. `return lambda_fail(err, "Function.Type", "...", ...);` is the one way
 * to fail.
 *
 * Source: AWS Lambda Runtime API, "Invocation error" and "Initialization error"; X-Ray segment
 * documents, "Errors and exceptions".
 */
#ifndef LAMBDA_ERROR_H
#define LAMBDA_ERROR_H

#include <lambda/buffer.h>
#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Marks what can fail: a caller that drops the result does not compile without a warning. */
#define LAMBDA_MUST_CHECK __attribute__((warn_unused_result))

enum { LAMBDA_ERROR_TYPE_MAX = 64, LAMBDA_ERROR_MESSAGE_MAX = 2048 };

struct lambda_error {
    char type[LAMBDA_ERROR_TYPE_MAX];       /* errorType */
    char message[LAMBDA_ERROR_MESSAGE_MAX]; /* errorMessage: for a person, with what to do */
};

/*
 * Sets both strings and returns false. Lambda keeps a type only if it matches
 * `(Runtime|Function)\.[A-Z][a-zA-Z]+`; it shows any other as Function.Unknown or Runtime.Unknown.
 * A longer message is cut on a UTF-8 boundary and ends in "...".
 */
__attribute__((format(printf, 3, 4))) bool lambda_fail(struct lambda_error *err, const char *type,
                                                       const char *format, ...);

/*
 * Appends {"errorType","errorMessage","stackTrace":[]} for the Runtime API: valid JSON in valid
 * UTF-8 whatever the strings hold.
 */
void lambda_error_write(const struct lambda_error *err, struct lambda_buffer *json);

/* Appends the same error as X-Ray takes it, with the current folder, on one line. */
void lambda_error_write_cause(const struct lambda_error *err, struct lambda_buffer *json);

#ifdef __cplusplus
}
#endif

#endif
