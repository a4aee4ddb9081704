#include "event_of.h"
#include "sigma/condition.h"
#include "sigma/pattern.h"
#include "sigma/rules.h"
#include "test.h"

#include <unistd.h>

#define DETECTION(text) RULE_OF("detection:\n" text)
#define SELECTION(fields) DETECTION("    s:\n" fields "    condition: s\n")

static void assert_decides(size_t row, const char *yaml, const char *record, bool wanted)
{
    struct rule rule;
    rule_of(&rule, yaml);
    assert_row(row, decide(&rule, record) ? "match" : "none", wanted ? "match" : "none");
    rule_done(&rule);
}

/* The rule that the project is about. */
static void test_region_rule(void **state)
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
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_decides(i,
                       SELECTION("        eventName: 'EnableRegion'\n"
                                 "        eventSource: 'account.amazonaws.com'\n"),
                       rows[i].record, rows[i].matches);
}

/* What each kind of test says to each kind of value. */
static void test_fields(void **state)
{
    (void)state;
    static const struct {
        const char *field;
        const char *record;
        bool matches;
    } rows[] = {
        {"a.b: x", "{\"a\":{\"b\":\"X\"}}", true},
        {"a.b: x", "{\"a.b\":\"x\"}", true},
        {"a.b: x", "{\"a\":[{\"b\":\"y\"},{\"b\":\"x\"}]}", true},
        {"a.b: x", "{\"a\":\"x\"}", false},
        {"a: 'true'", "{\"a\":true}", true},
        {"a: true", "{\"a\":true}", true},
        {"a: yes", "{\"a\":\"TRUE\"}", true},
        {"a: false", "{\"a\":true}", false},
        {"a: '7'", "{\"a\":7}", true},
        {"a: 7", "{\"a\":7}", true},
        {"a: 7", "{\"a\":\"7\"}", true},
        {"a: 7.0", "{\"a\":7}", true},
        {"a: '7.0'", "{\"a\":7}", false},
        {"a: 7", "{\"a\":7.5}", false},
        {"a: 'null'", "{\"a\":null}", false},
        {"a: ''", "{\"a\":\"\"}", true},
        {"a: ''", "{\"a\":null}", false},
        {"a: ''", "{}", false},
        {"a: null", "{}", true},
        {"a:", "{\"a\":null}", true},
        {"a: null", "{\"a\":\"\"}", false},
        {"a: null", "{\"a\":[1,null]}", true},
        {"a: null", "{\"a\":[]}", false},
        {"a: '*'", "{\"a\":\"\"}", true},
        {"a: '*'", "{\"a\":{}}", true},
        {"a: '*'", "{\"a\":null}", false},
        {"a: '*'", "{}", false},
        {"a: '*'", "{\"a\":[]}", false},
        {"a: 'x*z'", "{\"a\":\"XyyZ\"}", true},
        {"a: 'x?z'", "{\"a\":\"xyyz\"}", false},
        {"a: 'x\\*'", "{\"a\":\"x*\"}", true},
        {"a: 'x\\*'", "{\"a\":\"xy\"}", false},
        {"a: [x, y]", "{\"a\":\"Y\"}", true},
        {"a: [x, y]", "{\"a\":\"z\"}", false},
        {"a|contains: b", "{\"a\":\"abc\"}", true},
        {"a|contains: B", "{\"a\":[\"x\",\"abc\"]}", true},
        {"a|contains: '\"k\":\"v\"'", "{\"a\":{\"j\":1,\"k\":\"v\"}}", true},
        {"a|contains|all: [a, c]", "{\"a\":\"abc\"}", true},
        {"a|contains|all: [a, d]", "{\"a\":\"abc\"}", false},
        {"a|startswith: ab", "{\"a\":\"abc\"}", true},
        {"a|startswith: bc", "{\"a\":\"abc\"}", false},
        {"a|endswith: bc", "{\"a\":\"abc\"}", true},
        {"a|endswith: ab", "{\"a\":\"abc\"}", false},
        {"a|cased: abc", "{\"a\":\"ABC\"}", false},
        {"a|cased: ABC", "{\"a\":\"ABC\"}", true},
        {"a|contains|cased: B", "{\"a\":\"aBc\"}", true},
        {"a|contains|cased: b", "{\"a\":\"aBc\"}", false},
        {"a|re: ^a.c$", "{\"a\":\"abc\"}", true},
        {"a|re: ^a.c$", "{\"a\":\"ABC\"}", false},
        {"a|re|i: ^a.c$", "{\"a\":\"ABC\"}", true},
        {"a|re: '7'", "{\"a\":7}", true},
        {"a|re: ''", "{\"a\":null}", false},
        {"a|cidr: 10.0.0.0/8", "{\"a\":\"10.1.2.3\"}", true},
        {"a|cidr: [192.0.2.0/24, '2001:db8::/32']", "{\"a\":\"2001:db8::1\"}", true},
        {"a|cidr: 10.0.0.0/8", "{\"a\":\"AWS Internal\"}", false},
        {"a|lt: 5", "{\"a\":4}", true},
        {"a|lt: 5", "{\"a\":5}", false},
        {"a|lte: 5", "{\"a\":5}", true},
        {"a|gt: 5", "{\"a\":\"5.5\"}", true},
        {"a|gte: 5", "{\"a\":4.9}", false},
        {"a|gt: 5", "{\"a\":\"x\"}", false},
        {"a|gt: 5", "{\"a\":\"\"}", false},
        {"a|gt: 5", "{\"a\":true}", false},
        {"a|exists: true", "{\"a\":null}", true},
        {"a|exists: true", "{\"a\":[]}", true},
        {"a|exists: true", "{}", false},
        {"a|exists: false", "{}", true},
        {"a|exists: false", "{\"a\":0}", false},
        {"a|neq: x", "{\"a\":\"y\"}", true},
        {"a|neq: x", "{\"a\":\"X\"}", false},
        {"a|neq: x", "{}", true},
        {"a|neq: [x, y]", "{\"a\":\"y\"}", false},
        {"a|contains|neq: b", "{\"a\":\"abc\"}", false},
        {"a|fieldref: b.c", "{\"a\":\"X\",\"b\":{\"c\":\"x\"}}", true},
        {"a|fieldref: b", "{\"a\":\"x\",\"b\":\"y\"}", false},
        {"a|fieldref: b", "{\"a\":\"x\"}", false},
        {"a|fieldref: b", "{\"a\":null,\"b\":null}", false},
        {"a|fieldref: b", "{\"a\":\"x*\",\"b\":\"xy\"}", false},
        {"a|fieldref: b", "{\"a\":[\"1\",\"2\"],\"b\":[\"3\",2]}", true},
        {"a|fieldref|neq: b", "{\"a\":\"x\",\"b\":\"x\"}", false},
        {"a|fieldref|cased: b", "{\"a\":\"x\",\"b\":\"X\"}", false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char yaml[1024];
        snprintf(yaml, sizeof yaml, SELECTION("        %s\n"), rows[i].field);
        assert_decides(i, yaml, rows[i].record, rows[i].matches);
    }
}

static void test_shapes(void **state)
{
    (void)state;
    static const struct {
        const char *detection;
        const char *record;
        bool matches;
    } rows[] = {
        {"    s: [{a: 1, b: 2}, {c: 3}]\n    condition: s\n", "{\"a\":1,\"b\":2}", true},
        {"    s: [{a: 1, b: 2}, {c: 3}]\n    condition: s\n", "{\"a\":1}", false},
        {"    s: [{a: 1, b: 2}, {c: 3}]\n    condition: s\n", "{\"c\":3}", true},
        {"    s: [word, other]\n    condition: s\n", "{\"x\":{\"y\":\"some WORD here\"}}", true},
        {"    s: [word, other]\n    condition: s\n", "{\"x\":\"nothing\"}", false},
        {"    s: word\n    condition: s\n", "{\"word\":1}", true},
        {"    s: ['{\"x\":1}']\n    condition: s\n", "{\"x\":1}", true},
        {"    s:\n        '|all': [one, two]\n    condition: s\n", "{\"x\":\"one two\"}", true},
        {"    s:\n        '|all': [one, two]\n    condition: s\n", "{\"x\":\"one\"}", false},
        {"    s: [{a: 1}, word]\n    condition: s\n", "{\"b\":\"word\"}", true},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char yaml[1024];
        snprintf(yaml, sizeof yaml, DETECTION("%s"), rows[i].detection);
        assert_decides(i, yaml, rows[i].record, rows[i].matches);
    }
}

/* Selections a, b, c and _d hold where the record has the key of that name. */
static void test_conditions(void **state)
{
    (void)state;
    static const char all[] = "{\"a\":1,\"b\":1,\"c\":1,\"d\":1}";
    static const struct {
        const char *condition;
        const char *record;
        bool matches;
    } rows[] = {
        {"a", all, true},
        {"not a", all, false},
        {"not not a", all, true},
        {"a and b", "{\"a\":1}", false},
        {"a or b", "{\"b\":1}", true},
        {"a AND NOT b", "{\"a\":1}", true},
        {"a or b and c", "{\"a\":1}", true}, /* and binds tighter */
        {"(a or b) and c", "{\"a\":1}", false},
        {"not a and b", "{\"b\":1}", true}, /* not binds tightest */
        {"not (a and b)", "{\"b\":1}", true},
        {"not a or b", "{\"a\":1,\"b\":1}", true},
        {"a and b and c", "{\"a\":1,\"b\":1}", false},
        {"a or b or c", "{\"c\":1}", true},
        {"1 of them", "{\"d\":1}", false}, /* them leaves _d out */
        {"1 of them", "{\"c\":1}", true},
        {"all of them", "{\"a\":1,\"b\":1,\"c\":1}", true},
        {"all of them", "{\"a\":1,\"b\":1}", false},
        {"1 of _*", "{\"d\":1}", true},
        {"all of *", "{\"a\":1,\"b\":1,\"c\":1}", false},
        {"1 of a", "{\"a\":1}", true},
        {"not 1 of them", "{}", true},
        {"a and not 1 of _*", all, false},
        {"((a))", all, true},
        {"[a, b]", "{\"b\":1}", true},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char yaml[1024];
        snprintf(yaml, sizeof yaml,
                 DETECTION("    a: {a: 1}\n    b: {b: 1}\n    c: {c: 1}\n    _d: {d: 1}\n"
                           "    condition: %s\n"),
                 rows[i].condition);
        assert_decides(i, yaml, rows[i].record, rows[i].matches);
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
    assert_int_equal(rule.fields.count, 0);
    rule_done(&rule);
    rule_done(&rule); /* a zeroed one is accepted */
}

#define LOGSOURCE "logsource:\n    product: aws\n    service: cloudtrail\n"
#define FACTS "title: t\nid: a5ffb6ea-c784-4e01-b30a-deb6e58ca2ab\n"
#define HEAD FACTS LOGSOURCE "detection:\n" /* six lines */
#define FIELD(field) HEAD "    s:\n        " field "\n    condition: s\n"
#define CONDITION(condition) HEAD "    s:\n        a: x\n    condition: " condition "\n"

/* What is left out may be: nothing is shown for it. */
static void test_optional(void **state)
{
    (void)state;
    struct rule rule;
    rule_of(&rule, CONDITION("s"));
    assert_string_equal(rule.level, "unrated");
    assert_string_equal(rule.author, "an author that the rule does not name");
    assert_string_equal(rule.status, "");
    rule_done(&rule);
}

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
        {CONDITION("s") "---\na: b\n", "r.yml:11: a second document"},
        {"a: &x b\nc: *x\n", "r.yml:1: an alias"},
        {"a: &x [*x]\n", "r.yml:1: an alias"},
        {"? [a]\n: b\n", "r.yml:1: a key must be a plain text"},
        {FACTS "title: u\n" LOGSOURCE, "r.yml:3: the key title stands here twice"},
        {"correlation:\n    type: event_count\n", "r.yml:2: correlation: a rule sees one event"},
        {"title: t\n", "r.yml:1: id is missing"},
        {"title: t\nid: 1\n", "r.yml:2: id is 1, must be a UUID"},
        {"title: t\nid: [a]\n", "r.yml:2: id must be a text"},
        {"id: a5ffb6ea-c784-4e01-b30a-deb6e58ca2ab\n", "r.yml:1: title is missing"},
        {"id: a5ffb6ea-c784-4e01-b30a-deb6e58ca2ab\ntitle: ''\n", "r.yml:2: title must be a text"},
        {FACTS "level: urgent\n", "r.yml:3: level is urgent, must be informational"},
        {FACTS "status: new\n", "r.yml:3: status is new, must be stable"},
        {FACTS "tags: attack\n", "r.yml:3: tags must be a list"},
        {FACTS "tags:\n- {}\n", "r.yml:4: tags must be a list of texts"},
        {FACTS, "r.yml:1: logsource must be a map"},
        {FACTS "logsource: aws\n", "r.yml:3: logsource must be a map"},
        {FACTS "logsource:\n    product: windows\n", "r.yml:4: logsource: product must be aws"},
        {FACTS "logsource:\n    product: aws\n", "r.yml:4: logsource: service must be cloudtrail"},
        {FACTS LOGSOURCE "    category: x\n", "r.yml:6: logsource: CloudTrail has no category"},
        {FACTS LOGSOURCE, "r.yml:1: detection must be a map"},
        {HEAD "    s:\n        a: x\n", "r.yml:7: condition: a detection must have one"},
        {HEAD "    s: {}\n    condition: s\n", "r.yml:7: selection: the map is empty"},
        {HEAD "    s: []\n    condition: s\n", "r.yml:7: s: the list is empty"},
        {HEAD "    s: [[a]]\n    condition: s\n", "r.yml:7: keyword: the value must be a text"},
        {HEAD "    s: [null]\n    condition: s\n", "r.yml:7: keyword: the value must be a string"},
        {HEAD "    s: {a: x}\n    timeframe: 1h\n    condition: s\n",
         "r.yml:8: timeframe: a rule sees one event"},
        {CONDITION("[]"), "r.yml:9: condition: a detection must have one"},
        {CONDITION("[[s]]"), "r.yml:9: condition: it must be a text"},
        {CONDITION("t"), "r.yml:9: condition: t is not the name of a selection"},
        {CONDITION("''"), "r.yml:9: condition: a selection is missing at its end"},
        {CONDITION("s and"), "r.yml:9: condition: a selection is missing at its end"},
        {CONDITION("s s"), "r.yml:9: condition: s was not expected there"},
        {CONDITION("(s"), "r.yml:9: condition: a ')' is missing"},
        {CONDITION("s)"), "r.yml:9: condition: ) was not expected there"},
        {CONDITION("1 s"), "r.yml:9: condition: 'of' must stand behind '1'"},
        {CONDITION("1 of x*"), "r.yml:9: condition: no selection is named x*"},
        {CONDITION("2 of s"), "r.yml:9: condition: 2 is not the name of a selection"},
        {CONDITION("s & s"), "r.yml:9: condition: '&' is not part of a condition"},
        {CONDITION("s | count() > 5"), "r.yml:9: condition: aggregations (|) are not supported"},
        {CONDITION("s near t"), "r.yml:9: condition: near was not expected there"},
        {FIELD("'': x"), "r.yml:8: '': a field must have a name"},
        {FIELD("'|contains': [x, y]"), "r.yml:8: |contains: keywords take no modifier but all"},
        {FIELD("a: []"), "r.yml:8: a: the list is empty"},
        {FIELD("a: {b: x}"), "r.yml:8: a: the value must be a text or a list of texts"},
        {FIELD("a: [[x]]"), "r.yml:8: a: the value must be a text"},
        {FIELD("a: [x, null]"), "r.yml:8: a: null may not stand in a list"},
        {FIELD("a|contains: 7"), "r.yml:8: a|contains: the value must be a string"},
        {FIELD("a|contains: null"), "r.yml:8: a|contains: the value must be a string"},
        {FIELD("a|all: x"), "r.yml:8: a|all: all needs a list of two or more values"},
        {FIELD("a|contains|endswith: x"), "r.yml:8: a|contains|endswith: two modifiers contradict"},
        {FIELD("a|cased|lt: 5"), "r.yml:8: a|cased|lt: cased goes with texts only"},
        {FIELD("a|i: x"), "r.yml:8: a|i: i, m and s go with re only"},
        {FIELD("a|lt: x"), "r.yml:8: a|lt: the value must be a decimal number"},
        {FIELD("a|lt: '5'"), "r.yml:8: a|lt: the value must be a decimal number"},
        {FIELD("a: 0x1F"), "r.yml:8: a: the number must be decimal"},
        {FIELD("a: 1_000"), "r.yml:8: a: the number must be decimal"},
        {FIELD("a|gt: .inf"), "r.yml:8: a|gt: the value must be a decimal number"},
        {FIELD("a|exists: x"), "r.yml:8: a|exists: the value must be true or false"},
        {FIELD("a|cidr: 10.0.0.0"), "r.yml:8: a|cidr: the value must be a network"},
        {FIELD("a|re: '\\d'"), "r.yml:8: a|re: a backslash may only stand before one of"},
        {FIELD("a|re: '('"), "r.yml:8: a|re: missing closing parenthesis"},
        {FIELD("a|re:"), "r.yml:8: a|re: the value must be a string"},
        {FIELD("a|re: [null, x]"), "r.yml:8: a|re: the value must be a string"},
        {FIELD("a|fieldref: null"), "r.yml:8: a|fieldref: the value must be the name of a field"},
        {HEAD "    '': {a: x}\n    s: {a: x}\n    condition: all of them\n",
         "r.yml:7: '': a selection must have a name"},
        {CONDITION("1 of"), "r.yml:9: condition: a name or 'them' must stand behind 'of'"},
        {FIELD("a|fieldref: 'x*'"), "r.yml:8: a|fieldref: the value must be the name of a field"},
        {FIELD("a|: x"), "r.yml:8: a|: there is no modifier "},
        {FIELD("a|Contains: x"), "r.yml:8: a|Contains: there is no modifier Contains"},
        {FIELD("a|expand: '%x%'"), "r.yml:8: a|expand: the modifier expand is not supported"},
        {FIELD("a|windash: x"), "r.yml:8: a|windash: the modifier windash is not supported"},
        {FIELD("a|base64: x"), "r.yml:8: a|base64: the modifier base64 is not supported"},
        {FIELD("a|base64offset|contains: x"),
         "r.yml:8: a|base64offset|contains: the modifier base"},
        {FIELD("a|utf16: x"), "r.yml:8: a|utf16: the modifier utf16 is not supported"},
        {FIELD("a|wide: x"), "r.yml:8: a|wide: the modifier wide is not supported"},
        {FIELD("a|minute: 5"), "r.yml:8: a|minute: the modifier minute is not supported"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct rule rule;
        struct lambda_error err = {0};
        bool ok = rule_read(&rule, "r.yml", rows[i].yaml, NULL, &err);
        assert_row(i, ok ? "accepted" : err.type, "Function.RulesInvalid");
        err.message[strnlen(rows[i].wanted, sizeof err.message)] = '\0';
        assert_row(i, err.message, rows[i].wanted);
        assert_null(rule.detection.nodes);
    }
}

static void test_warns(void **state)
{
    (void)state;
    struct rule rule;
    struct lambda_error err;
    struct lambda_buffer warnings;
    lambda_buffer_init(&warnings, 1000);
    assert_true(rule_read(&rule, "r.yml", HEAD "    s: {a: x}\n    t: {b: x}\n    condition: s\n",
                          &warnings, &err));
    assert_string_equal(warnings.data, "r.yml:8: the selection t is not used\n");
    rule_done(&rule);
    lambda_buffer_done(&warnings);
}

static void assert_refuses_size(const char *yaml, const char *reason)
{
    struct rule rule;
    struct lambda_error err = {0};
    assert_false(rule_read(&rule, "r.yml", yaml, NULL, &err));
    if (strstr(err.message, reason) == NULL)
        fail_msg("'%s' does not say '%s'", err.message, reason);
}

/* Sizes that only an attack, or a mistake, can have. */
static void test_refuses_sizes(void **state)
{
    (void)state;
    struct lambda_buffer yaml;
    lambda_buffer_init(&yaml, 1000000);
    lambda_buffer_add_string(&yaml, "a:\n");
    for (int i = 0; i < DOCUMENT_NODES_MAX; i++)
        lambda_buffer_add_string(&yaml, "- x\n");
    assert_refuses_size(yaml.data, "more than 4096 YAML nodes");

    lambda_buffer_clear(&yaml);
    for (int i = 0; i < 100000; i++)
        lambda_buffer_add_string(&yaml, "[");
    assert_refuses_size(yaml.data, "r.yml:1: more than 64 open brackets");

    lambda_buffer_clear(&yaml);
    for (int i = 0; i < 17; i++)
        lambda_buffer_add_string(&yaml, "[");
    for (int i = 0; i < 17; i++)
        lambda_buffer_add_string(&yaml, "]");
    assert_refuses_size(yaml.data, "r.yml:1: a rule must be a map"); /* a depth of 16 is read */

    lambda_buffer_clear(&yaml);
    for (int i = 0; i < 30000; i++)
        lambda_buffer_add_string(&yaml, "- ");
    assert_refuses_size(yaml.data, "more than 4096 YAML nodes");

    lambda_buffer_clear(&yaml);
    lambda_buffer_add_string(&yaml, "a:\n");
    for (int i = 0; i < 17; i++)
        lambda_buffer_add_string(&yaml, " -");
    assert_refuses_size(yaml.data, "r.yml:2: nested deeper than 16");

    lambda_buffer_clear(&yaml);
    lambda_buffer_add_string(&yaml, HEAD "    s: {a: x}\n    condition: ");
    for (int i = 0; i < 100; i++)
        lambda_buffer_add_string(&yaml, "(");
    assert_refuses_size(yaml.data, "nested deeper than 64");

    lambda_buffer_clear(&yaml);
    lambda_buffer_add_string(&yaml, HEAD "    s: {a: [");
    for (int i = 0; i < 1000; i++)
        lambda_buffer_add_string(&yaml, "x, ");
    lambda_buffer_add_string(&yaml, "x]}\n    condition: s");
    for (int i = 0; i < 100; i++)
        lambda_buffer_add_string(&yaml, " or s");
    assert_refuses_size(yaml.data, "more than 65536 tests");
    lambda_buffer_done(&yaml);
}

static void test_limits(void **state)
{
    (void)state;
    struct rule rule;
    struct event event;
    struct evaluation evaluation;
    struct lambda_error err = {0};
    bool holds = false;
    struct lambda_buffer json;
    lambda_buffer_init(&json, 1000000);
    lambda_buffer_add_string(&json, "{\"detail\":{\"b\":\"y\",\"a\":[");
    for (int i = 0; i < 2000; i++)
        lambda_buffer_format(&json, "%s\"%d\"", i == 0 ? "" : ",", i);
    lambda_buffer_add_string(&json, "],\"o\":{\"k\":\"0123456789\"}}}");
    event_of(&event, json.data);

    rule_of(&rule, SELECTION("        a|fieldref: a\n")); /* equal at once */
    assert_true(evaluation_init(&evaluation, 1, &err));
    assert_true(rule_decide(&rule.detection, &evaluation, &event, &holds, &err));
    assert_true(holds);
    rule_done(&rule);

    rule_of(&rule, SELECTION("        a|fieldref: b\n        o|contains: '9'\n"));
    assert_true(rule_decide(&rule.detection, &evaluation, &event, &holds, &err));
    assert_false(holds);
    rule_done(&rule);

    rule_of(&rule, SELECTION("        o|contains: '9'\n")); /* does not fit: never "no match" */
    evaluation.object_size = 8;
    assert_false(rule_decide(&rule.detection, &evaluation, &event, &holds, &err));
    assert_string_equal(err.type, "Function.RuleLimit");
    rule_done(&rule);
    evaluation_done(&evaluation);
    event_free(&event);
    lambda_buffer_done(&json);
}

/* `no` compiles to `false`, which is longer than it: there is room for a file full of them. */
static void test_long_booleans(void **state)
{
    (void)state;
    struct rule rule;
    struct lambda_buffer yaml;
    lambda_buffer_init(&yaml, 100000);
    lambda_buffer_add_string(&yaml, HEAD "    s: {a: [no");
    for (int i = 0; i < 3000; i++)
        lambda_buffer_add_string(&yaml, ", no");
    lambda_buffer_add_string(&yaml, "]}\n    condition: s\n");
    rule_of(&rule, yaml.data);
    assert_string_equal(rule.detection.nodes[3001].glob, "false");
    rule_done(&rule);
    lambda_buffer_done(&yaml);
}

/* Looking for a field once for each of many values is work too, even where it finds nothing. */
static void test_fieldref_search_limit(void **state)
{
    (void)state;
    struct rule rule;
    struct event event;
    struct evaluation evaluation;
    struct lambda_error err = {0};
    bool holds = false;
    struct lambda_buffer json;
    lambda_buffer_init(&json, 1000000);
    lambda_buffer_add_string(&json, "{\"detail\":{\"a\":[0");
    for (int i = 0; i < 20000; i++)
        lambda_buffer_add_string(&json, ",1");
    lambda_buffer_add_string(&json, "],\"m\":{\"x\":1");
    for (int i = 0; i < 20000; i++)
        lambda_buffer_format(&json, ",\"k%d\":1", i);
    lambda_buffer_add_string(&json, "}}}");
    event_of(&event, json.data);
    rule_of(&rule, SELECTION("        a|fieldref: m.zz\n"));
    assert_true(evaluation_init(&evaluation, 1, &err));
    assert_false(rule_decide(&rule.detection, &evaluation, &event, &holds, &err));
    assert_string_equal(err.message, "a fieldref compares too many values");
    evaluation_done(&evaluation);
    rule_done(&rule);
    event_free(&event);
    lambda_buffer_done(&json);
}

/* Two arrays of 2,000 that share nothing are 4,000,000 comparisons: too many. */
static void test_fieldref_limit(void **state)
{
    (void)state;
    struct rule rule;
    struct event event;
    struct evaluation evaluation;
    struct lambda_error err = {0};
    bool holds = false;
    struct lambda_buffer json;
    lambda_buffer_init(&json, 1000000);
    for (int part = 0; part < 2; part++) {
        lambda_buffer_add_string(&json, part == 0 ? "{\"detail\":{\"a\":[" : "],\"b\":[");
        for (int i = 0; i < 2000; i++)
            lambda_buffer_format(&json, "%s\"%c%d\"", i == 0 ? "" : ",", 'x' + part, i);
    }
    lambda_buffer_add_string(&json, "]}}");
    event_of(&event, json.data);
    rule_of(&rule, SELECTION("        a|fieldref: b\n"));
    assert_true(evaluation_init(&evaluation, 1, &err));
    assert_false(rule_decide(&rule.detection, &evaluation, &event, &holds, &err));
    assert_string_equal(err.message, "a fieldref compares too many values");
    evaluation_done(&evaluation);
    rule_done(&rule);
    event_free(&event);
    lambda_buffer_done(&json);
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
        assert_row(i, rule.detection.nodes[0].glob, values[i]);
        assert_false(rule.detection.nodes[0].is_number);
        rule_done(&rule);
    }
}

