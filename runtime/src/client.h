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
    const char *endpoint;        /* host:port */
    char url[512];
};

#endif
