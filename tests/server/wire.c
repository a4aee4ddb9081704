#include "wire.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { UNREAD_MAX = 65536, HEAD_MAX = 65536, BODY_MAX = 16 << 20 };

struct connection {
    struct server *server;
    int socket;
    SSL *ssl; /* NULL: plain HTTP */
    size_t unread_from, unread_to;
    char unread[UNREAD_MAX];
};

int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* ------------------------------------------------------------------------------------- reading */

/* Has at least one unread byte. False: the client has closed the connection. */
static bool fill(struct connection *connection)
{
    if (connection->unread_from < connection->unread_to)
        return true;
    ssize_t got = connection->ssl != NULL
                      ? SSL_read(connection->ssl, connection->unread, UNREAD_MAX)
                      : recv(connection->socket, connection->unread, UNREAD_MAX, 0);
    connection->unread_from = 0;
    connection->unread_to = got > 0 ? (size_t)got : 0;
    return got > 0;
}

/* Appends a line with its line feed. */
static bool read_line(struct connection *connection, struct lambda_buffer *line)
{
    for (const char *end = NULL; end == NULL && !line->failed;) {
        if (!fill(connection))
            return false;
        const char *start = connection->unread + connection->unread_from;
        size_t len = connection->unread_to - connection->unread_from;
        end = memchr(start, '\n', len);
        len = end != NULL ? (size_t)(end - start) + 1 : len;
        lambda_buffer_add(line, start, len);
        connection->unread_from += len;
    }
    return !line->failed;
}

static bool read_bytes(struct connection *connection, struct lambda_buffer *bytes, size_t count)
{
    while (count > 0 && !bytes->failed) {
        if (!fill(connection))
            return false;
        size_t len = connection->unread_to - connection->unread_from;
        len = len < count ? len : count;
        lambda_buffer_add(bytes, connection->unread + connection->unread_from, len);
        connection->unread_from += len;
        count -= len;
    }
    return !bytes->failed;
}

/* Lines up to an empty one, which is left out. */
static bool read_head(struct connection *connection, struct lambda_buffer *head)
{
    size_t start;
    do {
        start = head->len;
        if (!read_line(connection, head))
            return false;
    } while (strcmp(head->data + start, "\r\n") != 0);
    lambda_buffer_cut(head, start);
    return true;
}

/* The trailers, if any came, are read and dropped. */
static bool read_chunks(struct connection *connection, struct lambda_buffer *body)
{
    struct lambda_buffer line;
    lambda_buffer_init(&line, HEAD_MAX);
    size_t len;
    bool ok;
    do {
        lambda_buffer_clear(&line);
        ok = read_line(connection, &line);
        len = ok ? strtoul(line.data, NULL, 16) : 0;
        if (len > 0)
            ok = read_bytes(connection, body, len) && read_line(connection, &line);
    } while (ok && len > 0);
    lambda_buffer_clear(&line);
    ok = ok && read_head(connection, &line);
    lambda_buffer_done(&line);
    return ok;
}

static bool header_is(const struct request *request, const char *name, const char *wanted)
{
    size_t len = 0;
    const char *value = request_header(request, name, &len);
    return value != NULL && len == strlen(wanted) && strncasecmp(value, wanted, len) == 0;
}

static bool read_body(struct connection *connection, struct request *request)
{
    size_t len = 0;
    if (header_is(request, "Expect", "100-continue")) {
        static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
        if (!connection_send(connection, go_on, sizeof go_on - 1))
            return false;
    }
    if (header_is(request, "Transfer-Encoding", "chunked"))
        return read_chunks(connection, &request->body);
    const char *length = request_header(request, "Content-Length", &len);
    return length == NULL || read_bytes(connection, &request->body, strtoul(length, NULL, 10));
}

static bool read_request(struct connection *connection, struct request *request)
{
    lambda_buffer_clear(&request->head);
    lambda_buffer_clear(&request->body);
    if (!read_head(connection, &request->head) ||
        sscanf(request->head.data, "%7s %255s HTTP/1.1", request->method, request->target) != 2 ||
        !read_body(connection, request))
        return false;
    request->arrived_ns = now_ns();
    return true;
}

const char *request_header(const struct request *request, const char *name, size_t *len)
{
    size_t name_len = strlen(name);
    for (const char *line = strchr(request->head.data, '\n'); line != NULL && line[1] != '\0';
         line = strchr(line, '\n')) {
        line++;
        if (strncasecmp(line, name, name_len) != 0 || line[name_len] != ':')
            continue;
        const char *value = line + name_len + 1 + strspn(line + name_len + 1, " \t");
        *len = strcspn(value, "\r\n");
        while (*len > 0 && strchr(" \t", value[*len - 1]) != NULL)
            (*len)--;
        return value;
    }
    return NULL;
}

