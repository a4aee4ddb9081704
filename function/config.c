#include "config.h"

#include "alert/accounts.h"
#include "text.h"
#include "version.h"
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static const char *const system_ca_bundles[] = {
    "/etc/pki/tls/certs/ca-bundle.crt",   /* Amazon Linux */
    "/etc/ssl/certs/ca-certificates.crt", /* Debian */
};

#define PORT                                                                                       \
    "(:([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?"

static const char https_form[] = "https://([A-Za-z0-9.-]+|[[][0-9a-fA-F:.]+[]])" PORT "/?";
static const char loopback_form[] = "http://(127[.]0[.]0[.]1|[[]::1[]]|localhost)" PORT "/?";

static const char *setting(const char *name)
{
    const char *value = getenv(name);
    return value == NULL ? "" : value;
}

static bool read_switch(const char *name, bool *on, struct lambda_error *err)
{
    const char *value = setting(name);
    *on = strcasecmp(value, "true") == 0;
    return *on || value[0] == '\0' || strcasecmp(value, "false") == 0 ||
           lambda_fail(err, "Function.ConfigInvalid", "%s is \"%s\": it must be true or false",
                       name, value);
}

static bool read_topic(struct config *config, struct lambda_error *err)
{
    static const char name[] = "ALERT_TOPIC_ARN";
    if (setting(name)[0] == '\0')
        return lambda_fail(err, "Function.ConfigInvalid",
                           "%s is not set: it must be the ARN of the SNS topic to publish to",
                           name);
    return topic_parse(&config->topic, name, setting(name), err);
}

/* Another endpoint, if one is set. */
static bool read_override(struct config *config, struct lambda_error *err)
{
    static const char *const names[] = {"AWS_ENDPOINT_URL_SNS", "AWS_ENDPOINT_URL"};
    bool ignored = false;
    if (!read_switch("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", &ignored, err))
        return false;
    const char *name = setting(names[0])[0] != '\0' ? names[0] : names[1];
    const char *url = ignored ? "" : setting(name);
    size_t len = strlen(url);
    if (len == 0)
        return true;
    if (len + 2 > sizeof config->url ||
        !(text_matches(url, https_form) || text_matches(url, loopback_form)))
        return lambda_fail(err, "Function.ConfigInvalid",
                           "%s is \"%s\": it must be https://host[:port], or http:// to "
                           "127.0.0.1, [::1] or localhost",
                           name, url);
    snprintf(config->url, sizeof config->url, "%s%s", url, url[len - 1] == '/' ? "" : "/");
    return true;
}

static bool read_endpoint(struct config *config, struct lambda_error *err)
{
    bool fips = false;
    bool dual_stack = false;
    if (!read_switch("AWS_USE_FIPS_ENDPOINT", &fips, err) ||
        !read_switch("AWS_USE_DUALSTACK_ENDPOINT", &dual_stack, err) || !read_override(config, err))
        return false;
    if (config->url[0] == '\0')
        return topic_endpoint(&config->topic, fips, dual_stack, config->url, err);
    return (!fips && !dual_stack) ||
           lambda_fail(err, "Function.ConfigInvalid",
                       "the endpoint %s is set together with AWS_USE_FIPS_ENDPOINT or "
                       "AWS_USE_DUALSTACK_ENDPOINT: unset one of them",
                       config->url);
}

/* The first file of certificates that is there; "" if none is. */
static const char *find_system_ca_bundle(void)
{
    const char *chosen = setting("SSL_CERT_FILE");
    if (access(chosen, R_OK) == 0)
        return chosen;
    for (size_t i = 0; i < sizeof system_ca_bundles / sizeof system_ca_bundles[0]; i++) {
        if (access(system_ca_bundles[i], R_OK) == 0)
            return system_ca_bundles[i];
    }
    return "";
}

