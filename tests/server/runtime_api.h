/*
 * runtime_api.h - the Lambda Runtime API: hands out the events of the books, takes the answers.
 *
 * A request that the API does not know, an error that no fault excuses, or the answer to an event
 * that is not open ends the run as failed.
 *
 * Source: AWS Lambda Developer Guide, "Using the Lambda runtime API for custom runtimes".
 */
#ifndef RUNTIME_API_H
#define RUNTIME_API_H

#include "wire.h"

/* An answer_function; `user` is a struct books. */
bool runtime_api_answer(struct connection *connection, const struct request *request, void *user);

#endif