/* ------------------------------------------------------------------------------------- sending */

void connection_reset(struct connection *connection)
{
    static const struct linger at_once = {.l_onoff = 1};
    setsockopt(connection->socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

bool connection_send(struct connection *connection, const char *bytes, size_t len)
{
    for (size_t sent = 0; sent < len;) {
        ssize_t put = connection->ssl != NULL
                          ? SSL_write(connection->ssl, bytes + sent, (int)(len - sent))
                          : send(connection->socket, bytes + sent, len - sent, MSG_NOSIGNAL);
        if (put <= 0)
            return false;
        sent += (size_t)put;
    }
    return true;
}

bool connection_reply(struct connection *connection, const char *status, const char *headers,
                      const char *body, size_t len)
{
    struct lambda_buffer reply;
    lambda_buffer_init(&reply, HEAD_MAX + BODY_MAX);
    lambda_buffer_format(&reply, "HTTP/1.1 %s\r\n%sContent-Length: %zu\r\n\r\n", status, headers,
                         len);
    lambda_buffer_add(&reply, body, len);
    bool ok = !reply.failed && connection_send(connection, reply.data, reply.len);
    lambda_buffer_done(&reply);
    return ok;
}

/* -------------------------------------------------------------------------------- the threads */

static void converse(struct connection *connection)
{
    const struct server *server = connection->server;
    struct request request;
    lambda_buffer_init(&request.head, HEAD_MAX);
    lambda_buffer_init(&request.body, BODY_MAX);
    while (read_request(connection, &request) && server->answer(connection, &request, server->user))
        continue;
    lambda_buffer_done(&request.head);
    lambda_buffer_done(&request.body);
}

static void *serve(void *user)
{
    struct connection *connection = user;
    struct server *server = connection->server;
    if (server->tls != NULL)
        connection->ssl = SSL_new(server->tls);
    if (server->tls == NULL ||
        (SSL_set_fd(connection->ssl, connection->socket) == 1 && SSL_accept(connection->ssl) == 1))
        converse(connection);
    SSL_free(connection->ssl);
    close(connection->socket);
    free(connection);
    OPENSSL_thread_stop(); /* not left to the thread's end, when the process may be ending too */
    pthread_mutex_lock(&server->lock);
    server->connections--;
    pthread_cond_signal(&server->ended);
    pthread_mutex_unlock(&server->lock);
    return NULL;
}

/* False: too much is asked of the system, and the client sees its connection closed. */
static bool start_serving(struct server *server, int socket)
{
    static const int on = 1;
    pthread_t thread;
    struct connection *connection = calloc(1, sizeof *connection);
    if (connection == NULL)
        return false;
    *connection = (struct connection){.server = server, .socket = socket};
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    pthread_mutex_lock(&server->lock);
    bool started = pthread_create(&thread, NULL, serve, connection) == 0;
    server->connections += started;
    pthread_mutex_unlock(&server->lock);
    if (started)
        pthread_detach(thread);
    else
        free(connection);
    return started;
}

static void *take_connections(void *user)
{
    struct server *server = user;
    for (int socket; (socket = accept(server->listener, NULL, NULL)) >= 0;) {
        if (!start_serving(server, socket))
            close(socket);
    }
    return NULL;
}

bool server_start(struct server *server, SSL_CTX *tls, answer_function *answer, void *user)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    *server = (struct server){.tls = tls, .answer = answer, .user = user};
    pthread_mutex_init(&server->lock, NULL);
    pthread_cond_init(&server->ended, NULL);
    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool ok = server->listener >= 0 &&
              bind(server->listener, (struct sockaddr *)&address, len) == 0 &&
              listen(server->listener, 64) == 0 &&
              getsockname(server->listener, (struct sockaddr *)&address, &len) == 0 &&
              pthread_create(&server->acceptor, NULL, take_connections, server) == 0;
    server->port = ntohs(address.sin_port);
    return ok;
}

void server_stop(struct server *server)
{
    shutdown(server->listener, SHUT_RDWR); /* wakes accept() */
    pthread_join(server->acceptor, NULL);
    close(server->listener);
    pthread_mutex_lock(&server->lock);
    while (server->connections > 0)
        pthread_cond_wait(&server->ended, &server->lock);
    pthread_mutex_unlock(&server->lock);
}
