/*
 * http.h - plain HTTP/1.1 to one server, one request after the other, on one kept connection.
 *
 * Private to the library. No proxy, no redirect, no other protocol, and no time limit once there is
 * a connection.
 *
 * Source: RFC 9112, HTTP/1.1.
 */
#ifndef LAMBDA_HTTP_H
#define LAMBDA_HTTP_H

#include "connection.h"

enum { HTTP_FIELD_MAX = 65536 }; /* bytes of one header's value */

/* What stands in the place of a status when there is none. */
enum { HTTP_NO_ANSWER = -1, HTTP_STOPPED = -2 };

/* A header to send. Left out if the value is "" or holds what cannot stand in a header. */
struct lambda_http_header {
    const char *name; /* NULL ends a list */
    const char *value;
};

/* A header to take from the answer. The first value wins; one that is too long counts as absent. */
struct lambda_http_field {
    const char *name;           /* without regard to case; NULL ends a list */
    struct lambda_buffer value; /* bytes as they came, without blanks around; "" if absent */
    bool seen;
};

struct lambda_http {
    int status;                /* of the last answer, or one of the values above */
    const char *problem;       /* why there was no answer: a constant; "" if there was one */
    struct lambda_buffer body; /* of the last answer; `failed` if it was longer than body_max */
    /* private */
    struct lambda_connection connection;
    struct lambda_buffer head;        /* of the request */
    struct lambda_http_field *fields; /* or NULL */
    bool in_pieces;                   /* the body of a request is not at its end */
};

/* endpoint is as for lambda_connection_init(), and borrowed. False if it is not. */
bool lambda_http_init(struct lambda_http *http, const char *endpoint, size_t body_max);
void lambda_http_done(struct lambda_http *http);

/*
 * GET, until stop_fd becomes readable: then the status is HTTP_STOPPED, unless the answer was there
 * already. The values of fields are overwritten.
 */
void lambda_http_get(struct lambda_http *http, const char *path, struct lambda_http_field *fields,
                     int stop_fd);

/*
 * POST. fields as above, or NULL. A connection that was kept and is dead is replaced before the
 * first byte is sent. Of a request that failed after that nobody knows whether it was carried out:
 * it is not repeated, and the status is HTTP_NO_ANSWER.
 */
void lambda_http_post(struct lambda_http *http, const char *path,
                      const struct lambda_http_header *headers, const struct lambda_buffer *body,
                      struct lambda_http_field *fields);

/*
 * The same in pieces: begin, any number of send, end. Each blocks until the kernel has taken all
 * that is to be sent, and end until the answer is there. begin and send are false once the request
 * is over, be it that it broke or that the server has refused it before its end: the status tells.
 * The trailers follow the body; a list of none is a zeroed header.
 */
bool lambda_http_begin(struct lambda_http *http, const char *path,
                       const struct lambda_http_header *headers);
bool lambda_http_send(struct lambda_http *http, const struct lambda_buffer *piece);
void lambda_http_end(struct lambda_http *http, const struct lambda_buffer *piece,
                     const struct lambda_http_header *trailers);

/*
 * Sends a GET and does not wait for the answer. Nothing but lambda_http_done() may follow. False if
 * it could not be sent.
 */
bool lambda_http_park(struct lambda_http *http, const char *path,
                      const struct lambda_http_header *headers);

/* The next request gets a connection of its own. */
void lambda_http_disconnect(struct lambda_http *http);

/*
 * answer.c: reads an answer to what was sent. One with a status below 200 is followed by another.
 * Closes a connection that cannot be used again.
 */
void lambda_http_read_answer(struct lambda_http *http);

#endif