static bool read_certificates(struct config *config, struct lambda_error *err)
{
    const char *file = setting("AWS_CA_BUNDLE");
    if (file[0] != '\0' && access(file, R_OK) != 0)
        return lambda_fail(err, "Function.ConfigInvalid",
                           "AWS_CA_BUNDLE is \"%s\": there is no such file to read", file);
    config->endpoint = (struct https_endpoint){
        .url = config->url,
        .region = config->topic.region,
        .service = "sns",
        .user_agent = "enable-region-alert/" VERSION,
        .ca_bundle = file,
        .system_ca_bundle = find_system_ca_bundle(),
        .amazon_roots = topic_is_commercial(&config->topic),
    };
    return true;
}

static bool read_format(struct config *config, struct lambda_error *err)
{
    const char *value = setting("ALERT_FORMAT");
    return value[0] == '\0' || message_find_format(value, &config->format) ||
           lambda_fail(err, "Function.ConfigInvalid",
                       "ALERT_FORMAT is \"%s\": it must be structured, email, ocsf or chat", value);
}

static bool read_account_names(struct config *config, struct lambda_error *err)
{
    static const char name[] = "ALERT_ACCOUNT_NAMES";
    config->account_names = setting(name);
    return accounts_check(config->account_names, name, err);
}

static bool read_numbers(struct config *config, struct lambda_error *err)
{
    long per_second = 0;
    const struct {
        const char *name;
        long least;
        long most;
        long otherwise;
        long *number;
    } rows[] = {
        {"ALERT_MAX_BYTES", MESSAGE_LEAST_BYTES, MESSAGE_MOST_BYTES, MESSAGE_USUAL_BYTES,
         &config->max_bytes},
        {"ALERT_MAX_PER_SECOND", 0, 100, 5, &per_second},
        {"AWS_MAX_ATTEMPTS", 1, 10, 3, &config->max_attempts},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *value = setting(rows[i].name);
        long number = strtol(value, NULL, 10); /* of digits alone, as the next line sees to */
        bool fits =
            text_is(value, TEXT_DIGITS, 1, 7) && number >= rows[i].least && number <= rows[i].most;
        *rows[i].number = fits ? number : rows[i].otherwise;
        if (!fits && value[0] != '\0')
            return lambda_fail(err, "Function.ConfigInvalid", "%s is \"%s\": it must be %ld to %ld",
                               rows[i].name, value, rows[i].least, rows[i].most);
    }
    config->interval_ms = per_second == 0 ? 0 : (999 + per_second) / per_second;
    return true;
}

static bool read_rules_folder(struct config *config, struct lambda_error *err)
{
    char executable[CONFIG_PATH_MAX];
    const char *root = setting("LAMBDA_TASK_ROOT");
    ssize_t path_len = readlink("/proc/self/exe", executable, sizeof executable - 1);
    executable[path_len < 0 ? 0 : path_len] = '\0';
    const char *parent = root[0] != '\0' ? root : dirname(executable);
    int len = snprintf(config->rules_folder, sizeof config->rules_folder, "%s/rules", parent);
    return (size_t)len < sizeof config->rules_folder ||
           lambda_fail(err, "Function.ConfigInvalid", "the path %.100s... is too long", parent);
}

bool config_read(struct config *config, struct lambda_error *err)
{
    *config = (struct config){.region = setting("AWS_REGION")};
    return read_topic(config, err) && read_endpoint(config, err) &&
           read_certificates(config, err) && read_format(config, err) &&
           read_account_names(config, err) && read_numbers(config, err) &&
           read_rules_folder(config, err);
}

bool config_credentials(struct https_credentials *credentials, struct lambda_error *err)
{
    static const char *const names[] = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY",
                                        "AWS_SESSION_TOKEN"};
    const char *values[3];
    for (size_t i = 0; i < 3; i++) {
        bool required = i < 2;
        values[i] = setting(names[i]);
        if (required && values[i][0] == '\0')
            return lambda_fail(err, "Function.NoCredentials",
                               "%s is not set: Lambda sets it for a function with a role",
                               names[i]);
        if (strpbrk(values[i], "\r\n") != NULL)
            return lambda_fail(err, "Function.NoCredentials", "%s holds a line break", names[i]);
    }
    *credentials = (struct https_credentials){
        .access_key_id = values[0], .secret_access_key = values[1], .session_token = values[2]};
    return true;
}
