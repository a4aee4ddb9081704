#include "http.h"

#include <curl/curl.h>
#include <string.h>

/* libcurl asks for the body, and waits while there is no more of it yet. */
static size_t give_piece(char *into, size_t size, size_t count, void *user)
{
    struct lambda_http *http = user;
    size_t room = size * count;
    size_t len = http->piece_len < room ? http->piece_len : room;
    if (len == 0 && !http->last) {
        http->hungry = true;
        return CURL_READFUNC_PAUSE;
    }
    memcpy(into, http->piece, len);
    http->piece += len;
    http->piece_len -= len;
    return len;
}

/* The list is libcurl's to free, even if it is not whole. */
static int give_trailers(struct curl_slist **list, void *user)
{
    const struct lambda_http *http = user;
    return lambda_http_add_headers(list, http->trailers) ? CURL_TRAILERFUNC_OK
                                                         : CURL_TRAILERFUNC_ABORT;
}

static bool set_callbacks(CURL *easy, struct lambda_http *http)
{
    return curl_easy_setopt(easy, CURLOPT_READFUNCTION, give_piece) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_READDATA, http) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_TRAILERFUNCTION, give_trailers) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_TRAILERDATA, http) == CURLE_OK;
}

/*
 * Another handle for this one request: one that has sent trailers is not fit for a second body
 * (libcurl 7.88 then writes in front of its buffer). The connections are the multi handle's.
 */
static bool take_new_handle(struct lambda_http *http)
{
    CURL *easy = curl_easy_duphandle(http->easy);
    if (!easy)
        return false;
    http->spare = http->easy;
    http->easy = easy;
    return true;
}

static bool set_body(struct lambda_http *http)
{
    http->last = false;
    http->piece = "";
    http->piece_len = 0;
    return curl_easy_setopt(http->easy, CURLOPT_POST, 1L) == CURLE_OK &&
           curl_easy_setopt(http->easy, CURLOPT_POSTFIELDS, NULL) == CURLE_OK &&
           curl_easy_setopt(http->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)-1) == CURLE_OK;
}

bool lambda_http_begin(struct lambda_http *http, const char *url,
                       const struct lambda_http_header *headers)
{
    http->once = true;
    return lambda_http_prepare(http, url, headers, NULL) && take_new_handle(http) &&
           set_callbacks(http->easy, http) && set_body(http) && lambda_http_start(http) &&
           lambda_http_run(http, -1);
}

bool lambda_http_send(struct lambda_http *http, const struct lambda_buffer *piece)
{
    http->piece = piece->data;
    http->piece_len = piece->len;
    http->hungry = false;
    return http->running && curl_easy_pause(http->easy, CURLPAUSE_CONT) == CURLE_OK &&
           lambda_http_run(http, -1);
}

void lambda_http_end(struct lambda_http *http, const struct lambda_buffer *piece,
                     const struct lambda_http_header *trailers)
{
    http->last = true;
    http->trailers = trailers;
    lambda_http_send(http, piece);
}
