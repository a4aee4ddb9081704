/* client.h - what is inside a client. Private to the library. */
#ifndef LAMBDA_CLIENT_PRIVATE_H
#define LAMBDA_CLIENT_PRIVATE_H

#include "http.h"

#include <lambda/client.h>

/* The headers of an event that are read. */
enum {
    CLIENT_REQUEST_ID,
    CLIENT_INVOCATION_ID,
    CLIENT_DEADLINE_MS,
    CLIENT_FUNCTION_ARN,
    CLIENT_TRACE_ID,
    CLIENT_TENANT_ID,
    CLIENT_CLIENT_CONTEXT,
    CLIENT_COGNITO_IDENTITY,
    CLIENT_CONTENT_TYPE,
    CLIENT_FIELD_COUNT,
};

struct lambda_client {
    struct lambda_http http;
    struct lambda_http_field fields[CLIENT_FIELD_COUNT + 1];
    struct lambda_logger logger; /* with the ids of the invocation at hand */
    char path[256];

    /* Of the response at hand, for stream.c. */
    bool prelude;               /* it begins with the head of an HTTP response */
    bool streaming;             /* a part of it was sent */
    struct lambda_buffer event; /* while http.body is needed for the answer to it */
};

void lambda_client_set_path(struct lambda_client *client, const char *path, const char *request_id,
                            const char *verb);

/* stream.c: ends a response that is a stream, as a success or, if a part was sent, a failure. */
void lambda_stream_respond(struct lambda_client *client, const struct lambda_invocation *invocation,
                           const struct lambda_buffer *response);
void lambda_stream_fail(struct lambda_client *client, const struct lambda_error *err);

/* Breaks off what is not ended. The event is no longer needed. */
void lambda_stream_forget(struct lambda_client *client);

/* loop.c: fails because a buffer has: with this type, or with Runtime.OutOfMemory. */
bool lambda_refuse(const struct lambda_buffer *buffer, const char *type, const char *what,
                   struct lambda_error *err);

#endif
