/*
 * sigv4.h - checks AWS Signature Version 4; shares no code with those who sign.
 *
 * Source: AWS IAM User Guide, "Create a signed AWS API request".
 */
#ifndef SIGV4_H
#define SIGV4_H

#include "wire.h"

struct sigv4_expected {
    const char *key_id, *secret, *token; /* of temporary credentials */
    const char *region, *service;
};

/*
 * NULL if the request, which has no query string, was signed with these credentials, for this
 * place, not 15 minutes before or after now. Else what is wrong.
 */
const char *sigv4_check(const struct request *request, const struct sigv4_expected *expected);

#endif
