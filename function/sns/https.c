#include "sns/https.h"

#include "memory.h"
#include "text.h"
#include <ctype.h>
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { CONNECT_TIMEOUT_MS = 2000, HEADER_MAX = 16384, SIGV4_MAX = 192 };

static const char content_type[] = "Content-Type: application/x-www-form-urlencoded; charset=utf-8";

/* The quicker one first; OpenSSL would begin with the other. */
static const char tls13_ciphers[] = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384";

/* What one request adds to what all have in common. */
struct request {
    const struct https_credentials *credentials; /* NULL: an unsigned HEAD */
    const char *form;
    size_t form_len;
    int64_t timeout_ms;
    struct https_reply *reply;
};

void https_reply_init(struct https_reply *reply)
{
    *reply = (struct https_reply){.retry_after_ms = -1};
    lambda_buffer_init(&reply->body, HTTPS_REPLY_MAX);
}

void https_reply_done(struct https_reply *reply)
{
    lambda_buffer_done(&reply->body);
}

static void clear_reply(struct https_reply *reply)
{
    lambda_buffer_clear(&reply->body);
    reply->status = 0;
    reply->request_id[0] = '\0';
    reply->retry_after_ms = -1;
    reply->problem[0] = '\0';
}

bool https_init(struct https *https, const struct https_endpoint *endpoint,
                struct lambda_error *err)
{
    *https = (struct https){.endpoint = *endpoint};
    if (trust_start() && curl_global_init_mem(CURL_GLOBAL_DEFAULT, memory_take, free, memory_resize,
                                              memory_copy, memory_take_zeroed) == CURLE_OK)
        https->handle = curl_easy_init();
    return https->handle != NULL ||
           lambda_fail(err, "Function.ConfigInvalid", "libcurl cannot start");
}

void https_done(struct https *https)
{
    if (https->handle == NULL)
        return;
    curl_easy_cleanup(https->handle);
    trust_done(&https->trust);
    curl_global_cleanup();
    *https = (struct https){0};
}

/* Keeps what fits: a server that sends too much must not make its answer unreadable. */
static size_t receive_body(char *data, size_t size, size_t count, void *user)
{
    struct https_reply *reply = user;
    size_t len = size * count;
    size_t room = HTTPS_REPLY_MAX - reply->body.len;
    lambda_buffer_add(&reply->body, data, len < room ? len : room);
    return len;
}

/* The value of a header line if it has that name, without spaces around it; else NULL. */
static const char *header_value(const char *line, size_t len, const char *name, size_t *value_len)
{
    size_t name_len = strlen(name);
    if (len <= name_len || strncasecmp(line, name, name_len) != 0 || line[name_len] != ':')
        return NULL;
    const char *start = line + name_len + 1;
    const char *end = line + len;
    while (start < end && strchr(" \t", *start) != NULL)
        start++;
    while (start < end && strchr(" \t\r\n", end[-1]) != NULL)
        end--;
    *value_len = (size_t)(end - start);
    return start;
}

/* Whether a line is a status line without a status: libcurl takes it for a 200. */
static bool lacks_status(const char *line, size_t len)
{
    static const char form[] = "HTTP/1.0 000";
    if (len < 5 || strncasecmp(line, form, 5) != 0)
        return false;
    for (size_t i = 0; i < sizeof form - 1; i++) {
        bool fits =
            i < len && (form[i] == '0' ? isdigit((unsigned char)line[i]) != 0 : line[i] == form[i]);
        if (!fits)
            return true;
    }
    return false;
}

static size_t receive_header(char *line, size_t size, size_t count, void *user)
{
    struct https_reply *reply = user;
    size_t len = size * count;
    if (lacks_status(line, len))
        return 0; /* ends the transfer */
    size_t value_len = 0;
    const char *value = header_value(line, len, "x-amzn-requestid", &value_len);
    if (value != NULL && value_len < sizeof reply->request_id) {
        reply->request_id[0] = '\0';
        text_add_clean(reply->request_id, sizeof reply->request_id, value, value_len);
    }
    value = header_value(line, len, "x-amz-retry-after", &value_len);
    char digits[10] = ""; /* 9 digits of milliseconds are 11 days: enough, and no overflow */
    if (value != NULL && value_len > 0 && value_len < sizeof digits) {
        snprintf(digits, sizeof digits, "%.*s", (int)value_len, value);
        if (strspn(digits, "0123456789") == value_len)
            reply->retry_after_ms = strtol(digits, NULL, 10);
    }
    return len;
}

/*
 * libcurl asks before it sends a request, and again when a kept connection has died without an
 * answer and it would send the same request on a new one. That would be an attempt nobody counts.
 */
