#include "runtime_api.h"

#include "books.h"
#include <stdio.h>
#include <string.h>
#include <time.h>

#define PREFIX "/2018-06-01/runtime/"
#define JSON "Content-Type: application/json\r\n"

/* A request id whose last twelve digits are the number of the event. */
#define ID_PREFIX "8f6d2c1a-0000-4000-8000-"

enum { REPLY_MAX = 9 << 20, TIME_LIMIT_MS = 30000 };

static bool hand_out(struct connection *connection, struct books *books, int64_t arrived_ns)
{
    struct lambda_buffer event, reply;
    size_t number = 0;
    bool ok = true;
    lambda_buffer_init(&event, REPLY_MAX);
    lambda_buffer_init(&reply, REPLY_MAX);
    if (books_next(books, &event, &number, arrived_ns)) {
        lambda_buffer_format(
            &reply,
            "HTTP/1.1 200 OK\r\n" JSON "Content-Length: %zu\r\n"
            "Lambda-Runtime-Aws-Request-Id: " ID_PREFIX "%012zx\r\n"
            "Lambda-Runtime-Deadline-Ms: %lld\r\n"
            "Lambda-Runtime-Invoked-Function-Arn: "
            "arn:aws:lambda:us-east-1:111122223333:function:enable-region-alert\r\n"
            "Lambda-Runtime-Trace-Id: "
            "Root=1-67f0c1d2-0123456789abcdef01234567;Parent=0123456789abcdef;Sampled=0\r\n\r\n",
            event.len, number, (long long)time(NULL) * 1000 + TIME_LIMIT_MS);
        lambda_buffer_add(&reply, event.data, event.len);
        books_send(books, number);
        ok = !reply.failed && connection_send(connection, reply.data, reply.len);
    }
    lambda_buffer_done(&event);
    lambda_buffer_done(&reply);
    return ok;
}

static bool take_answer(struct connection *connection, const struct request *request,
                        struct books *books)
{
    static const char accepted[] = "{\"status\":\"OK\"}\n";
    size_t number = 0;
    char verb[16] = "";
    const char *body = request->body.len > 0 ? request->body.data : "nothing";
    (void)sscanf(request->target, PREFIX "invocation/" ID_PREFIX "%12zx/%15s", &number, verb);
    if (strcmp(verb, "response") == 0)
        books_answer(books, number, &request->body, request->arrived_ns);
    else if (strcmp(verb, "error") == 0)
        books_give_up(books, number, body, request->arrived_ns);
    else if (strcmp(request->target, PREFIX "init/error") == 0)
        books_fail(books, "init/error: %.400s", body);
    else
        books_fail(books, "the Runtime API has no %s %s", request->method, request->target);
    return connection_reply(connection, "202 Accepted", JSON, accepted, sizeof accepted - 1);
}

bool runtime_api_answer(struct connection *connection, const struct request *request, void *user)
{
    struct books *books = user;
    if (strcmp(request->method, "GET") == 0 &&
        strcmp(request->target, PREFIX "invocation/next") == 0)
        return hand_out(connection, books, request->arrived_ns);
    return take_answer(connection, request, books);
}
