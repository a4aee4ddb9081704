/*
 * http.h - plain HTTP/1.1 to one server, one request after the other, on one kept connection.
 *
 * Private to the library, whose only parts that know libcurl are http.c and upload.c. Nothing but
 * the arguments decides where a request goes: no proxy, no redirect, no other protocol.
 */
#ifndef LAMBDA_HTTP_H
#define LAMBDA_HTTP_H

#include <lambda/buffer.h>
#include <stdbool.h>
#include <stddef.h>

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
    bool global;
    bool once;
    bool head_ended;
    bool running; /* a request is on its way */
    bool hungry;  /* libcurl wants more of a body that is sent in pieces */
    bool last;    /* there is no more of it */
    const char *piece;
    size_t piece_len;
    const struct lambda_http_header *trailers;
    void *easy, *spare, *multi, *headers, *address; /* spare: easy, while another takes its place */
    struct lambda_http_field *fields;
};

/*
 * Must not move afterwards. On false there is nothing to free. The server is that of the first URL;
 * of later ones the path counts.
 */
bool lambda_http_init(struct lambda_http *http, size_t body_max);

/* Accepts a zeroed struct. */
void lambda_http_done(struct lambda_http *http);

/* Whether a connection is kept for the next request: at first it is. */
void lambda_http_keep_connection(struct lambda_http *http, bool keep);

/*
 * GET, without a time limit, until stop_fd becomes readable: then the status is
 * HTTP_STOPPED, unless the answer was there already. The values of fields are overwritten.
 */
void lambda_http_get(struct lambda_http *http, const char *url, struct lambda_http_field *fields,
                     int stop_fd);

/*
 * POST. fields as above, or NULL. Of a request that failed after the first byte was sent nobody
 * knows whether it was carried out: it is not repeated, and the status is HTTP_NO_ANSWER.
 */
void lambda_http_post(struct lambda_http *http, const char *url,
                      const struct lambda_http_header *headers, const struct lambda_buffer *body,
                      struct lambda_http_field *fields);

/*
 * The same in pieces (upload.c): begin, any number of send, end. Each blocks until the kernel has
 * taken all that is to be sent, and end until the answer is there. begin and send are false once
 * the request is over, be it that it broke or that the server answered early: the status tells.
 * The trailers follow the body; a list of none is a zeroed header.
 */
bool lambda_http_begin(struct lambda_http *http, const char *url,
                       const struct lambda_http_header *headers);
bool lambda_http_send(struct lambda_http *http, const struct lambda_buffer *piece);
void lambda_http_end(struct lambda_http *http, const struct lambda_buffer *piece,
                     const struct lambda_http_header *trailers);

/*
 * Sends a GET and does not wait for the answer. Nothing but lambda_http_done() may follow. False if
 * it could not be sent.
 */
bool lambda_http_park(struct lambda_http *http, const char *url,
                      const struct lambda_http_header *headers);

/* Gives up a request that is on its way, and its connection. Nothing if there is none. */
void lambda_http_stop(struct lambda_http *http);

/* What upload.c needs of http.c. */
struct curl_slist;
bool lambda_http_add_headers(struct curl_slist **list, const struct lambda_http_header *headers);
bool lambda_http_prepare(struct lambda_http *http, const char *url,
                         const struct lambda_http_header *headers,
                         struct lambda_http_field *fields);
bool lambda_http_start(struct lambda_http *http);

/*
 * Runs the request that was started. True if it wants more of its body; false if it is over, or
 * stop_fd (-1 for none) is readable.
 */
bool lambda_http_run(struct lambda_http *http, int stop_fd);

#endif
