/* fuzz.h - what several targets need: a claim that must hold, and rules made from literals. */
#ifndef FUZZ_H
#define FUZZ_H

#include "sigma/parse.h"
#include "sigma/rules.h"
#include <lambda/utf8.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What parse_rule() wants beside the texts of a rule. */
#define LOGSOURCE "logsource: {product: aws, service: cloudtrail}\n"

/* A detection that has a test of every kind. */
#define EVERY_TEST                                                                                 \
    "detection:\n"                                                                                 \
    "    glob: {eventName|contains: 'e', eventSource|startswith: a, userAgent: 'x*?y'}\n"          \
    "    regex: {userAgent|re: '^(a|b+)*c'}\n"                                                     \
    "    cidr: {sourceIPAddress|cidr: [10.0.0.0/8, '2001:db8::/32']}\n"                            \
    "    number: {n|gte: 5, n: 7}\n"                                                               \
    "    reference: {userIdentity.arn|fieldref: requestParameters.arn}\n"                          \
    "    presence: {a.b|exists: true, c: null}\n"                                                  \
    "    keyword: [EnableRegion]\n"                                                                \
    "    condition: glob or regex or cidr or number or reference or presence or not keyword\n"

/* A claim: where it does not hold, the fuzzer keeps the input. */
#define require(claim) ((claim) ? (void)0 : fuzz_fail(__FILE__, __LINE__, #claim))

static inline void fuzz_fail(const char *file, int line, const char *claim)
{
    fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, claim);
    abort();
}

/* Whether a text is clean: UTF-8, and nothing in it that is not shown. */
static inline bool is_clean(const char *text)
{
    size_t len = strlen(text);
    for (size_t i = 0; i < len;) {
        uint32_t code = 0;
        size_t width = lambda_utf8_decode(text + i, len - i, &code);
        if (width == 0 || lambda_utf8_is_control(code))
            return false;
        i += width;
    }
    return true;
}

/* Loads rules of YAML texts, each with an id of its own. */
static inline void load_rules(struct rules *rules, const char *const *yaml, size_t count)
{
    struct document document;
    struct lambda_error err;
    rules->items = calloc(count, sizeof *rules->items);
    require(rules->items != NULL);
    for (; rules->count < count; rules->count++)
        require(document_read(&document, "f.yml", yaml[rules->count], strlen(yaml[rules->count]),
                              &err) &&
                parse_rule(&rules->items[rules->count], &document, NULL, &err));
    require(rules_check(rules, &err));
}

#endif
