/*
 * connection.h - bytes to and from one server, on a TCP connection that is made when it is needed
 * and kept.
 *
 * Private to the library. Nothing but the endpoint decides where the bytes go.
 */
#ifndef LAMBDA_CONNECTION_H
#define LAMBDA_CONNECTION_H

#include <lambda/buffer.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/uio.h>

struct lambda_connection {
    const char *problem;       /* why something was false: a constant */
    bool stopped;              /* stop_fd was readable */
    struct lambda_buffer line; /* the last that was read: without its end, free of NULs */
    /* private */
    const char *endpoint;
    struct sockaddr_in address; /* the same */
    int socket, stop_fd;        /* -1: none */
    size_t unread_from, unread_to;
    char unread[16384];
};

/*
 * endpoint is borrowed: an IPv4 address, which is what Lambda gives, or localhost, and :port. False
 * if it is none. Connects to nothing yet.
 */
bool lambda_connection_init(struct lambda_connection *connection, const char *endpoint);
void lambda_connection_done(struct lambda_connection *connection);

/*
 * Has a connection on which the server has nothing left to say: the one that was kept, or a new
 * one. False as well if stop_fd (-1 for none) is readable, and so is from now on whatever has to
 * wait for bytes.
 */
bool lambda_connection_open(struct lambda_connection *connection, int stop_fd);

/* Nothing if there is none. */
void lambda_connection_close(struct lambda_connection *connection);

/* Sends all it can at once, and takes it off the parts. False if the connection is broken. */
bool lambda_connection_send(struct lambda_connection *connection, struct iovec **parts,
                            size_t *count);

/* Waits until something can be sent, or *readable: something has come, be it the end. */
bool lambda_connection_wait_to_send(struct lambda_connection *connection, bool *readable);

bool lambda_connection_read_line(struct lambda_connection *connection);

/* Appends the next len bytes to `bytes`, or, if that is SIZE_MAX, all up to the end. */
bool lambda_connection_read(struct lambda_connection *connection, struct lambda_buffer *bytes,
                            size_t len);

#endif
