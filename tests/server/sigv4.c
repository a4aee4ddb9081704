#include "sigv4.h"

#include <ctype.h>
#include <openssl/crypto.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum { SKEW_S = 15 * 60, CANONICAL_MAX = 65536, HEX_LEN = 2 * SHA256_DIGEST_LENGTH };

/* What the Authorization header says. */
struct claim {
    char key_id[128];
    char scope[128];         /* date/region/service/aws4_request */
    char signed_names[1024]; /* of headers, between semicolons */
    char signature[HEX_LEN + 1];
};

/* A header as a C string; "" if it did not come or does not fit. */
static const char *header(const struct request *request, const char *name, char *text, size_t size)
{
    size_t len = 0;
    const char *value = request_header(request, name, &len);
    snprintf(text, size, "%.*s", value != NULL && len < size ? (int)len : 0, value);
    return text;
}

static bool read_claim(const struct request *request, struct claim *claim)
{
    char text[2048];
    int end = 0;
    header(request, "Authorization", text, sizeof text);
    return sscanf(text,
                  "AWS4-HMAC-SHA256 Credential=%127[^/, ]/%127[^, ], "
                  "SignedHeaders=%1023[a-z0-9;-], Signature=%64[0-9a-f]%n",
                  claim->key_id, claim->scope, claim->signed_names, claim->signature, &end) == 4 &&
           text[end] == '\0';
}

static bool is_recent(const char *stamp)
{
    struct tm tm = {0};
    int end = 0;
    if (sscanf(stamp, "%4d%2d%2dT%2d%2d%2dZ%n", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour,
               &tm.tm_min, &tm.tm_sec, &end) != 6 ||
        stamp[end] != '\0')
        return false;
    tm.tm_year -= 1900;
    tm.tm_mon -= 1;
    return llabs((long long)(timegm(&tm) - time(NULL))) <= SKEW_S;
}

static bool is_signed(const char *names, const char *name, size_t len)
{
    for (const char *at = names; *at != '\0'; at += strspn(at, ";")) {
        size_t at_len = strcspn(at, ";");
        if (at_len == len && strncasecmp(at, name, len) == 0)
            return true;
        at += at_len;
    }
    return false;
}

/* The host and every x-amz- header must be signed. */
static bool covers_enough(const struct request *request, const char *names)
{
    bool enough = is_signed(names, "x-amz-date", 10) && is_signed(names, "host", 4);
    for (const char *line = request->head.data; *line != '\0'; line = strchr(line, '\n') + 1) {
        if (strncasecmp(line, "x-amz-", 6) == 0)
            enough = enough && is_signed(names, line, strcspn(line, ":"));
    }
    return enough;
}

static void add_hex(struct lambda_buffer *text, const unsigned char digest[SHA256_DIGEST_LENGTH])
{
    static const char digits[] = "0123456789abcdef";
    char hex[HEX_LEN];
    for (size_t i = 0; i < SHA256_DIGEST_LENGTH; i++) {
        hex[2 * i] = digits[digest[i] / 16];
        hex[2 * i + 1] = digits[digest[i] % 16];
    }
    lambda_buffer_add(text, hex, sizeof hex);
}

static void add_sha256(struct lambda_buffer *text, const struct lambda_buffer *of)
{
    unsigned char digest[SHA256_DIGEST_LENGTH];
    SHA256((const unsigned char *)of->data, of->len, digest);
    add_hex(text, digest);
}

/* name:value, with every run of blanks inside the value as one. */
static bool add_header(struct lambda_buffer *text, const struct request *request, const char *name)
{
    size_t len = 0;
    const char *value = request_header(request, name, &len);
    lambda_buffer_format(text, "%s:", name);
    for (size_t i = 0; value != NULL && i < len; i++) {
        if (!isblank(value[i]) || !isblank(value[i - 1]))
            lambda_buffer_add(text, isblank(value[i]) ? " " : &value[i], 1);
    }
    lambda_buffer_add_string(text, "\n");
    return value != NULL;
}

