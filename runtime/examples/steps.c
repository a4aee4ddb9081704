/* A loop of one's own. It gives up at the first trouble, where lambda_run() would try again. */
#include <lambda/client.h>
#include <stdlib.h>

/* False if the process must end. */
static bool serve(struct lambda_client *client, struct lambda_buffer *response)
{
    struct lambda_invocation invocation;
    struct lambda_verdict verdict = lambda_client_next(client, -1, &invocation);
    if (verdict.action != LAMBDA_GO_ON)
        return false;
    lambda_buffer_clear(response);
    lambda_buffer_format(response, "\"%zu bytes\"", invocation.event_len);
    verdict = lambda_client_respond(client, &invocation, response);
    lambda_log(invocation.logger, verdict.level, verdict.meaning, NULL);
    return verdict.action == LAMBDA_GO_ON;
}

int main(void)
{
    struct lambda_error err;
    struct lambda_buffer response;
    struct lambda_client *client = lambda_client_new(NULL, &err);
    if (!client)
        return EXIT_FAILURE;
    lambda_buffer_init(&response, LAMBDA_RESPONSE_MAX);
    while (serve(client, &response))
        ;
    lambda_buffer_done(&response);
    lambda_client_free(client);
    return EXIT_FAILURE;
}
