/*
 * https.h - signed HTTPS requests to one endpoint, over one kept connection.
 *
 * The server is always verified. Trusted are: the file ca_bundle alone, if it is given; else the
 * five Amazon roots that are built in, and after a certificate that they do not verify, for good,
 * the file system_ca_bundle. TLS 1.2 or newer; no proxy, no redirects.
 *
 * Sources: AWS Signature Version 4 (by CURLOPT_AWS_SIGV4); Amazon Trust Services repository, "root
 * CAs".
 */
#ifndef HTTPS_H
#define HTTPS_H

#include "sns/trust.h"
#include <lambda/buffer.h>
#include <lambda/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    HTTPS_REPLY_MAX = 65536,   /* bytes of a body that are kept; the rest is read and dropped */
    HTTPS_REQUEST_ID_MAX = 64, /* bytes with the NUL, like the next */
    HTTPS_PROBLEM_MAX = 320,
};

/* Borrowed for a call. session_token is "" for keys of a user. */
struct https_credentials {
    const char *access_key_id;
    const char *secret_access_key;
    const char *session_token;
};

/* What an endpoint is; all borrowed, and needed until https_done(). */
struct https_endpoint {
    const char *url;     /* scheme://host[:port]/ */
    const char *region;  /* of the signature */
    const char *service; /* of the signature */
    const char *user_agent;
    const char *ca_bundle;        /* "": none given */
    const char *system_ca_bundle; /* "": none there */
    bool amazon_roots;            /* the endpoint's certificates should be of the Amazon roots */
};

struct https {
    struct https_endpoint endpoint;
    void *handle; /* owned */
    struct trust trust;
    bool fell_back; /* the Amazon roots did not fit once */
};

enum https_result {
    HTTPS_ANSWERED,    /* status and body are the server's */
    HTTPS_UNREACHABLE, /* no whole answer came; another try may help */
    HTTPS_UNTRUSTED,   /* the certificate is not trusted, or the certificates to trust are not there
                        */
};

struct https_reply {
    long status;
    struct lambda_buffer body;
    char request_id[HTTPS_REQUEST_ID_MAX]; /* x-amzn-requestid, clean; "" if absent */
    int64_t retry_after_ms;                /* x-amz-retry-after, -1 if absent */
    char problem[HTTPS_PROBLEM_MAX];       /* unless ANSWERED: why, for a person */
};

/* Prepares; connects nowhere. Fails with Function.ConfigInvalid. https_done() accepts a zeroed
 * struct. */
LAMBDA_MUST_CHECK bool https_init(struct https *https, const struct https_endpoint *endpoint,
                                  struct lambda_error *err);
void https_done(struct https *https);

void https_reply_init(struct https_reply *reply);
void https_reply_done(struct https_reply *reply);

/* Opens the connection with an unsigned HEAD. ANSWERED is a success, whatever the answer is. */
enum https_result https_connect(struct https *https, int64_t timeout_ms, struct https_reply *reply);

/*
 * Posts len bytes of form data, signed: once, even where a kept connection turns out to be dead.
 * reply is cleared first.
 */
enum https_result https_post(struct https *https, const struct https_credentials *credentials,
                             const char *form, size_t len, int64_t timeout_ms,
                             struct https_reply *reply);

#endif
