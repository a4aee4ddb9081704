#include "event_of.h"
#include "sigma/rules.h"
#include "test.h"

#include <unistd.h>

#define SELECTION(fields)                                                                          \
    RULE_OF("detection:\n    selection:\n" fields "    condition: selection\n")

static void test_decides(void **state)
{
    (void)state;
    static const struct {
        const char *record;
        bool matches;
    } rows[] = {
        {"{\"eventName\":\"EnableRegion\",\"eventSource\":\"account.amazonaws.com\"}", true},
        {"{\"eventSource\":\"account.amazonaws.com\",\"eventName\":\"EnableRegion\",\"x\":1}",
         true},
        /* ASCII case does not count in values; it does in keys */
        {"{\"eventName\":\"ENABLEregion\",\"eventSource\":\"Account.AmazonAWS.com\"}", true},
        {"{\"eventname\":\"EnableRegion\",\"eventSource\":\"account.amazonaws.com\"}", false},
        /* only whole values */
        {"{\"eventName\":\"EnableRegions\",\"eventSource\":\"account.amazonaws.com\"}", false},
        {"{\"eventName\":\"nableRegion\",\"eventSource\":\"account.amazonaws.com\"}", false},
        {"{\"eventName\":\"EnableRegion \",\"eventSource\":\"account.amazonaws.com\"}", false},
        {"{\"eventName\":\"\",\"eventSource\":\"account.amazonaws.com\"}", false},
        {"{\"eventName\":\"EnableRegion\\u0000x\",\"eventSource\":\"account.amazonaws.com\"}",
         false},
        {"{\"eventName\\u0000x\":\"EnableRegion\",\"eventSource\":\"account.amazonaws.com\"}",
         false},
        /* no folding beyond ASCII: neither the long s nor a small capital is an s or an n */
        {"{\"eventName\":\"EnableRegion\",\"eventSource\":\"account.amazonaw\\u017f.com\"}", false},
        {"{\"eventName\":\"E\\u0274ableRegion\",\"eventSource\":\"account.amazonaws.com\"}", false},
        /* other names, other places, other types */
        {"{\"eventName\":\"DisableRegion\",\"eventSource\":\"account.amazonaws.com\"}", false},
        {"{\"eventName\":\"EnableRegion\",\"eventSource\":\"ec2.amazonaws.com\"}", false},
        {"{\"eventName\":\"EnableRegion\"}", false},
        {"{\"eventName\":null,\"eventSource\":\"account.amazonaws.com\"}", false},
        {"{\"eventName\":{\"a\":\"EnableRegion\"},\"eventSource\":\"account.amazonaws.com\"}",
         false},
        {"{\"eventName\":7,\"eventSource\":\"account.amazonaws.com\"}", false},
        {"{\"x\":{\"eventName\":\"EnableRegion\",\"eventSource\":\"account.amazonaws.com\"}}",
         false},
        /* an array matches if any element does; the first of equal keys counts */
        {"{\"eventName\":[\"x\",\"EnableRegion\"],\"eventSource\":\"account.amazonaws.com\"}",
         true},
        {"{\"eventName\":\"x\",\"eventName\":\"EnableRegion\",\"eventSource\":\"account.amazonaws."
         "com\"}",
         false},
    };
    struct rule rule;
    rule_of(&rule, SELECTION("        eventName: 'EnableRegion'\n"
                             "        eventSource: 'account.amazonaws.com'\n"));
    for (size_t i = 0; i < COUNT(rows); i++) {
        char json[512];
        struct event event;
        snprintf(json, sizeof json, "{\"detail\":%s}", rows[i].record);
        event_of(&event, json);
        assert_row(i, rule_matches(&rule, &event) ? "match" : "none",
                   rows[i].matches ? "match" : "none");
        event_free(&event);
    }
    rule_done(&rule);
}

