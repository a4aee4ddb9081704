#define PCRE2_CODE_UNIT_WIDTH 8

#include "versions.h"

#include "version.h"
#include <cjson/cJSON.h>
#include <curl/curl.h>
#include <gnu/libc-version.h>
#include <lambda/runtime.h>
#include <openssl/crypto.h>
#include <pcre2.h>
#include <stdio.h>
#include <yaml.h>

enum { PCRE2_VERSION_MAX = 64 };

/* "NAME VERSION\n" of each Debian source package, made by the Makefile of deps/versions.txt. */
static const char packages[] =
#include "packages.inc"
    ;

int versions_print(void)
{
    const curl_version_info_data *curl = curl_version_info(CURLVERSION_NOW);
    char pcre2[PCRE2_VERSION_MAX] = "";
    pcre2_config(PCRE2_CONFIG_VERSION, pcre2);
    printf("enable-region-alert %s\n", VERSION);
    printf("lambda-c-runtime %s\n", LAMBDA_RUNTIME_VERSION);
    printf("libcurl %s\n", curl->version);
    printf("OpenSSL %s\n", OpenSSL_version(OPENSSL_FULL_VERSION_STRING));
    printf("c-ares %s\n", curl->ares);
    printf("cJSON %s\n", cJSON_Version());
    printf("libyaml %s\n", yaml_get_version_string());
    printf("PCRE2 %s\n", pcre2);
    printf("glibc %s\n", gnu_get_libc_version());
    printf("GCC %s\n", __VERSION__);
    printf("\nfrom the Debian source packages\n%s", packages);
    return fflush(stdout) == 0 ? 0 : 1;
}
