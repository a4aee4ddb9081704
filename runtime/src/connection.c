#include "connection.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CONNECT_MS = 1000, HEADER_LINE_MAX = 102400 };

/* No name server is asked for a name: that could take long, and glibc would load libraries. */
static bool read_endpoint(const char *endpoint, struct sockaddr_in *address)
{
    char host[INET_ADDRSTRLEN] = "";
    size_t host_len = strcspn(endpoint, ":");
    const char *port = endpoint + host_len + (endpoint[host_len] == ':');
    size_t port_len = strspn(port, "0123456789");
    unsigned long number = strtoul(port, NULL, 10);
    if (host_len >= sizeof host || port_len == 0 || port[port_len] != '\0')
        return false;
    memcpy(host, endpoint, host_len);
    *address = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)number)};
    return number > 0 && number <= UINT16_MAX &&
           inet_pton(AF_INET, strcmp(host, "localhost") == 0 ? "127.0.0.1" : host,
                     &address->sin_addr) == 1;
}

bool lambda_connection_init(struct lambda_connection *connection, const char *endpoint)
{
    connection->problem = "";
    connection->stopped = false;
    connection->endpoint = endpoint;
    connection->socket = connection->stop_fd = -1;
    connection->unread_from = connection->unread_to = 0; /* unread is left as it is: it is large */
    lambda_buffer_init(&connection->line, HEADER_LINE_MAX);
    return read_endpoint(endpoint, &connection->address);
}

void lambda_connection_done(struct lambda_connection *connection)
{
    lambda_connection_close(connection);
    lambda_buffer_done(&connection->line);
}

void lambda_connection_close(struct lambda_connection *connection)
{
    if (connection->socket >= 0)
        close(connection->socket);
    connection->socket = -1;
    connection->unread_from = connection->unread_to = 0;
}

static bool fail(struct lambda_connection *connection, const char *problem)
{
    connection->problem = problem;
    return false;
}

/*
 * The events that have come for the socket; 0 if there are none, but stop_fd is readable or the
 * time is over (-1: it never is).
 */
static int wait_for(struct lambda_connection *connection, int events, int timeout_ms)
{
    struct pollfd wanted[] = {{.fd = connection->socket, .events = (short)events},
                              {.fd = connection->stop_fd, .events = POLLIN}};
    while (poll(wanted, 2, timeout_ms) < 0) {
        if (errno != EINTR)
            return POLLERR;
    }
    connection->stopped = wanted[1].revents != 0;
    return wanted[0].revents;
}

static bool connect_anew(struct lambda_connection *connection)
{
    static const int on = 1;
    int error = 0;
    socklen_t len = sizeof error;
    connection->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (connection->socket < 0)
        return fail(connection, "there is no socket left");
    setsockopt(connection->socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(connection->socket, (const struct sockaddr *)&connection->address,
                sizeof connection->address) != 0)
        error = errno;
    if (error == EINPROGRESS) {
        if (wait_for(connection, POLLOUT, CONNECT_MS) == 0)
            return fail(connection, "nobody took the connection in time");
        getsockopt(connection->socket, SOL_SOCKET, SO_ERROR, &error, &len);
    }
    return error == 0 || fail(connection, "the connection was refused");
}

bool lambda_connection_open(struct lambda_connection *connection, int stop_fd)
{
    connection->stop_fd = stop_fd;
    connection->stopped = false;
    if (connection->unread_from < connection->unread_to || wait_for(connection, POLLIN, 0) != 0)
        lambda_connection_close(connection); /* it has ended, or says what nobody asked for */
    if (connection->stopped || connection->socket >= 0)
        return !connection->stopped;
    bool connected = connect_anew(connection);
    if (!connected)
        lambda_connection_close(connection);
    return connected;
}

static void take_off(struct iovec **parts, size_t *count, size_t len)
{
    while (*count > 0 && len >= (*parts)->iov_len) {
        len -= (*parts)->iov_len;
        (*parts)++;
        (*count)--;
    }
    if (len > 0) {
        (*parts)->iov_base = (char *)(*parts)->iov_base + len;
        (*parts)->iov_len -= len;
    }
}

bool lambda_connection_send(struct lambda_connection *connection, struct iovec **parts,
                            size_t *count)
{
    while (*count > 0) {
        const struct msghdr message = {.msg_iov = *parts, .msg_iovlen = *count};
        ssize_t put = sendmsg(connection->socket, &message, MSG_NOSIGNAL);
        if (put < 0)
            return errno == EAGAIN || errno == EINTR ||
                   fail(connection, "the connection broke while the request was sent");
        take_off(parts, count, (size_t)put);
    }
    return true;
}

bool lambda_connection_wait_to_send(struct lambda_connection *connection, bool *readable)
{
    *readable = (wait_for(connection, POLLIN | POLLOUT, -1) & ~POLLOUT) != 0;
    return !connection->stopped;
}

/* Has unread bytes, or knows that there will be none. */
static bool fill(struct lambda_connection *connection)
{
    if (connection->unread_from < connection->unread_to)
        return true;
    ssize_t got = -1;
    do {
        if (wait_for(connection, POLLIN, -1) == 0)
            return fail(connection, "the wait was ended");
        got = recv(connection->socket, connection->unread, sizeof connection->unread, 0);
    } while (got < 0 && (errno == EINTR || errno == EAGAIN));
    if (got < 0)
        return fail(connection, "the connection broke");
    connection->unread_from = 0;
    connection->unread_to = (size_t)got;
    return true;
}

bool lambda_connection_read(struct lambda_connection *connection, struct lambda_buffer *bytes,
                            size_t len)
{
    while (len > 0) {
        if (!fill(connection))
            return false;
        size_t here = connection->unread_to - connection->unread_from;
        if (here == 0)
            return len == SIZE_MAX ||
                   fail(connection, "the connection ended in the middle of a body");
        size_t taken = here < len ? here : len;
        lambda_buffer_add(bytes, connection->unread + connection->unread_from, taken);
        connection->unread_from += taken;
        len -= len == SIZE_MAX ? 0 : taken;
    }
    return true;
}

bool lambda_connection_read_line(struct lambda_connection *connection)
{
    struct lambda_buffer *line = &connection->line;
    const char *end = NULL;
    lambda_buffer_clear(line);
    while (!end) {
        if (!fill(connection))
            return false;
        const char *start = connection->unread + connection->unread_from;
        size_t len = connection->unread_to - connection->unread_from;
        if (len == 0)
            return fail(connection, "the connection ended in the middle of an answer");
        end = memchr(start, '\n', len);
        size_t taken = end ? (size_t)(end - start) : len;
        lambda_buffer_add(line, start, taken);
        connection->unread_from += taken + (end != NULL);
        if (line->failed)
            return fail(connection, "a line of the answer is too long");
    }
    if (line->len > 0 && line->data[line->len - 1] == '\r')
        lambda_buffer_cut(line, line->len - 1);
    return !memchr(line->data, '\0', line->len) || fail(connection, "there is a NUL in a header");
}