static void test_values(void **state)
{
    (void)state;
    static const struct {
        const char *fields;
        const char *record;
        bool matches;
    } rows[] = {
        {"        a.b: x\n", "{\"a\":{\"b\":\"X\"}}", true},
        {"        a.b: x\n", "{\"a.b\":\"x\"}", true},
        {"        a.b: x\n", "{\"a\":[{\"b\":\"y\"},{\"b\":\"x\"}]}", true},
        {"        a.b: x\n", "{\"a\":\"x\"}", false},
        {"        a: 'true'\n", "{\"a\":true}", true},
        {"        a: 'false'\n", "{\"a\":true}", false},
        {"        a: '7'\n", "{\"a\":7}", true},
        {"        a: '7'\n", "{\"a\":7.5}", false},
        {"        a: 'null'\n", "{\"a\":null}", false},
        {"        a: ''\n", "{\"a\":\"\"}", true},
        {"        a: ''\n", "{\"a\":null}", false},
        {"        a: ''\n", "{\"a\":{}}", false},
        {"        a: ''\n", "{}", false},
        {"        a: |\n            two\n            lines\n", "{\"a\":\"two\\nlines\\n\"}", true},
        {"        a: \"q\\\"\\u00e9\"\n", "{\"a\":\"Q\\\"\xc3\xa9\"}", true},
        {"        a: \"\\u00e9\"\n", "{\"a\":\"\xc3\x89\"}", false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char yaml[1024];
        char json[256];
        struct rule rule;
        struct event event;
        snprintf(yaml, sizeof yaml, SELECTION("%s"), rows[i].fields);
        snprintf(json, sizeof json, "{\"detail\":%s}", rows[i].record);
        rule_of(&rule, yaml);
        event_of(&event, json);
        assert_row(i, rule_matches(&rule, &event) ? "match" : "none",
                   rows[i].matches ? "match" : "none");
        event_free(&event);
        rule_done(&rule);
    }
}

static void test_facts(void **state)
{
    (void)state;
    struct rule rule;
    rule_of(&rule, SELECTION("        a: x\n"));
    assert_string_equal(rule.id, "a5ffb6ea-c784-4e01-b30a-deb6e58ca2ab");
    assert_string_equal(rule.title, "A rule");
    assert_string_equal(rule.status, "test");
    assert_string_equal(rule.level, "medium");
    assert_string_equal(rule.author, "Ann Author, Bob Writer");
    assert_string_equal(rule.date, "2025-10-19");
    assert_string_equal(rule.license, "DRL-1.1");
    assert_string_equal(rule.description, "");
    assert_int_equal(rule.tags.count, 1);
    assert_string_equal(rule.tags.items[0], "attack.persistence");
    assert_string_equal(rule.references.items[0], "https://example.com/rule");
    assert_string_equal(rule.falsepositives.items[0], "A person who may");
    rule_done(&rule);
    rule_done(&rule); /* a zeroed one is accepted */
}

#define DETECTION "detection:\n    s:\n        a: x\n    condition: s\n"
#define LOGSOURCE "logsource:\n    product: aws\n    service: cloudtrail\n"
#define FACTS "title: t\nid: a5ffb6ea-c784-4e01-b30a-deb6e58ca2ab\nlevel: low\nauthor: a\n"

static void test_refuses(void **state)
{
    (void)state;
    static const struct {
        const char *yaml;
        const char *wanted; /* what the message begins with */
    } rows[] = {
        {"", "r.yml:1: the file is empty"},
        {"# nothing\n", "r.yml:1: the file is empty"},
        {"- a\n", "r.yml:1: a rule must be a map"},
        {"text\n", "r.yml:1: a rule must be a map"},
        {"a: [\n", "r.yml:2: not YAML: "},
        {"a: b\n\tc: d\n", "r.yml:2: not YAML: "},
        {"a: \"\\0\"\n", "r.yml:1: a NUL character"},
        {FACTS LOGSOURCE DETECTION "---\na: b\n", "r.yml:13: a second document"},
        {"a: &x b\nc: *x\n", "r.yml:1: an alias"},
        {"a: &x [*x]\n", "r.yml:1: an alias"},
        {"? [a]\n: b\n", "r.yml:1: a key must be a plain text"},
        {FACTS "title: u\n" LOGSOURCE DETECTION, "r.yml:5: the key title stands here twice"},
        {"title: t\n", "r.yml:1: id is missing"},
        {"title: t\nid: 1\n", "r.yml:2: id is 1, must be a UUID"},
        {"title: t\nid: [a]\n", "r.yml:2: id must be a text"},
        {"id: a5ffb6ea-c784-4e01-b30a-deb6e58ca2ab\n", "r.yml:1: title is missing"},
        {"id: a5ffb6ea-c784-4e01-b30a-deb6e58ca2ab\ntitle: ''\n", "r.yml:2: title must be a text"},
        {"id: a5ffb6ea-c784-4e01-b30a-deb6e58ca2ab\ntitle: t\nlevel: urgent\n",
         "r.yml:3: level is urgent, must be informational"},
        {"id: a5ffb6ea-c784-4e01-b30a-deb6e58ca2ab\ntitle: t\nlevel: low\n",
         "r.yml:1: author is missing"},
        {FACTS "status: new\n", "r.yml:5: status is new, must be stable"},
        {FACTS "tags: attack\n", "r.yml:5: tags must be a list"},
        {FACTS "tags:\n- {}\n", "r.yml:6: tags must be a list of texts"},
        {FACTS DETECTION, "r.yml:1: logsource must be a map"},
        {FACTS "logsource: aws\n", "r.yml:5: logsource must be a map"},
        {FACTS "logsource:\n    product: windows\n", "r.yml:6: logsource: product must be aws"},
        {FACTS "logsource:\n    product: aws\n", "r.yml:6: logsource: service must be cloudtrail"},
        {FACTS LOGSOURCE "    category: x\n", "r.yml:8: logsource: CloudTrail has no category"},
        {FACTS LOGSOURCE, "r.yml:1: detection must be a map"},
        {FACTS LOGSOURCE "detection:\n    s:\n        a: x\n",
         "r.yml:9: detection: condition must be the name of a selection"},
        {FACTS LOGSOURCE "detection:\n    s:\n        a: x\n    condition: [s]\n",
         "r.yml:11: detection: condition must be the name of a selection"},
        {FACTS LOGSOURCE "detection:\n    s:\n        a: x\n    condition: t\n",
         "r.yml:11: condition: t is not the name of a selection"},
        {FACTS LOGSOURCE "detection:\n    s:\n        a: x\n    condition: not s\n",
         "r.yml:11: condition: not s is not the name of a selection"},
        {FACTS LOGSOURCE "detection:\n    condition: condition\n",
         "r.yml:9: condition: condition is not the name of a selection"},
        {FACTS LOGSOURCE "detection:\n    s:\n        a: x\n    timeframe: 1h\n    condition: s\n",
         "r.yml:11: detection: timeframe is not used by the condition"},
        {FACTS LOGSOURCE "detection:\n    s: {}\n    condition: s\n", "r.yml:9: s must be a map"},
        {FACTS LOGSOURCE "detection:\n    s:\n        - a: x\n    condition: s\n",
         "r.yml:10: s must be a map"},
        {FACTS LOGSOURCE "detection:\n    s:\n        - word\n    condition: s\n",
         "r.yml:10: s must be a map"},
#define FIELD(field) FACTS LOGSOURCE "detection:\n    s:\n        " field "\n    condition: s\n"
        {FIELD("a|contains: x"), "r.yml:10: a|contains: a field must be a plain path"},
        {FIELD("'': x"), "r.yml:10: : a field must be a plain path"},
        {FIELD("a: [x, y]"), "r.yml:10: a: the value must be one string"},
        {FIELD("a: {b: x}"), "r.yml:10: a: the value must be one string"},
        {FIELD("a:"), "r.yml:10: a: the value must be a string"},
        {FIELD("a: null"), "r.yml:10: a: the value must be a string"},
        {FIELD("a: ~"), "r.yml:10: a: the value must be a string"},
        {FIELD("a: True"), "r.yml:10: a: the value must be a string"},
        {FIELD("a: no"), "r.yml:10: a: the value must be a string"},
        {FIELD("a: 123456789012"), "r.yml:10: a: the value must be a string"},
        {FIELD("a: -1.5e3"), "r.yml:10: a: the value must be a string"},
        {FIELD("a: 0x1F"), "r.yml:10: a: the value must be a string"},
        {FIELD("a: .inf"), "r.yml:10: a: the value must be a string"},
        {FIELD("a: 'x*'"), "r.yml:10: a: the value must be a whole text"},
        {FIELD("a: 'x?'"), "r.yml:10: a: the value must be a whole text"},
        {FIELD("a: 'x\\y'"), "r.yml:10: a: the value must be a whole text"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct rule rule;
        struct lambda_error err = {0};
        bool ok = rule_parse(&rule, "r.yml", rows[i].yaml, strlen(rows[i].yaml), &err);
        assert_row(i, ok ? "accepted" : err.type, "Function.RulesInvalid");
        err.message[strnlen(rows[i].wanted, sizeof err.message)] = '\0';
        assert_row(i, err.message, rows[i].wanted);
        assert_null(rule.condition);
    }
}

static void test_refuses_many_nodes(void **state)
{
    (void)state;
    struct lambda_buffer yaml;
    struct rule rule;
    struct lambda_error err = {0};
    lambda_buffer_init(&yaml, 1000000);
    lambda_buffer_add_string(&yaml, "a:\n");
    for (int i = 0; i < DOCUMENT_NODES_MAX; i++)
        lambda_buffer_add_string(&yaml, "- x\n");
    assert_false(rule_parse(&rule, "r.yml", yaml.data, yaml.len, &err));
    assert_non_null(strstr(err.message, "more than 4096 YAML nodes"));
    lambda_buffer_clear(&yaml);
    for (int i = 0; i < 100000; i++)
        lambda_buffer_add_string(&yaml, "[");
    assert_false(rule_parse(&rule, "r.yml", yaml.data, yaml.len, &err));
    assert_non_null(strstr(err.message, "not YAML"));
    lambda_buffer_done(&yaml);
}

/* Plain scalars that look a little like numbers are strings. */
static void test_plain_strings(void **state)
{
    (void)state;
    static const char *const values[] = {"1.2.3.4",   "10.0.0.0/8", "2025-10-19",
                                         "1a",        "trueish",    "e5",
                                         "on-demand", "0x",         "us-east-1"};
    for (size_t i = 0; i < COUNT(values); i++) {
        char yaml[1024];
        struct rule rule;
        snprintf(yaml, sizeof yaml, SELECTION("        a: %s\n"), values[i]);
        rule_of(&rule, yaml);
        assert_row(i, rule.condition[1].text, values[i]);
        rule_done(&rule);
    }
}

/* A folder of files for one test. */
struct folder {
    char path[32];
};

static void folder_make(struct folder *folder)
{
    snprintf(folder->path, sizeof folder->path, "/tmp/rules-XXXXXX");
    assert_non_null(mkdtemp(folder->path));
}

static void folder_put(const struct folder *folder, const char *name, const char *text, size_t len)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder->path, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

static void folder_remove(const struct folder *folder, const char *const *names, size_t count)
{
    char path[128];
    for (size_t i = 0; i < count; i++) {
        snprintf(path, sizeof path, "%s/%s", folder->path, names[i]);
        assert_int_equal(remove(path), 0);
    }
    assert_int_equal(rmdir(folder->path), 0);
}

static void assert_folder_refused(const struct folder *folder, const char *reason)
{
    struct rules rules;
    struct lambda_error err = {0};
    assert_false(rules_load(&rules, folder->path, &err));
    assert_string_equal(err.type, "Function.RulesInvalid");
    if (strstr(err.message, reason) == NULL)
        fail_msg("'%s' does not say '%s'", err.message, reason);
    rules_done(&rules);
}

static void test_folder(void **state)
{
    (void)state;
    static const char good[] = SELECTION("        a: x\n");
    static const char other[] = FACTS LOGSOURCE DETECTION;
    static const char *const names[] = {"b.yml", "a.yaml", "notes.txt"};
    struct folder folder = {"/dev/null/rules"};
    struct rules rules;
    struct lambda_error err = {0};
    assert_folder_refused(&folder, "/dev/null/rules: Not a directory");
    folder_make(&folder);
    assert_folder_refused(&folder, "holds 0 rule files");
    folder_put(&folder, "notes.txt", "not a rule", 10);
    assert_folder_refused(&folder, "holds 0 rule files");
    folder_put(&folder, "b.yml", good, strlen(good));
    assert_true(rules_load(&rules, folder.path, &err));
    assert_int_equal(rules.count, 1);
    rules_done(&rules);
    folder_put(&folder, "a.yaml", other, strlen(other)); /* the same id */
    assert_folder_refused(&folder, "b.yml: the id a5ffb6ea-c784-4e01-b30a-deb6e58ca2ab is also");
    folder_put(&folder, "a.yaml", "x", 1);
    assert_folder_refused(&folder, "a.yaml:1: a rule must be a map");
    char *large = calloc(1, RULE_FILE_MAX + 1);
    assert_non_null(large);
    memset(large, '#', RULE_FILE_MAX + 1);
    folder_put(&folder, "a.yaml", large, RULE_FILE_MAX + 1);
    assert_folder_refused(&folder, "a.yaml: larger than 65536 bytes");
    folder_put(&folder, "a.yaml", large, RULE_FILE_MAX);
    assert_folder_refused(&folder, "a.yaml:1: the file is empty");
    free(large);
    folder_remove(&folder, names, COUNT(names));
}

/* A folder by the name of a rule file is an error like any other, not a skipped rule. */
static void test_folder_in_folder(void **state)
{
    (void)state;
    struct folder folder;
    struct folder inner;
    char path[64];
    folder_make(&folder);
    folder_make(&inner);
    snprintf(path, sizeof path, "%s/x.yml", folder.path);
    assert_int_equal(rename(inner.path, path), 0);
    assert_folder_refused(&folder, "x.yml: cannot be read");
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(rmdir(folder.path), 0);
}

/* The rule that is deployed says what was published, and names its authors. */
static void test_deployed_rule(void **state)
{
    (void)state;
    struct rules rules;
    struct lambda_error err = {0};
    if (!rules_load(&rules, "function/rules", &err))
        fail_msg("%s", err.message);
    const struct rule *rule = &rules.items[0];
    assert_string_equal(rule->id, "a5ffb6ea-c784-4e01-b30a-deb6e58ca2ab");
    assert_string_equal(rule->title, "AWS EnableRegion Command Monitoring");
    assert_string_equal(rule->level, "medium");
    assert_string_equal(rule->status, "experimental");
    assert_string_equal(rule->author, "Ivan Saakov, Sergey Zelenskiy");
    assert_string_equal(rule->date, "2025-10-19");
    assert_string_equal(rule->license, "DRL-1.1");
    assert_int_equal(rule->tags.count, 1);
    assert_string_equal(rule->tags.items[0], "attack.persistence");
    assert_int_equal(rule->references.count, 2);
    assert_int_equal(rule->falsepositives.count, 1);
    assert_int_equal(rule->condition->span, 3);
    assert_string_equal(rule->condition[1].field, "eventName");
    assert_string_equal(rule->condition[1].text, "EnableRegion");
    assert_string_equal(rule->condition[2].field, "eventSource");
    assert_string_equal(rule->condition[2].text, "account.amazonaws.com");
    rules_done(&rules);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_decides),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_facts),
        cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_refuses_many_nodes),
        cmocka_unit_test(test_plain_strings),
        cmocka_unit_test(test_folder),
        cmocka_unit_test(test_folder_in_folder),
        cmocka_unit_test(test_deployed_rule),
    };
    return cmocka_run_group_tests_name("rule", tests, NULL, NULL);
}