/* False: a signed header did not come, or the names are not in order. */
static bool add_headers(struct lambda_buffer *text, const struct request *request,
                        const char *signed_names)
{
    char names[1024], *rest = names;
    const char *before = "";
    snprintf(names, sizeof names, "%s", signed_names);
    for (const char *name; (name = strtok_r(rest, ";", &rest)) != NULL; before = name) {
        if (strcmp(before, name) >= 0 || !add_header(text, request, name))
            return false;
    }
    return true;
}

static bool make_canonical(struct lambda_buffer *text, const struct request *request,
                           const char *signed_names)
{
    lambda_buffer_format(text, "%s\n%s\n\n", request->method, request->target);
    if (!add_headers(text, request, signed_names))
        return false;
    lambda_buffer_format(text, "\n%s\n", signed_names);
    add_sha256(text, &request->body);
    return !text->failed;
}

static void hmac(unsigned char digest[SHA256_DIGEST_LENGTH], const void *key, size_t key_len,
                 const char *text, size_t len)
{
    HMAC(EVP_sha256(), key, (int)key_len, (const unsigned char *)text, len, digest, NULL);
}

/* The key of the secret for this scope, each part of which is hashed in turn. */
static void derive_key(unsigned char key[SHA256_DIGEST_LENGTH], const char *secret,
                       const char *scope)
{
    char start[128];
    unsigned char last[SHA256_DIGEST_LENGTH];
    size_t len = strcspn(scope, "/");
    int start_len = snprintf(start, sizeof start, "AWS4%s", secret);
    hmac(key, start, (size_t)start_len, scope, len);
    while (scope[len] == '/') {
        scope += len + 1;
        len = strcspn(scope, "/");
        memcpy(last, key, sizeof last);
        hmac(key, last, sizeof last, scope, len);
    }
}

static bool is_right(const struct request *request, const struct claim *claim, const char *stamp,
                     const char *secret)
{
    struct lambda_buffer canonical, to_sign, wanted;
    lambda_buffer_init(&canonical, CANONICAL_MAX);
    lambda_buffer_init(&to_sign, CANONICAL_MAX);
    lambda_buffer_init(&wanted, HEX_LEN);
    bool right = make_canonical(&canonical, request, claim->signed_names);
    if (right) {
        unsigned char key[SHA256_DIGEST_LENGTH], digest[SHA256_DIGEST_LENGTH];
        lambda_buffer_format(&to_sign, "AWS4-HMAC-SHA256\n%s\n%s\n", stamp, claim->scope);
        add_sha256(&to_sign, &canonical);
        derive_key(key, secret, claim->scope);
        hmac(digest, key, sizeof key, to_sign.data, to_sign.len);
        add_hex(&wanted, digest);
        right = CRYPTO_memcmp(wanted.data, claim->signature, HEX_LEN) == 0;
    }
    lambda_buffer_done(&canonical);
    lambda_buffer_done(&to_sign);
    lambda_buffer_done(&wanted);
    return right;
}

const char *sigv4_check(const struct request *request, const struct sigv4_expected *expected)
{
    struct claim claim;
    char token[4096], stamp[32], scope[128];
    if (!read_claim(request, &claim))
        return "it has no Authorization in the form of SigV4";
    if (strcmp(claim.key_id, expected->key_id) != 0)
        return "the access key is unknown";
    if (strcmp(header(request, "X-Amz-Security-Token", token, sizeof token), expected->token) != 0)
        return "the security token is wrong";
    if (!is_recent(header(request, "X-Amz-Date", stamp, sizeof stamp)))
        return "its date is not within 15 minutes of now";
    snprintf(scope, sizeof scope, "%.8s/%s/%s/aws4_request", stamp, expected->region,
             expected->service);
    if (strcmp(claim.scope, scope) != 0)
        return "it is signed for another date, region or service";
    if (!covers_enough(request, claim.signed_names))
        return "host, x-amz-date or another x-amz- header is not signed";
    return is_right(request, &claim, stamp, expected->secret) ? NULL : "the signature is wrong";
}
