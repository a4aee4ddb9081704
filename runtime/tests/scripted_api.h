/*
 * scripted_api.h - a Runtime API on 127.0.0.1 that says, byte for byte, what a script says.
 *
 * Each turn takes one whole request, records it and sends the turn's reply. When the script is
 * over, the connection and the port are closed.
 */
#ifndef SCRIPTED_API_H
#define SCRIPTED_API_H

#include <lambda/buffer.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

/* What becomes of the connection after the turn. PARK: it stays, but the next turn is another's. */
enum scripted_end { KEEP, CLOSE, RESET, PARK };

struct scripted_turn {
    const char *reply; /* bytes to send; NULL for none */
    size_t reply_len;  /* 0 for strlen(reply) */
    enum scripted_end end;
    bool head_only; /* do not read the request's body */
    size_t chunks;  /* read no more than so many chunks of it; 0 for all */
    bool dribble;   /* one byte a packet */
    bool slow;      /* take the request in small parts, with pauses */
    bool sigterm;   /* SIGTERM for this process, between the request and the reply */
};

struct scripted_request {
    struct lambda_buffer head, body;
    struct lambda_buffer trailers; /* with the empty line at their end */
    size_t chunk_count;            /* 0 if the body came with its length */
    int connection;                /* 1 for the first that was accepted */
};

enum { SCRIPTED_REQUESTS_MAX = 32 };

struct scripted_api {
    const struct scripted_turn *turns;
    size_t turn_count;
    struct scripted_request requests[SCRIPTED_REQUESTS_MAX];
    size_t request_count;
    int connection_count;
    bool slow; /* the turn is */
    int port;
    int listener, peer, parked; /* -1: none */
    bool shared;                /* the listener is that of others as well */
    pthread_t thread;
};

/* Starts to listen. All but the port belongs to the server's thread until scripted_api_join(). */
void scripted_api_start(struct scripted_api *api, const struct scripted_turn *turns, size_t count);

/* Waits until the script or its last connection has ended. */
void scripted_api_join(struct scripted_api *api);

/* The same with a script for each of several connections to one port. */
void scripted_api_start_all(struct scripted_api *apis, size_t api_count,
                            const struct scripted_turn *const *scripts, size_t turn_count);
void scripted_api_join_all(struct scripted_api *apis, size_t api_count);

void scripted_api_done(struct scripted_api *api);

#define ACCEPTED "HTTP/1.1 202 Accepted\r\nContent-Length: 16\r\n\r\n{\"status\":\"OK\"}\n"
#define STATUS(status) "HTTP/1.1 " #status " Scripted\r\nContent-Length: 0\r\n\r\n"
#define EVENT_HEAD "HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: id-1\r\n"
#define EVENT EVENT_HEAD "Content-Length: 7\r\n\r\n{\"a\":1}"
#define REGISTERED                                                                                 \
    "HTTP/1.1 200 OK\r\nLambda-Extension-Identifier: ext-1\r\nContent-Length: 2\r\n\r\n{}"
#define LAST STATUS(500) /* ends lambda_run() */

#endif
