/*
 * sns.h - Amazon SNS, as far as Publish: checks the signature and the form of every request.
 *
 * What SNS would refuse is refused, and ends the run as failed.
 */
#ifndef SNS_H
#define SNS_H

#include "sigv4.h"
#include "wire.h"

extern const struct sigv4_expected sns_credentials; /* nobody's; a role's in their form */
extern const char sns_topic_arn[];

/* An answer_function; `user` is a struct books. */
bool sns_answer(struct connection *connection, const struct request *request, void *user);

#endif
