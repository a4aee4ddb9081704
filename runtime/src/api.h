/*
 * api.h - the requests of the Runtime API, and what each answer means for the loop.
 *
 * Private to the library. Logs nothing: a verdict carries the level and the words.
 *
 * Source: AWS Lambda Developer Guide, "Using the Lambda runtime API for custom runtimes".
 */
#ifndef LAMBDA_API_H
#define LAMBDA_API_H

#include "http.h"

#include <lambda/runtime.h>
#include <stdbool.h>

/* The headers of an event that are read. */
enum {
    API_REQUEST_ID,
    API_INVOCATION_ID,
    API_DEADLINE_MS,
    API_FUNCTION_ARN,
    API_TRACE_ID,
    API_TENANT_ID,
    API_CLIENT_CONTEXT,
    API_COGNITO_IDENTITY,
    API_CONTENT_TYPE,
    API_FIELD_COUNT,
};

enum lambda_api_action {
    API_GO_ON, /* handle the event; or take the next one */
    API_RETRY, /* ask again, after a while and not for ever */
    API_EXIT,  /* the process must end as a failure */
    API_STOP,  /* SIGTERM: the process must end */
};

struct lambda_api_verdict {
    enum lambda_api_action action;
    enum lambda_log_level level;
    const char *meaning; /* for a person; a constant */
    int status;          /* HTTP; 0 if there was no answer */
    const char *detail;  /* what the API or libcurl said, "" if nothing; until the next request */
};

struct lambda_api {
    struct lambda_http http;
    struct lambda_http_field fields[API_FIELD_COUNT + 1];
    const char *endpoint; /* host:port */
    char url[512];
};

/*
 * Borrows endpoint, which must be host:port; NULL is missing. Must not move afterwards. Sends
 * nothing. On false there is nothing to free.
 */
LAMBDA_MUST_CHECK bool lambda_api_init(struct lambda_api *api, const char *endpoint,
                                       struct lambda_error *err);

/* Accepts a zeroed struct. */
void lambda_api_done(struct lambda_api *api);

/*
 * Waits for an event, or until stop_fd is readable. If the verdict is to go on, all of invocation
 * but the logger is set: the event until the next request, the strings until the next call of this.
 * *complete is false if the event is longer than LAMBDA_EVENT_MAX and must not be handled.
 */
struct lambda_api_verdict lambda_api_next(struct lambda_api *api, int stop_fd,
                                          struct lambda_invocation *invocation, bool *complete);

/* Answers an invocation. */
struct lambda_api_verdict lambda_api_respond(struct lambda_api *api,
                                             const struct lambda_invocation *invocation,
                                             const struct lambda_buffer *response);
struct lambda_api_verdict lambda_api_fail(struct lambda_api *api,
                                          const struct lambda_invocation *invocation,
                                          const struct lambda_error *err);

/* Reports that the process could not initialise. */
struct lambda_api_verdict lambda_api_fail_init(struct lambda_api *api,
                                               const struct lambda_error *err);

#endif
