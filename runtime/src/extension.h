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

/*
 * Registers at host:port, before the first event is asked for, and holds the connection until
 * lambda_http_done(), which must follow. False if the Runtime API does not take it: SIGTERM will
 * not come then.
 */
bool lambda_extension_start(struct lambda_http *http, const char *endpoint);

#endif
