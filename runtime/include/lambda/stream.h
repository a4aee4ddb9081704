/*
 * lambda/stream.h - a response in pieces, of which the caller reads the first while the handler
 * still works on the next.
 *
 *     static bool count(const struct lambda_invocation *invocation,
 *                       struct lambda_buffer *response, struct lambda_error *err, void *user)
 *     {
 *         for (int i = 1; i <= 10; i++) {
 *             lambda_buffer_format(response, "%d\n", i);
 *             if (!lambda_stream_send(invocation, response, err))
 *                 return false;
 *             sleep(1);
 *         }
 *         return true;
 *     }
 *
 * It is a handler like any other: what makes its response a stream is that it calls one of these.
 * When it returns true, what is left in response is the last piece. When it returns false, the body
 * ends after the last piece that was sent, and the error follows in HTTP trailers: Lambda counts
 * the invocation as failed, but the caller has what came before. If nothing was sent yet, the error
 * is posted as ever.
 *
 * Lambda streams to callers of InvokeWithResponseStream, to function URLs of the invoke mode
 * RESPONSE_STREAM, and to API Gateway; for any other it collects the pieces.
 *
 * Source: AWS Lambda Developer Guide, "Using the Lambda runtime API for custom runtimes", "Response
 * streaming".
 */
#ifndef LAMBDA_STREAM_H
#define LAMBDA_STREAM_H

#include <lambda/runtime.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Sends what response holds, and empties it. Blocks until the kernel has taken all of it, which is
 * as fast as Lambda reads: 2 MB/s after the first 6 MB, and 200 MB in all. No time limit but the
 * deadline of the invocation. False, with err set, if response has failed, Lambda ended the stream
 * or the connection broke: every later call is false as well, so return false.
 *
 * In a test of a handler, where the invocation has no client, the pieces stay in response.
 */
LAMBDA_MUST_CHECK bool lambda_stream_send(const struct lambda_invocation *invocation,
                                          struct lambda_buffer *response, struct lambda_error *err);

struct lambda_stream_header {
    const char *name, *value;
};

/* What an HTTP response has before its body. */
struct lambda_stream_head {
    int status;
    const struct lambda_stream_header *headers; /* a list that ends with a zeroed one; or NULL */
    const char *const *cookies; /* values of Set-Cookie, a list that ends with NULL; or NULL */
};

/*
 * Appends the head of an HTTP response, for a function URL or API Gateway, to the response, which
 * must be empty and of which no piece was sent yet. It goes out with the first piece. Without it
 * the status is 200 and the content type application/octet-stream.
 */
void lambda_stream_prelude(const struct lambda_invocation *invocation,
                           struct lambda_buffer *response, const struct lambda_stream_head *head);

#ifdef __cplusplus
}
#endif

#endif
