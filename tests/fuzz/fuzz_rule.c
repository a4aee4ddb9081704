/*
 * Any bytes as a rule file: it is refused with a reason that names the file and a line, or it
 * compiles, and then it decides a record and gives a pattern.
 */
#include "fuzz.h"
#include "sigma/pattern.h"

static const char record[] =
    "{\"detail\":{\"eventName\":\"EnableRegion\",\"eventSource\":\"account.amazonaws.com\","
    "\"sourceIPAddress\":\"203.0.113.7\",\"n\":[1,2.5,true,null,\"x\"],\"a\":{\"b\":[{\"c\":\"d\"}]"
    "},"
    "\"userAgent\":\"aws-cli aaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}}";

static void decide(struct rules *rules)
{
    char text[sizeof record];
    struct event event;
    struct lambda_error err;
    bool matches = false;
    const struct rule_filter *filter = NULL;
    memcpy(text, record, sizeof text);
    require(event_parse(&event, text, strlen(text), &err));
    if (!rules_decide(rules, &rules->items[0], &event, &matches, &filter, &err))
        require(strcmp(err.type, "Function.RuleLimit") == 0);
    event_done(&event);
}

static void write_pattern(const struct rules *rules)
{
    struct lambda_buffer json;
    struct lambda_buffer notes;
    lambda_buffer_init(&json, 1 << 20);
    lambda_buffer_init(&notes, 1 << 20);
    pattern_write(rules, &json, &notes);
    require(json.failed || (json.len > 0 && json.len <= PATTERN_MAX));
    lambda_buffer_done(&json);
    lambda_buffer_done(&notes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct document document;
    struct lambda_error err = {0};
    struct lambda_buffer warnings;
    struct rules rules = {0};
    lambda_buffer_init(&warnings, 1 << 16);
    bool ok = document_read(&document, "f.yml", (const char *)data, size, &err);
    if (ok && parse_is_filter(&document)) {
        struct rule_filter filter;
        ok = parse_filter(&filter, &document, &warnings, &err);
        if (ok)
            rule_filter_done(&filter);
    } else if (ok) {
        rules.items = calloc(1, sizeof *rules.items);
        require(rules.items != NULL);
        ok = parse_rule(rules.items, &document, &warnings, &err);
        rules.count = ok;
    }
    require(ok || strncmp(err.message, "f.yml:", 6) == 0);
    if (rules.count > 0) {
        require(rules_check(&rules, &err));
        decide(&rules);
        write_pattern(&rules);
    }
    rules_done(&rules);
    lambda_buffer_done(&warnings);
    return 0;
}