static int allow_sending(void *user, char *peer, char *local, int peer_port, int local_port)
{
    (void)peer, (void)local, (void)peer_port, (void)local_port;
    long sent = 0; /* bytes of this request so far, over all connections */
    curl_easy_getinfo(user, CURLINFO_REQUEST_SIZE, &sent);
    return sent > 0 ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

static bool uses_amazon_roots(const struct https *https)
{
    return https->endpoint.ca_bundle[0] == '\0' && https->endpoint.amazon_roots &&
           !https->fell_back;
}

static CURLcode trust_amazon_roots(CURL *curl, void *ssl_ctx, void *user)
{
    (void)curl;
    return trust_amazon(user, ssl_ctx) ? CURLE_OK : CURLE_OUT_OF_MEMORY;
}

static bool set_trust(struct https *https)
{
    CURL *curl = https->handle;
    if (uses_amazon_roots(https))
        return curl_easy_setopt(curl, CURLOPT_SSL_CTX_FUNCTION, trust_amazon_roots) == CURLE_OK &&
               curl_easy_setopt(curl, CURLOPT_SSL_CTX_DATA, &https->trust) == CURLE_OK;
    const char *file = https->endpoint.ca_bundle[0] != '\0' ? https->endpoint.ca_bundle
                                                            : https->endpoint.system_ca_bundle;
    return curl_easy_setopt(curl, CURLOPT_CAINFO, file) == CURLE_OK;
}

static bool set_transfer(struct https *https, const struct request *request, char *problem)
{
    CURL *curl = https->handle;
    const char *url = https->endpoint.url;
    const char *protocol = strncmp(url, "http:", 5) == 0 ? "http" : "https";
    long timeout = (long)request->timeout_ms;
    long connect_timeout = timeout < CONNECT_TIMEOUT_MS ? timeout : CONNECT_TIMEOUT_MS;
    curl_easy_reset(curl); /* keeps the connection */
    /* A libcurl that was built without proxies does not know the option: nothing to switch off. */
    (void)curl_easy_setopt(curl, CURLOPT_PROXY, "");
    return curl_easy_setopt(curl, CURLOPT_URL, url) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, protocol) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_TLS13_CIPHERS, tls13_ciphers) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, connect_timeout) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, timeout) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_USERAGENT, https->endpoint.user_agent) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, receive_body) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_WRITEDATA, request->reply) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, receive_header) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_HEADERDATA, request->reply) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_PREREQFUNCTION, allow_sending) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_PREREQDATA, curl) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, problem) == CURLE_OK && set_trust(https);
}

/* Every header given here is signed, so there are only these two. */
static struct curl_slist *make_headers(const struct https_credentials *credentials)
{
    struct curl_slist *headers = curl_slist_append(NULL, content_type);
    if (headers == NULL || credentials->session_token[0] == '\0')
        return headers;
    struct lambda_buffer token;
    lambda_buffer_init(&token, HEADER_MAX);
    lambda_buffer_format(&token, "X-Amz-Security-Token: %s", credentials->session_token);
    struct curl_slist *more = token.failed ? NULL : curl_slist_append(headers, token.data);
    if (more == NULL)
        curl_slist_free_all(headers);
    lambda_buffer_done(&token);
    return more;
}

static bool set_signed_form(const struct https *https, const struct request *request,
                            const struct curl_slist *headers)
{
    CURL *curl = https->handle;
    char signature[SIGV4_MAX];
    snprintf(signature, sizeof signature, "aws:amz:%s:%s", https->endpoint.region,
             https->endpoint.service);
    return curl_easy_setopt(curl, CURLOPT_AWS_SIGV4, signature) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_USERNAME, request->credentials->access_key_id) ==
               CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_PASSWORD, request->credentials->secret_access_key) ==
               CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->form_len) ==
               CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->form) == CURLE_OK &&
           /* above 1 MiB libcurl asks first; a header that forbids it would be signed */
           curl_easy_setopt(curl, CURLOPT_EXPECT_100_TIMEOUT_MS, 1L) == CURLE_OK;
}

static CURLcode perform(struct https *https, const struct request *request, char *problem)
{
    CURL *curl = https->handle;
    clear_reply(request->reply);
    if (!set_transfer(https, request, problem))
        return CURLE_OUT_OF_MEMORY;
    if (request->credentials == NULL) {
        curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
        return curl_easy_perform(curl);
    }
    struct curl_slist *headers = make_headers(request->credentials);
    CURLcode code = headers != NULL && set_signed_form(https, request, headers)
                        ? curl_easy_perform(curl)
                        : CURLE_OUT_OF_MEMORY;
    curl_slist_free_all(headers);
    return code;
}

static bool is_distrust(CURLcode code)
{
    return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE;
}

static enum https_result send_request(struct https *https, struct request *request)
{
    struct https_reply *reply = request->reply;
    char problem[CURL_ERROR_SIZE] = "";
    int64_t timeout_ms = request->timeout_ms;
    CURLcode code = perform(https, request, problem);
    if (is_distrust(code) && uses_amazon_roots(https) &&
        https->endpoint.system_ca_bundle[0] != '\0') {
        curl_off_t spent_us = 0;
        curl_easy_getinfo(https->handle, CURLINFO_TOTAL_TIME_T, &spent_us);
        https->fell_back = true;
        request->timeout_ms = timeout_ms - spent_us / 1000;
        if (request->timeout_ms > 0)
            code = perform(https, request, problem);
    }
    if (code == CURLE_OK) {
        curl_easy_getinfo(https->handle, CURLINFO_RESPONSE_CODE, &reply->status);
        return HTTPS_ANSWERED;
    }
    if (code == CURLE_ABORTED_BY_CALLBACK)
        snprintf(problem, sizeof problem, "the connection ended before an answer came");
    snprintf(reply->problem, sizeof reply->problem, "%s (libcurl %d)",
             problem[0] != '\0' ? problem : curl_easy_strerror(code), (int)code);
    return is_distrust(code) ? HTTPS_UNTRUSTED : HTTPS_UNREACHABLE;
}

enum https_result https_connect(struct https *https, int64_t timeout_ms, struct https_reply *reply)
{
    struct request request = {.timeout_ms = timeout_ms, .reply = reply};
    return send_request(https, &request);
}

enum https_result https_post(struct https *https, const struct https_credentials *credentials,
                             const char *form, size_t len, int64_t timeout_ms,
                             struct https_reply *reply)
{
    struct request request = {.credentials = credentials,
                              .form = form,
                              .form_len = len,
                              .timeout_ms = timeout_ms,
                              .reply = reply};
    return send_request(https, &request);
}
