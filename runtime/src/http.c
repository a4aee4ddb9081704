#include "http.h"

#include <curl/curl.h>
#include <lambda/runtime.h>
#include <stdint.h>
#include <string.h>

/* The bound of one poll. libcurl shortens it when it has something to do earlier. */
enum { POLL_MS = 60000 };

static size_t take_body(char *bytes, size_t size, size_t count, void *user)
{
    struct lambda_http *http = user;
    lambda_buffer_add(&http->body, bytes, size * count);
    return size * count; /* of too long a body the rest is read as well: the connection is kept */
}

static bool is_blank(char byte)
{
    return memchr(" \t\r\n", byte, 4) != NULL;
}

static void keep_value(struct lambda_http_field *field, const char *line, size_t len)
{
    size_t name_len = strlen(field->name);
    if (field->seen || len <= name_len || line[name_len] != ':' ||
        !curl_strnequal(line, field->name, name_len))
        return;
    const char *start = line + name_len + 1, *end = line + len;
    while (start < end && is_blank(*start))
        start++;
    while (start < end && is_blank(end[-1]))
        end--;
    lambda_buffer_add(&field->value, start, (size_t)(end - start));
    field->seen = true;
}

/* One whole line of the answer's head: not terminated, free of NULs (libcurl refuses them). */
static size_t take_header(char *line, size_t size, size_t count, void *user)
{
    struct lambda_http *http = user;
    if (curl_strnequal(line, "HTTP/", 5))
        http->head_ended = false; /* an interim answer (1xx) may have come before */
    else if (is_blank(line[0]) && size * count <= 2)
        http->head_ended = true;
    for (struct lambda_http_field *field = http->fields; field && field->name; field++)
        keep_value(field, line, size * count);
    return size * count;
}

/*
 * libcurl calls this before it sends a request, and once more when a kept connection has died
 * without an answer and it is about to send the same request on a new one.
 */
static int allow_sending(void *user, char *peer, char *local, int peer_port, int local_port)
{
    (void)peer, (void)local, (void)peer_port, (void)local_port;
    const struct lambda_http *http = user;
    long sent = 0; /* bytes of this request so far, over all connections */
    curl_easy_getinfo(http->easy, CURLINFO_REQUEST_SIZE, &sent);
    return http->once && sent > 0 ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

static bool set_numbers(CURL *easy)
{
    static const struct {
        CURLoption option;
        long value;
    } options[] = {
        {CURLOPT_NOSIGNAL, 1},
        {CURLOPT_TIMEOUT, 0}, /* the process is frozen while it waits for an event */
        {CURLOPT_CONNECTTIMEOUT, 1},
        {CURLOPT_TCP_NODELAY, 1},
        {CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1},
        {CURLOPT_FOLLOWLOCATION, 0},
    };
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        if (curl_easy_setopt(easy, options[i].option, options[i].value) != CURLE_OK)
            return false;
    }
    return true;
}

static bool set_strings(CURL *easy)
{
    /* http_proxy and its kin are not for us. A libcurl without proxies does not know the option. */
    CURLcode code = curl_easy_setopt(easy, CURLOPT_PROXY, "");
    if (code != CURLE_OK && code != CURLE_UNKNOWN_OPTION)
        return false;
    static const char agent[] = "lambda-c-runtime/" LAMBDA_RUNTIME_VERSION;
    return curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http") == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_USERAGENT, agent) == CURLE_OK;
}

static bool set_callbacks(CURL *easy, struct lambda_http *http)
{
    return curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_WRITEDATA, http) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_HEADERDATA, http) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, allow_sending) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_PREREQDATA, http) == CURLE_OK;
}

bool lambda_http_init(struct lambda_http *http, size_t body_max)
{
    *http = (struct lambda_http){.problem = ""};
    lambda_buffer_init(&http->body, body_max);
    http->global = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
    http->easy = http->global ? curl_easy_init() : NULL;
    http->multi = http->global ? curl_multi_init() : NULL;
    if (http->easy && http->multi && set_numbers(http->easy) && set_strings(http->easy) &&
        set_callbacks(http->easy, http))
        return true;
    lambda_http_done(http);
    return false;
}

