/*
 * Any bytes as an event: it is refused with a reason, or it is decided by rules of every kind.
 */
#include "fuzz.h"

static void check_event(struct rules *rules, const struct event *event)
{
    struct lambda_error err;
    const struct rule_filter *filter = NULL;
    bool matches = false;
    if (!rules_decide(rules, rules->items, event, &matches, &filter, &err))
        require(strcmp(err.type, "Function.RuleLimit") == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct rules rules;
    static const char *const yaml[] = {
        "title: Every kind of test\nid: a5ffb6ea-c784-4e01-b30a-deb6e58ca2ab\n" LOGSOURCE
            EVERY_TEST};
    struct event event;
    struct lambda_error err = {0};
    char *text = malloc(size + 1);
    if (rules.count == 0)
        load_rules(&rules, yaml, 1);
    require(text != NULL);
    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    if (event_parse(&event, text, size, &err))
        check_event(&rules, &event);
    else
        require(strncmp(err.type, "Function.EventNot", 17) == 0 && err.message[0] != '\0');
    event_done(&event);
    free(text);
    return 0;
}
