/*
 * extension.h - an internal extension that wants no events: it makes Lambda send SIGTERM.
 *
 * Private to the library.
 *
 * Source: AWS Lambda Developer Guide, "Using the Lambda Extensions API to create extensions".
 */
#ifndef LAMBDA_EXTENSION_H
#define LAMBDA_EXTENSION_H

#include "http.h"

struct lambda_extension {
    struct lambda_http http;
};

/*
 * Registers at host:port, before the first event is asked for. False if the Runtime API does not
 * take it: SIGTERM will not come then. Must not move afterwards.
 */
bool lambda_extension_start(struct lambda_extension *extension, const char *endpoint);

/* Only after lambda_extension_start(), whatever came of it. */
void lambda_extension_done(struct lambda_extension *extension);

#endif