void lambda_http_done(struct lambda_http *http)
{
    lambda_http_stop(http); /* a parked request, or one in the middle of its body */
    if (http->easy)
        curl_easy_cleanup(http->easy);
    curl_slist_free_all(http->headers);
    curl_url_cleanup(http->address);
    if (http->multi)
        curl_multi_cleanup(http->multi);
    if (http->global)
        curl_global_cleanup();
    lambda_buffer_done(&http->body);
    *http = (struct lambda_http){0};
}

void lambda_http_keep_connection(struct lambda_http *http, bool keep)
{
    curl_easy_setopt(http->easy, CURLOPT_FORBID_REUSE, keep ? 0L : 1L);
}

/* Forgets the last answer. */
static void reset(struct lambda_http *http, struct lambda_http_field *fields)
{
    http->status = HTTP_NO_ANSWER;
    http->problem = "libcurl could not make the request";
    http->fields = fields;
    http->head_ended = http->hungry = false;
    lambda_buffer_clear(&http->body);
    for (; fields && fields->name; fields++) {
        lambda_buffer_clear(&fields->value);
        fields->seen = false;
    }
}

static void conclude(struct lambda_http *http, CURLcode code)
{
    long status = 0;
    if (code == CURLE_ABORTED_BY_CALLBACK) {
        http->problem = "the connection broke after the request was sent";
    } else if (code != CURLE_OK) {
        http->problem = curl_easy_strerror(code);
    } else if (!http->head_ended) { /* to libcurl that is a good answer without a body */
        http->problem = "the connection ended in the middle of a header";
    } else if (curl_easy_getinfo(http->easy, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK) {
        http->status = (int)status;
        http->problem = "";
    }
}

bool lambda_http_start(struct lambda_http *http)
{
    http->running = curl_multi_add_handle(http->multi, http->easy) == CURLM_OK;
    return http->running;
}

void lambda_http_stop(struct lambda_http *http)
{
    if (http->running)
        curl_multi_remove_handle(http->multi, http->easy); /* closes a connection that is in use */
    http->running = false;
    if (http->spare) {
        curl_easy_cleanup(http->easy);
        http->easy = http->spare;
        http->spare = NULL;
    }
}

bool lambda_http_run(struct lambda_http *http, int stop_fd)
{
    struct curl_waitfd stop = {.fd = stop_fd, .events = CURL_WAIT_POLLIN};
    int running = 1, left = 0;
    /* perform comes after poll and before the look at stop: an answer that is there is taken. */
    while (curl_multi_perform(http->multi, &running) == CURLM_OK && running > 0 && !stop.revents &&
           !http->hungry) {
        if (curl_multi_poll(http->multi, &stop, stop_fd < 0 ? 0 : 1, POLL_MS, NULL) != CURLM_OK)
            break;
    }
    if (running > 0 && http->hungry)
        return true;
    const CURLMsg *done = curl_multi_info_read(http->multi, &left);
    if (done)
        conclude(http, done->data.result);
    else if (stop.revents)
        http->status = HTTP_STOPPED;
    lambda_http_stop(http);
    return false;
}

/* Reading a whole URL, as CURLOPT_URL does, would be a fifth of a request's instructions. */
static bool set_url(struct lambda_http *http, const char *url)
{
    const char *path = strchr(url + strlen("http://"), '/');
    bool first = http->address == NULL;
    if (first)
        http->address = curl_url();
    if (path == NULL || http->address == NULL)
        return false;
    CURLUcode code =
        curl_url_set(http->address, first ? CURLUPART_URL : CURLUPART_PATH, first ? url : path, 0);
    if (code == CURLUE_OK)
        return curl_easy_setopt(http->easy, CURLOPT_CURLU, http->address) == CURLE_OK;
    http->problem = curl_url_strerror(code);
    curl_url_cleanup(http->address);
    http->address = NULL;
    return false;
}

void lambda_http_get(struct lambda_http *http, const char *url, struct lambda_http_field *fields,
                     int stop_fd)
{
    reset(http, fields);
    http->once = false;
    if (set_url(http, url) && curl_easy_setopt(http->easy, CURLOPT_HTTPGET, 1L) == CURLE_OK &&
        curl_easy_setopt(http->easy, CURLOPT_HTTPHEADER, NULL) == CURLE_OK &&
        lambda_http_start(http))
        lambda_http_run(http, stop_fd);
}

static bool add_line(struct curl_slist **list, const char *line)
{
    struct curl_slist *longer = curl_slist_append(*list, line);
    if (longer)
        *list = longer;
    return longer != NULL;
}

static bool is_sendable(const char *value)
{
    size_t len = 0;
    while ((unsigned char)value[len] >= ' ' && value[len] != '\x7F')
        len++;
    return len > 0 && value[len] == '\0';
}

static bool add_header(struct curl_slist **list, const struct lambda_http_header *header)
{
    if (!is_sendable(header->value))
        return true;
    struct lambda_buffer line;
    lambda_buffer_init(&line, SIZE_MAX);
    lambda_buffer_format(&line, "%s: %s", header->name, header->value);
    bool added = !line.failed && add_line(list, line.data);
    lambda_buffer_done(&line);
    return added;
}

bool lambda_http_add_headers(struct curl_slist **list, const struct lambda_http_header *headers)
{
    for (; headers->name; headers++) {
        if (!add_header(list, headers))
            return false;
    }
    return true;
}

/* The lines that libcurl shall send instead of its own; what has no value it leaves out. */
static bool make_list(struct curl_slist **list, const struct lambda_http_header *headers)
{
    return add_line(list, "Expect:") && lambda_http_add_headers(list, headers);
}

static bool set_headers(struct lambda_http *http, const struct lambda_http_header *headers)
{
    struct curl_slist *list = NULL;
    bool made = make_list(&list, headers) &&
                curl_easy_setopt(http->easy, CURLOPT_HTTPHEADER, list) == CURLE_OK;
    curl_slist_free_all(http->headers); /* of the last request */
    http->headers = list;
    return made;
}

bool lambda_http_prepare(struct lambda_http *http, const char *url,
                         const struct lambda_http_header *headers, struct lambda_http_field *fields)
{
    reset(http, fields);
    return set_headers(http, headers) && set_url(http, url);
}

void lambda_http_post(struct lambda_http *http, const char *url,
                      const struct lambda_http_header *headers, const struct lambda_buffer *body,
                      struct lambda_http_field *fields)
{
    http->once = true;
    if (lambda_http_prepare(http, url, headers, fields) &&
        curl_easy_setopt(http->easy, CURLOPT_POST, 1L) == CURLE_OK &&
        curl_easy_setopt(http->easy, CURLOPT_POSTFIELDS, body->data) == CURLE_OK &&
        curl_easy_setopt(http->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body->len) ==
            CURLE_OK &&
        lambda_http_start(http))
        lambda_http_run(http, -1);
}

bool lambda_http_park(struct lambda_http *http, const char *url,
                      const struct lambda_http_header *headers)
{
    int running = 1;
    long sent = 0;
    if (!lambda_http_prepare(http, url, headers, NULL) ||
        curl_easy_setopt(http->easy, CURLOPT_HTTPGET, 1L) != CURLE_OK || !lambda_http_start(http))
        return false;
    while (curl_multi_perform(http->multi, &running) == CURLM_OK && running > 0 &&
           curl_easy_getinfo(http->easy, CURLINFO_REQUEST_SIZE, &sent) == CURLE_OK && sent == 0) {
        if (curl_multi_poll(http->multi, NULL, 0, POLL_MS, NULL) != CURLM_OK)
            return false;
    }
    return running > 0 && sent > 0;
}
