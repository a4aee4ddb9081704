/*
 * server.h - what a server says to a client, without a thread or a network: the linker puts the
 * functions below in place of the system's (see the Makefile), and a connection is a pair of
 * sockets. An answer is sent as soon as a request was; answers are separated by 1E (hexadecimal).
 *
 * Of a connection that is kept, the end comes when the client waits for more than there is.
 */
#ifndef SERVER_H
#define SERVER_H

#include "fuzz.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

/* What the fuzzer is to explore is the client. */
#pragma clang attribute push(__attribute__((no_sanitize("coverage"))), apply_to = function)

enum { SEPARATOR = 0x1E };

enum server_end { SERVER_CLOSES, SERVER_RESETS, SERVER_KEEPS, SERVER_ENDS };

static struct {
    int client; /* the two ends of the connection, -1: there is none */
    int peer;
    enum server_end end;
    const uint8_t *rest; /* that it is to send */
    size_t rest_len;
} server = {.client = -1, .peer = -1};

/* NOLINTBEGIN(bugprone-reserved-identifier): the linker wants these names */
int __wrap_connect(int fd, const struct sockaddr *address, socklen_t len);
ssize_t __wrap_send(int fd, const void *bytes, size_t len, int flags);
ssize_t __real_send(int fd, const void *bytes, size_t len, int flags);
ssize_t __wrap_sendmsg(int fd, const struct msghdr *message, int flags);
ssize_t __real_sendmsg(int fd, const struct msghdr *message, int flags);
int __wrap_poll(struct pollfd *places, nfds_t count, int timeout_ms);
int __real_poll(struct pollfd *places, nfds_t count, int timeout_ms);
/* NOLINTEND(bugprone-reserved-identifier) */

/* A close is a reset where there is something that nobody has read. */
static void server_close(void)
{
    char bytes[4096];
    while (server.end != SERVER_RESETS && recv(server.peer, bytes, sizeof bytes, MSG_DONTWAIT) > 0)
        ;
    if (server.peer >= 0)
        close(server.peer);
    server.peer = server.client = -1;
}

int __wrap_connect(int fd, const struct sockaddr *address, socklen_t len)
{
    int ends[2];
    (void)address, (void)len;
    server_close();
    require(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == 0);
    require(dup2(ends[0], fd) == fd && close(ends[0]) == 0);
    server.client = fd;
    server.peer = ends[1];
    return 0;
}

static void server_answer(void)
{
    const uint8_t *separator =
        server.rest_len > 0 ? memchr(server.rest, SEPARATOR, server.rest_len) : NULL;
    size_t len = separator != NULL ? (size_t)(separator - server.rest) : server.rest_len;
    (void)__real_send(server.peer, server.rest, len, MSG_NOSIGNAL | MSG_DONTWAIT);
    len += separator != NULL;
    server.rest += len;
    server.rest_len -= len;
    if (server.end != SERVER_KEEPS)
        server_close();
}

static bool begins_request(const char *bytes, size_t len)
{
    return len > 5 && (memcmp(bytes, "GET ", 4) == 0 || memcmp(bytes, "POST ", 5) == 0 ||
                       memcmp(bytes, "HEAD ", 5) == 0);
}

ssize_t __wrap_send(int fd, const void *bytes, size_t len, int flags)
{
    ssize_t sent = __real_send(fd, bytes, len, flags);
    if (sent > 0 && fd == server.client && begins_request(bytes, (size_t)sent))
        server_answer();
    return sent;
}

ssize_t __wrap_sendmsg(int fd, const struct msghdr *message, int flags)
{
    ssize_t sent = __real_sendmsg(fd, message, flags);
    const struct iovec *first = message->msg_iov;
    if (sent > 0 && fd == server.client && begins_request(first->iov_base, first->iov_len))
        server_answer();
    return sent;
}

int __wrap_poll(struct pollfd *places, nfds_t count, int timeout_ms)
{
    int ready = __real_poll(places, count, 0);
    if (ready != 0 || timeout_ms == 0)
        return ready;
    server_close();
    return __real_poll(places, count, timeout_ms);
}

/* What it is to send from now on: bytes are borrowed until server_stop(). */
static void server_start(enum server_end end, const uint8_t *bytes, size_t len)
{
    server.end = end;
    server.rest = bytes;
    server.rest_len = len;
}

static void server_stop(void)
{
    server_close();
    server_start(SERVER_CLOSES, (const uint8_t *)"", 0);
}

#pragma clang attribute pop

#endif
