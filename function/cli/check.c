#include "cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WARNINGS_MAX = 65536, PATH_MAX_BYTES = 4096 };

/* One run of the command. */
struct checking {
    struct rules rules;
    bool needs_tests;
    bool failed;
};

/* The tests of one rule. */
struct testing {
    struct checking *checking;
    const struct rule *rule;
    const char *file;
    bool should_match;
    size_t count;
    size_t wrong;
};

static void fails(struct checking *checking, const char *message)
{
    printf("FAIL  %s\n", message);
    checking->failed = true;
}

static bool check_file(const char *file, void *arg)
{
    struct checking *checking = arg;
    struct lambda_error err;
    struct lambda_buffer warnings;
    lambda_buffer_init(&warnings, WARNINGS_MAX);
    if (!rules_add(&checking->rules, file, &warnings, &err))
        fails(checking, err.message);
    fputs(warnings.data, stderr);
    lambda_buffer_done(&warnings);
    return true;
}

static void test_event(const struct event *event, void *arg)
{
    struct testing *testing = arg;
    struct lambda_error err;
    bool matches = false;
    testing->count++;
    bool decided = rule_decide(&testing->rule->detection, &testing->checking->rules.evaluation,
                               event, &matches, &err);
    if (decided && matches == testing->should_match)
        return;
    printf("FAIL  %s: event %zu of \"%s\": %s\n", testing->file, testing->count,
           testing->should_match ? "match" : "none",
           !decided  ? err.message
           : matches ? "it matches"
                     : "it does not match");
    testing->wrong++;
}

/* Runs the events of one array of a tests file; returns how many there are. */
static size_t test_events(struct testing *testing, const char *member)
{
    struct lambda_error err;
    size_t len = 0;
    char *text = cli_read(testing->file, &len);
    testing->count = 0;
    testing->should_match = strcmp(member, "match") == 0;
    if (text == NULL || !event_read_all(text, len, member, test_event, testing, &err)) {
        printf("FAIL  %s: %s\n", testing->file, text == NULL ? "cannot be read" : err.message);
        testing->wrong++;
    }
    free(text);
    return testing->count;
}

static void test_rule(struct checking *checking, const struct rule *rule)
{
    const char *file = rule->file;
    char tests[PATH_MAX_BYTES];
    const char *dot = strrchr(file, '.');
    int stem = (int)(dot == NULL ? strlen(file) : (size_t)(dot - file));
    snprintf(tests, sizeof tests, "%.*s.tests.json", stem, file);
    if (access(tests, R_OK) != 0) {
        printf("%s  %s  %s, without tests\n", checking->needs_tests ? "FAIL" : "ok  ", file,
               rule->title);
        checking->failed |= checking->needs_tests;
        return;
    }
    struct testing testing = {.checking = checking, .rule = rule, .file = tests};
    size_t matches = test_events(&testing, "match");
    size_t others = test_events(&testing, "none");
    if (testing.wrong == 0 && (matches == 0 || others == 0)) {
        printf("FAIL  %s: match and none need an event each\n", tests);
        testing.wrong++;
    }
    checking->failed |= testing.wrong > 0;
    if (testing.wrong == 0)
        printf("ok    %s  %s, tests: %zu match, %zu do not\n", file, rule->title, matches, others);
}

static void check_all(struct checking *checking, int count, char **paths)
{
    struct lambda_error err;
    for (int i = 0; i < count; i++) {
        if (!rules_list(paths[i], check_file, checking, &err))
            fails(checking, err.message);
    }
    if (!checking->failed && !rules_check(&checking->rules, &err))
        fails(checking, err.message);
    for (size_t i = 0; i < checking->rules.count; i++) {
        if (checking->rules.evaluation.object != NULL)
            test_rule(checking, &checking->rules.items[i]);
        else
            printf("ok    %s  %s, not tested\n", checking->rules.items[i].file,
                   checking->rules.items[i].title);
    }
    for (size_t i = 0; i < checking->rules.filter_count; i++)
        printf("ok    %s  %s, a filter\n", checking->rules.filters[i].file,
               checking->rules.filters[i].title);
}

int cli_check(int count, char **arguments)
{
    struct checking checking = {0};
    char folder[] = CLI_RULES;
    char *otherwise[] = {folder};
    if (count > 0 && strcmp(arguments[0], "--tests") == 0) {
        checking.needs_tests = true;
        count--;
        arguments++;
    }
    check_all(&checking, count > 0 ? count : 1, count > 0 ? arguments : otherwise);
    rules_done(&checking.rules);
    return checking.failed ? CLI_ERROR : CLI_FOUND;
}
