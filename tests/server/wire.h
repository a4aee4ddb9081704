/*
 * wire.h - an HTTP/1.1 server on 127.0.0.1, plain or TLS: whole requests in, bytes out.
 *
 * Each connection has a thread of its own, which hands every request to the server's `answer`.
 * That sends what it likes, in as many pieces as it likes.
 */
#ifndef WIRE_H
#define WIRE_H

#include <lambda/buffer.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* CLOCK_MONOTONIC: all times are on this one clock. */
int64_t now_ns(void);

struct request {
    struct lambda_buffer head; /* the lines, each ended by CRLF */
    struct lambda_buffer body; /* as it was before any chunked coding */
    char method[8];
    char target[256];
    int64_t arrived_ns; /* when all of it was read, as now_ns() tells time */
};

struct connection;

/* False ends the connection; true without anything sent leaves the client waiting. */
typedef bool answer_function(struct connection *connection, const struct request *request,
                             void *user);

struct server {
    int port;
    int listener;
    SSL_CTX *tls; /* NULL: plain HTTP */
    answer_function *answer;
    void *user;
    pthread_t acceptor;
    pthread_mutex_t lock;
    pthread_cond_t ended; /* a connection */
    int connections;      /* that are open */
};

/* Listens on a free port. False: the system would not let it. */
bool server_start(struct server *server, SSL_CTX *tls, answer_function *answer, void *user);

/* Takes no more connections, and waits until the clients have closed those that there are. */
void server_stop(struct server *server);

/* Ends the connection with a reset when `answer` returns false. */
void connection_reset(struct connection *connection);

bool connection_send(struct connection *connection, const char *bytes, size_t len);

/* Sends a reply with this body. `headers` are lines that each end in CRLF. */
bool connection_reply(struct connection *connection, const char *status, const char *headers,
                      const char *body, size_t len);

/* The value of a header, without blanks around it; NULL if it did not come. Not terminated. */
const char *request_header(const struct request *request, const char *name, size_t *len);

#endif