static void test_plain_numbers(void **state)
{
    (void)state;
    static const char *const values[] = {"0", "-1", "1.", "1.5", ".5", "-.5", "0.5", "-0"};
    static const char *const refused[] = {"0x1F", "0o17", "0b11", "1_000", ".inf",  "-.inf",
                                          ".NaN", "+1",   "017",  "1:30",  "1.5e+3"};
    for (size_t i = 0; i < COUNT(values); i++) {
        char yaml[1024];
        struct rule rule;
        snprintf(yaml, sizeof yaml, SELECTION("        a: %s\n"), values[i]);
        rule_of(&rule, yaml);
        assert_true(rule.detection.nodes[0].is_number);
        assert_true(rule.detection.nodes[0].number == strtod(values[i], NULL));
        rule_done(&rule);
    }
    for (size_t i = 0; i < COUNT(refused); i++) {
        char yaml[1024];
        struct rule rule;
        struct lambda_error err = {0};
        snprintf(yaml, sizeof yaml, SELECTION("        a: %s\n"), refused[i]);
        assert_row(i, rule_read(&rule, "r.yml", yaml, NULL, &err) ? "accepted" : "refused",
                   "refused");
        assert_non_null(strstr(err.message, "the number must be decimal"));
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

static void folder_put_text(const struct folder *folder, const char *name, const char *text)
{
    folder_put(folder, name, text, strlen(text));
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
    assert_false(rules_load(&rules, folder->path, NULL, &err));
    assert_string_equal(err.type, "Function.RulesInvalid");
    if (strstr(err.message, reason) == NULL)
        fail_msg("'%s' does not say '%s'", err.message, reason);
    rules_done(&rules);
}

static void test_folder(void **state)
{
    (void)state;
    static const char good[] = SELECTION("        a: x\n");
    static const char *const names[] = {"b.yml", "a.yaml", "notes.txt"};
    struct folder folder = {"/dev/null/rules"};
    struct rules rules;
    struct lambda_error err = {0};
    assert_folder_refused(&folder, "/dev/null/rules: Not a directory");
    folder_make(&folder);
    assert_folder_refused(&folder, "holds no rule");
    folder_put_text(&folder, "notes.txt", "not a rule");
    assert_folder_refused(&folder, "holds no rule");
    folder_put_text(&folder, "b.yml", good);
    assert_true(rules_load(&rules, folder.path, NULL, &err));
    assert_int_equal(rules.count, 1);
    rules_done(&rules);
    folder_put_text(&folder, "a.yaml", CONDITION("s")); /* the same id */
    assert_folder_refused(&folder, "b.yml have one id, a5ffb6ea-c784-4e01-b30a-deb6e58ca2ab");
    folder_put_text(&folder, "a.yaml", "x");
    assert_folder_refused(&folder, "a.yaml:1: a rule must be a map");
    char *large = malloc(RULE_FILE_MAX + 1);
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

#define FILTER(rules, rest)                                                                        \
    "title: Landing zone\nid: 7f1b0a52-2f0b-4c7e-9f55-3f6f0d1f1a11\n"                              \
    "logsource:\n    product: aws\nfilter:\n    rules: " rules "\n" rest
#define EXCEPTION "    selection:\n        who|startswith: 'deploy'\n    condition: not selection\n"
#define MINE "[A5FFB6EA-c784-4e01-b30a-deb6e58ca2ab]"

static void test_filter(void **state)
{
    (void)state;
    static const struct {
        const char *record;
        const char *wanted;
    } rows[] = {
        {"{\"a\":\"x\",\"who\":\"alice\"}", "match"},
        {"{\"a\":\"x\"}", "match"},
        {"{\"a\":\"x\",\"who\":\"deployer\"}", "suppressed"},
        {"{\"a\":\"y\",\"who\":\"deployer\"}", "none"},
    };
    static const char *const names[] = {"mf_x.yml", "rule.yml"};
    struct folder folder;
    struct rules rules;
    struct lambda_error err = {0};
    folder_make(&folder);
    folder_put_text(&folder, "rule.yml", SELECTION("        a: x\n"));
    folder_put_text(&folder, "mf_x.yml", FILTER(MINE, EXCEPTION));
    if (!rules_load(&rules, folder.path, NULL, &err))
        fail_msg("%s", err.message);
    for (size_t i = 0; i < COUNT(rows); i++) {
        char json[128];
        struct event event;
        bool matches = false;
        const struct rule_filter *filter = NULL;
        snprintf(json, sizeof json, "{\"detail\":%s}", rows[i].record);
        event_of(&event, json);
        assert_true(rules_decide(&rules, &rules.items[0], &event, &matches, &filter, &err));
        assert_row(i, filter != NULL ? "suppressed" : matches ? "match" : "none", rows[i].wanted);
        assert_true(filter == NULL || strcmp(filter->title, "Landing zone") == 0);
        event_free(&event);
    }
    rules_done(&rules);
    folder_remove(&folder, names, COUNT(names));
}

static void test_filter_refuses(void **state)
{
    (void)state;
    static const struct {
        const char *filter;
        const char *wanted;
    } rows[] = {
        {FILTER("[]", EXCEPTION), "filter: rules must name a rule's id"},
        {FILTER("any", EXCEPTION), "rules must be a list"},
        {FILTER("[x]", EXCEPTION), "mf_x.yml: filter: there is no rule x"},
        {FILTER(MINE, "    selection:\n        a: x\n    condition: selection\n"),
         "the condition must be 'not selection'"},
        {FILTER(MINE, "    selection:\n        a: x\n    condition: notselection\n"),
         "the condition must be 'not selection'"},
        {FILTER(MINE, "    selection:\n        a: x\n    condition: not not selection\n"),
         "the condition must be 'not selection'"},
        {FILTER(MINE, "    selection:\n        a: x\n    condition: not selection or selection\n"),
         "the condition must be 'not selection'"},
        {FILTER(MINE, "    condition: not selection\n"), "filter: selection is missing"},
        {FILTER(MINE, "    selection:\n        a: x\n"), "filter: condition is missing"},
        {FILTER(MINE, EXCEPTION "    other:\n        a: x\n"), "filter: other: a filter has rules"},
        {FILTER(MINE, "    selection:\n        a|windash: x\n    condition: not selection\n"),
         "the modifier windash is not supported"},
        {"title: t\nlogsource:\n    product: aws\nfilter: x\n", "filter must be a map"},
        {"title: t\nlogsource:\n    product: aws\n    service: s3\nfilter: {}\n",
         "service must be cloudtrail"},
    };
    static const char *const names[] = {"mf_x.yml", "rule.yml"};
    struct folder folder;
    folder_make(&folder);
    folder_put_text(&folder, "rule.yml", SELECTION("        a: x\n"));
    for (size_t i = 0; i < COUNT(rows); i++) {
        folder_put_text(&folder, "mf_x.yml", rows[i].filter);
        assert_folder_refused(&folder, rows[i].wanted);
    }
    folder_remove(&folder, names, COUNT(names));
    folder_make(&folder);
    folder_put_text(&folder, "mf_x.yml", FILTER(MINE, EXCEPTION));
    assert_folder_refused(&folder, "holds no rule");
    folder_remove(&folder, names, 1);
}

/* The part of the pattern that a rule's detection decides. */
static void test_pattern(void **state)
{
    (void)state;
#define ACCOUNT "{\"source\":[\"aws.account\"],\"detail-type\":[{\"suffix\":\" via CloudTrail\"}]"
#define AWS "{\"source\":[{\"prefix\":\"aws.\"}],\"detail-type\":[{\"suffix\":\" via CloudTrail\"}]"
#define EXACT(word) "{\"equals-ignore-case\":\"" word "\"}"
    static const struct {
        const char *detection;
        const char *wanted;
    } rows[] = {
        {"    s: {eventSource: account.amazonaws.com, eventName: EnableRegion}\n    condition: s\n",
         ACCOUNT ",\"detail\":{\"eventSource\":[" EXACT(
             "account.amazonaws.com") "],\"eventName\":[" EXACT("EnableRegion") "]}}"},
        {"    s: {eventSource: iam.amazonaws.com, eventName: [A, B, a]}\n    condition: s\n",
         AWS ",\"detail\":{\"eventSource\":[" EXACT("iam.amazonaws.com") "],\"eventName\":[" EXACT(
             "A") "," EXACT("B") "]}}"},
        {"    s: {eventName|startswith: Put, eventSource|endswith: .com}\n    condition: s\n",
         AWS ",\"detail\":{\"eventSource\":[{\"suffix\":" EXACT(".com") "}],\"eventName\":"
                                                                        "[{\"prefix\":" EXACT(
                                                                            "Put") "}]}}"},
        {"    s: {eventName|contains: x, eventSource: 'a*b'}\n    condition: s\n", AWS "}"},
        {"    s: {eventName: 'x\\*'}\n    condition: s\n",
         AWS ",\"detail\":{\"eventName\":[" EXACT("x*") "]}}"},
        {"    s: {eventName: x}\n    t: {eventName: y}\n    condition: s or t\n",
         AWS ",\"detail\":{\"eventName\":[" EXACT("x") "," EXACT("y") "]}}"},
        {"    s: {eventName: x}\n    t: {a: y}\n    condition: s or t\n", AWS "}"},
        {"    s: {eventName: x}\n    t: {a: y}\n    condition: s and not t\n",
         AWS ",\"detail\":{\"eventName\":[" EXACT("x") "]}}"},
        {"    s: {eventName: x}\n    condition: not s\n", AWS "}"},
        {"    s: {eventName|neq: x}\n    condition: s\n", AWS "}"},
        {"    s: {eventName: [x, y]}\n    t: {eventName: x}\n    condition: s and t\n",
         AWS ",\"detail\":{\"eventName\":[" EXACT("x") "]}}"},
        {"    s: {eventName: null}\n    condition: s\n", AWS "}"},
        {"    s: {eventName: 7}\n    condition: s\n", AWS "}"},
        {"    s: {eventName: ''}\n    condition: s\n", AWS "}"},
        {"    s: [word]\n    condition: s\n", AWS "}"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char yaml[1024];
        struct rules rules = {0};
        struct lambda_buffer json;
        struct lambda_buffer notes;
        snprintf(yaml, sizeof yaml, DETECTION("%s"), rows[i].detection);
        rules.items = calloc(1, sizeof *rules.items);
        rules.count = 1;
        assert_non_null(rules.items);
        rule_of(&rules.items[0], yaml);
        lambda_buffer_init(&json, 10000);
        lambda_buffer_init(&notes, 10000);
        pattern_write(&rules, &json, &notes);
        assert_row(i, json.data, rows[i].wanted);
        bool has_name = strstr(json.data, "eventName") != NULL;
        assert_int_equal(strstr(notes.data, "eventName is left open") == NULL, has_name);
        lambda_buffer_done(&json);
        lambda_buffer_done(&notes);
        rules_done(&rules);
    }
}

/* Longer than EventBridge takes: the names are left open, and with too many sources these as well. */
static void test_pattern_is_widened(void **state)
{
    (void)state;
    for (int with_sources = 0; with_sources < 2; with_sources++) {
        struct lambda_buffer yaml;
        struct lambda_buffer notes;
        struct lambda_buffer json;
        struct rules rules = {.count = 1};
        lambda_buffer_init(&yaml, 100000);
        lambda_buffer_init(&notes, 10000);
        lambda_buffer_init(&json, 1000000);
        lambda_buffer_add_string(&yaml, DETECTION("    s:\n        eventName: ["));
        for (int i = 0; i < 100; i++)
            lambda_buffer_format(&yaml, "Name%d, ", i);
        lambda_buffer_add_string(&yaml, "x]\n        eventSource: [s");
        for (int i = 0; with_sources && i < 100; i++)
            lambda_buffer_format(&yaml, ", source%d.amazonaws.com", i);
        lambda_buffer_add_string(&yaml, "]\n    condition: s\n");
        rules.items = calloc(1, sizeof *rules.items);
        assert_non_null(rules.items);
        rule_of(&rules.items[0], yaml.data);
        pattern_write(&rules, &json, &notes);
        assert_in_range(json.len, 50, PATTERN_MAX);
        assert_null(strstr(json.data, "eventName"));
        assert_int_equal(strstr(json.data, "eventSource") != NULL, !with_sources);
        assert_non_null(strstr(notes.data, "eventName is left open: the pattern would be longer"));
        rules_done(&rules);
        lambda_buffer_done(&yaml);
        lambda_buffer_done(&notes);
        lambda_buffer_done(&json);
    }
}

/* The rule that is deployed says what was published, and names its authors. */
static void test_deployed_rule(void **state)
{
    (void)state;
    struct rules rules;
    struct lambda_error err = {0};
    if (!rules_load(&rules, "function/rules", NULL, &err))
        fail_msg("%s", err.message);
    assert_int_equal(rules.count, 1);
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
    const struct rule_node *nodes = rule->detection.nodes;
    assert_int_equal(nodes->span, 3);
    assert_string_equal(nodes[1].field, "eventName");
    assert_string_equal(nodes[1].glob, "EnableRegion");
    assert_string_equal(nodes[2].field, "eventSource");
    assert_string_equal(nodes[2].glob, "account.amazonaws.com");
    rules_done(&rules);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_region_rule),
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_shapes),
        cmocka_unit_test(test_conditions),
        cmocka_unit_test(test_facts),
        cmocka_unit_test(test_optional),
        cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_warns),
        cmocka_unit_test(test_refuses_sizes),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_fieldref_limit),
        cmocka_unit_test(test_long_booleans),
        cmocka_unit_test(test_fieldref_search_limit),
        cmocka_unit_test(test_plain_strings),
        cmocka_unit_test(test_plain_numbers),
        cmocka_unit_test(test_folder),
        cmocka_unit_test(test_folder_in_folder),
        cmocka_unit_test(test_filter),
        cmocka_unit_test(test_filter_refuses),
        cmocka_unit_test(test_pattern),
        cmocka_unit_test(test_pattern_is_widened),
        cmocka_unit_test(test_deployed_rule),
    };
    return cmocka_run_group_tests_name("rule", tests, NULL, NULL);
}
