#include "scripted_api.h"

#include "test.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum { REQUEST_MAX = 16 << 20 };

/* A thread of its own cannot use cmocka's assertions: it ends the program instead. */
static void require(bool condition, const char *what)
{
    if (!condition) {
        perror(what);
        abort();
    }
}

static bool receive(struct scripted_api *api, struct lambda_buffer *into, size_t len)
{
    char bytes[65536];
    if (api->slow && len > 1) /* one byte at a time is slow enough */
        usleep(2000);
    ssize_t got = recv(api->peer, bytes, len < sizeof bytes ? len : sizeof bytes, 0);
    if (got > 0)
        lambda_buffer_add(into, bytes, (size_t)got);
    return got > 0;
}

static size_t content_length(const char *head)
{
    for (const char *line = head; line; line = strstr(line + 1, "\r\n")) {
        if (strncasecmp(line, "\r\nContent-Length:", 17) == 0)
            return strtoul(line + 17, NULL, 10);
    }
    return 0;
}

/* Appends up to and with the text; byte by byte, so that nothing behind it is taken. */
static bool receive_until(struct scripted_api *api, struct lambda_buffer *into, const char *text)
{
    size_t len = strlen(text), start = into->len;
    while (into->len - start < len || memcmp(into->data + into->len - len, text, len) != 0) {
        if (!receive(api, into, 1))
            return false;
    }
    return true;
}

static bool receive_len(struct scripted_api *api, struct lambda_buffer *into, size_t len)
{
    for (size_t end = into->len + len; into->len < end;) {
        if (!receive(api, into, end - into->len))
            return false;
    }
    return true;
}

static bool read_trailers(struct scripted_api *api, struct scripted_request *request)
{
    size_t line = 0;
    do {
        line = request->trailers.len;
        if (!receive_until(api, &request->trailers, "\r\n"))
            return false;
    } while (request->trailers.len - line > 2);
    return true;
}

static bool read_chunks(struct scripted_api *api, const struct scripted_turn *turn,
                        struct scripted_request *request)
{
    struct lambda_buffer line;
    bool whole = true;
    lambda_buffer_init(&line, 32);
    while (whole && (turn->chunks == 0 || request->chunk_count < turn->chunks)) {
        lambda_buffer_clear(&line);
        whole = receive_until(api, &line, "\r\n");
        size_t len = whole ? strtoul(line.data, NULL, 16) : 0;
        if (whole && len == 0) {
            whole = read_trailers(api, request);
            break;
        }
        whole = whole && receive_len(api, &request->body, len) && receive_until(api, &line, "\r\n");
        request->chunk_count += whole;
    }
    lambda_buffer_done(&line);
    return whole;
}

static bool read_request(struct scripted_api *api, const struct scripted_turn *turn,
                         struct scripted_request *request)
{
    lambda_buffer_clear(&request->head);
    lambda_buffer_clear(&request->body);
    lambda_buffer_clear(&request->trailers);
    request->chunk_count = 0;
    if (!receive_until(api, &request->head, "\r\n\r\n"))
        return false;
    request->connection = api->connection_count;
    if (turn->head_only)
        return true;
    if (strstr(request->head.data, "\r\nTransfer-Encoding: chunked\r\n"))
        return read_chunks(api, turn, request);
    return receive_len(api, &request->body, content_length(request->head.data));
}

static void send_reply(struct scripted_api *api, const struct scripted_turn *turn)
{
    size_t len = turn->reply_len > 0 ? turn->reply_len : turn->reply ? strlen(turn->reply) : 0;
    size_t step = turn->dribble ? 1 : len;
    for (size_t sent = 0; sent < len;) {
        size_t part = len - sent < step ? len - sent : step;
        ssize_t put = send(api->peer, turn->reply + sent, part, MSG_NOSIGNAL);
        if (put <= 0)
            return;
        sent += (size_t)put;
    }
}

