/*
 * Any values of the variables that are read: they are refused with a reason that names one, or all
 * that comes of them is in its bounds.
 *
 * The input: the values in the order of the list below, separated by 1E (hexadecimal); one that is
 * left out is not set.
 */
#include "alert/accounts.h"
#include "alert/region.h"
#include "config.h"
#include "fuzz.h"
#include "text.h"
#include <curl/curl.h>

extern char **environ;

enum { SEPARATOR = 0x1E, INPUT_MAX = 8192, NAME_MAX_LEN = 40 };

static const char *const names[] = {
    "ALERT_TOPIC_ARN",
    "AWS_ENDPOINT_URL_SNS",
    "ALERT_ACCOUNT_NAMES",
    "ALERT_FORMAT",
    "ALERT_MAX_BYTES",
    "ALERT_MAX_PER_SECOND",
    "AWS_MAX_ATTEMPTS",
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_ENDPOINT_URL",
    "AWS_REGION",
    "LAMBDA_TASK_ROOT",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "SSL_CERT_FILE",
    "AWS_CA_BUNDLE",
};
enum { NAMES = sizeof names / sizeof names[0] };

/* Makes the environment; setenv() would never free what it replaces. */
static void set_environment(const uint8_t *data, size_t size, char *variables[NAMES + 1])
{
    static char bytes[INPUT_MAX + NAMES * NAME_MAX_LEN];
    char *next = bytes;
    size_t count = 0;
    for (; count < NAMES && size > 0; count++) {
        const uint8_t *end = memchr(data, SEPARATOR, size);
        size_t len = end != NULL ? (size_t)(end - data) : size;
        variables[count] = next;
        next += snprintf(next, NAME_MAX_LEN, "%s=", names[count]);
        memcpy(next, data, len);
        next += len;
        *next++ = '\0';
        data += len + (end != NULL);
        size -= len + (end != NULL);
    }
    variables[count] = NULL;
}

/* What a URL is to libcurl, which is asked here for one part of it; "" if it is not there. */
static void get_part(CURLU *url, CURLUPart part, char out[CONFIG_URL_MAX])
{
    char *text = NULL;
    out[0] = '\0';
    if (curl_url_get(url, part, &text, 0) == CURLUE_OK)
        snprintf(out, CONFIG_URL_MAX, "%s", text);
    curl_free(text);
}

/* A request goes to the host that was checked, and in plain text to this machine only. */
static void check_url(const char *text)
{
    static const CURLUPart absent[] = {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_OPTIONS,
                                       CURLUPART_QUERY, CURLUPART_FRAGMENT};
    static const char *const loopback[] = {"127.0.0.1", "[::1]", "localhost", NULL};
    char part[CONFIG_URL_MAX];
    CURLU *url = curl_url();
    require(url != NULL);
    require(text[strlen(text) - 1] == '/' && strspn(text, "hHtTpPsS") > 0);
    if (curl_url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK) {
        for (size_t i = 0; i < sizeof absent / sizeof absent[0]; i++) {
            get_part(url, absent[i], part);
            require(part[0] == '\0');
        }
        get_part(url, CURLUPART_PATH, part);
        require(strcmp(part, "/") == 0);
        get_part(url, CURLUPART_HOST, part);
        require(strncmp(text, "https://", 8) == 0 || text_is_one_of(part, loopback));
    }
    curl_url_cleanup(url);
}

static void check_topic(const struct topic *topic)
{
    require(strncmp(topic->arn, "arn:", 4) == 0 && strchr(topic->arn, '/') == NULL);
    require(text_is(topic->region, TEXT_LOWER TEXT_DIGITS "-", 1, TOPIC_REGION_MAX - 1));
    require(text_is_account(topic->account));
    require(topic->is_fifo == text_ends_with(topic->arn, ".fifo"));
    require(is_clean(topic->arn));
}

static void check_names(const struct config *config)
{
    char name[ACCOUNTS_NAME_MAX];
    accounts_find(config->account_names, config->topic.account, name);
    require(is_clean(name) && is_clean(config->account_names));
    require(region_name(config->region)[0] == '\0' || region_is_code(config->region));
    require(!region_is_code(config->region) || strlen(config->region) <= REGION_CODE_MAX);
    require(region_partition(config->region)[0] != '\0');
}

static void check_config(const struct config *config)
{
    check_url(config->url);
    check_topic(&config->topic);
    check_names(config);
    require(config->endpoint.url == config->url);
    require(config->endpoint.region == config->topic.region);
    require(config->format >= MESSAGE_STRUCTURED && config->format <= MESSAGE_CHAT);
    require(config->max_bytes >= MESSAGE_LEAST_BYTES && config->max_bytes <= MESSAGE_MOST_BYTES);
    require(config->interval_ms >= 0 && config->interval_ms <= 1000);
    require(config->max_attempts >= 1 && config->max_attempts <= 10);
    require(text_ends_with(config->rules_folder, "/rules"));
}

/* The reason is for a person: it begins with, or holds, the name of a variable. */
static void check_reason(const struct lambda_error *err)
{
    bool is_named = strncmp(err->message, "the path ", 9) == 0;
    for (size_t i = 0; i < NAMES && !is_named; i++)
        is_named = strstr(err->message, names[i]) != NULL;
    require(is_named && strcmp(err->type, "Function.ConfigInvalid") == 0);
}

static void check_credentials(void)
{
    struct https_credentials keys;
    struct lambda_error err;
    if (!config_credentials(&keys, &err)) {
        require(strcmp(err.type, "Function.NoCredentials") == 0);
        return;
    }
    require(keys.access_key_id[0] != '\0' && keys.secret_access_key[0] != '\0');
    require(strpbrk(keys.access_key_id, "\r\n") == NULL);
    require(strpbrk(keys.secret_access_key, "\r\n") == NULL);
    require(strpbrk(keys.session_token, "\r\n") == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *variables[NAMES + 1];
    char **own = environ;
    struct config config;
    struct lambda_error err;
    if (size > INPUT_MAX)
        return -1;
    set_environment(data, size, variables);
    environ = variables;
    memset(&config, 0xff, sizeof config);
    if (config_read(&config, &err))
        check_config(&config);
    else
        check_reason(&err);
    check_credentials();
    environ = own;
    return 0;
}
