/*
 * trust.h - the five Amazon roots, as certificates to trust.
 *
 * A root is decoded when a server's certificates lead to it: that takes a twentieth of a cold
 * start's instructions, and a handshake needs one of the five.
 *
 * Source: Amazon Trust Services repository, "root CAs"; OpenSSL, X509_STORE_set_get_issuer(3).
 */
#ifndef TRUST_H
#define TRUST_H

#include <stdbool.h>

struct trust {
    void *store; /* owned X509_STORE: a root that was decoded once stays in it */
};

/*
 * Starts OpenSSL without what a client of TLS never uses or can do without: the names of ciphers,
 * and the words of errors. An error then has a number, which `openssl errstr` explains; why a
 * certificate is not trusted is still said in words. To be called before any other of OpenSSL.
 * False: out of memory.
 */
bool trust_start(void);

/*
 * Lets an SSL_CTX trust the Amazon roots and no others. trust begins zeroed, and is good for any
 * number of contexts, which may outlive it. False: out of memory.
 */
bool trust_amazon(struct trust *trust, void *ssl_ctx);

/* Accepts a zeroed struct. */
void trust_done(struct trust *trust);

#endif