static void hang_up(struct scripted_api *api, enum scripted_end end)
{
    const struct linger now = {.l_onoff = 1, .l_linger = 0};
    if (end == PARK) {
        api->parked = api->peer;
        api->peer = -1;
    }
    if (end == RESET)
        setsockopt(api->peer, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    if (end != KEEP && api->peer >= 0) {
        close(api->peer);
        api->peer = -1;
    }
}

/* Waits for a request on this connection or on the next one. False when nobody will come. */
static bool next_request(struct scripted_api *api, const struct scripted_turn *turn,
                         struct scripted_request *request)
{
    const int on = 1;
    for (;;) {
        if (api->peer < 0) {
            bool next_is_anothers = api->shared && api->request_count > 0;
            api->peer = next_is_anothers ? -1 : accept(api->listener, NULL, NULL);
            if (api->peer < 0)
                return false;
            setsockopt(api->peer, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            api->connection_count++;
        }
        if (read_request(api, turn, request))
            return true;
        hang_up(api, CLOSE);
    }
}

static void *serve(void *user)
{
    struct scripted_api *api = user;
    sigset_t term; /* is for the threads of the library */
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &term, NULL);
    for (size_t i = 0; i < api->turn_count; i++) {
        const struct scripted_turn *turn = &api->turns[i];
        api->slow = turn->slow;
        if (!next_request(api, turn, &api->requests[i]))
            break;
        api->request_count++;
        if (turn->sigterm)
            kill(getpid(), SIGTERM);
        send_reply(api, turn);
        hang_up(api, turn->end);
    }
    hang_up(api, CLOSE);
    if (api->parked >= 0)
        close(api->parked);
    if (!api->shared)
        shutdown(api->listener, SHUT_RDWR);
    return NULL;
}

static void init(struct scripted_api *api, const struct scripted_turn *turns, size_t count)
{
    require(count <= SCRIPTED_REQUESTS_MAX, "too many turns");
    *api = (struct scripted_api){.turns = turns, .turn_count = count, .peer = -1, .parked = -1};
    for (size_t i = 0; i < SCRIPTED_REQUESTS_MAX; i++) {
        lambda_buffer_init(&api->requests[i].head, REQUEST_MAX);
        lambda_buffer_init(&api->requests[i].body, REQUEST_MAX);
        lambda_buffer_init(&api->requests[i].trailers, REQUEST_MAX);
    }
}

static int open_port(int *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    require(listener >= 0, "socket");
    require(bind(listener, (struct sockaddr *)&address, len) == 0, "bind");
    require(listen(listener, 8) == 0, "listen");
    require(getsockname(listener, (struct sockaddr *)&address, &len) == 0, "getsockname");
    *port = ntohs(address.sin_port);
    return listener;
}

void scripted_api_start_all(struct scripted_api *apis, size_t api_count,
                            const struct scripted_turn *const *scripts, size_t turn_count)
{
    int port = 0, listener = open_port(&port);
    for (size_t i = 0; i < api_count; i++) {
        init(&apis[i], scripts[i], turn_count);
        apis[i].listener = listener;
        apis[i].port = port;
        apis[i].shared = api_count > 1;
        require(pthread_create(&apis[i].thread, NULL, serve, &apis[i]) == 0, "pthread_create");
    }
}

void scripted_api_join_all(struct scripted_api *apis, size_t api_count)
{
    shutdown(apis->listener, SHUT_RDWR); /* wakes a server that waits for a connection */
    for (size_t i = 0; i < api_count; i++)
        pthread_join(apis[i].thread, NULL);
    close(apis->listener);
}

void scripted_api_start(struct scripted_api *api, const struct scripted_turn *turns, size_t count)
{
    scripted_api_start_all(api, 1, &turns, count);
}

void scripted_api_join(struct scripted_api *api)
{
    scripted_api_join_all(api, 1);
}

void scripted_api_done(struct scripted_api *api)
{
    for (size_t i = 0; i < SCRIPTED_REQUESTS_MAX; i++) {
        lambda_buffer_done(&api->requests[i].head);
        lambda_buffer_done(&api->requests[i].body);
        lambda_buffer_done(&api->requests[i].trailers);
    }
}
