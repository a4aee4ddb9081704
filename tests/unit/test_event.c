#include "event_of.h"
#include "test.h"

static void test_make_safe(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t len;
        const char *wanted;
    } rows[] = {
        {"", 0, ""},
        {"plain", 5, "plain"},
        {"h\xc3\xa9 \xf0\x9f\x98\x80", 8, "h\xc3\xa9 \xf0\x9f\x98\x80"},
        /* escapes that cJSON would cut at, or refuse the document for */
        {"a\\u0000b", 8, "a\\ufffdb"},
        {"\\ud800", 6, "\\ufffd"},
        {"\\uDFFF", 6, "\\ufffd"},
        {"\\ud800\\ud800\\udc00", 18, "\\ufffd\\ud800\\udc00"},
        {"\\ud83d\\ude00", 12, "\\ud83d\\ude00"},
        {"\\ud83dx\\ude00", 13, "\\ufffdx\\ufffd"},
        {"\\udc00\\ud800", 12, "\\ufffd\\ufffd"},
        /* a backslash that is itself escaped begins no escape */
        {"\\\\u0000", 7, "\\\\u0000"},
        {"\\\\\\u0000", 8, "\\\\\\ufffd"},
        {"\\\"\\u0000", 8, "\\\"\\ufffd"},
        /* what only looks like one */
        {"\\u000", 5, "\\!000"},
        {"\\u00g0", 6, "\\!00g0"},
        {"\\U0000", 6, "\\U0000"},
        {"\\", 1, "\\"},
        {"\\ud83d\\u", 8, "\\ufffd\\!"},
        /* bytes that are not UTF-8, and NULs */
        {"a\0b", 3, "a?b"},
        {"\\\0b", 3, "\\?b"},
        {"\x80", 1, "?"},
        {"\xc0\xaf", 2, "??"},
        {"\xed\xa0\x80", 3, "???"},
        {"\xf4\x90\x80\x80", 4, "????"},
        {"\xe2\x82", 2, "??"},
        {"\\\xff\\u0000", 8, "\\?\\ufffd"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[32] = "";
        memcpy(text, rows[i].text, rows[i].len);
        event_make_safe(text, rows[i].len);
        assert_row(i, text, rows[i].wanted);
    }
}

static void test_parse(void **state)
{
    (void)state;
    static const struct {
        const char *json;
        const char *wanted_type; /* NULL: parsed */
    } rows[] = {
        {"{\"detail\":{}}", NULL},
        {"{\"detail-type\":\"whatever\",\"detail\":{\"a\":1}}", NULL},
        {"{\"eventSource\":\"s\",\"eventName\":\"n\"}", NULL},
        {" \n{\"detail\":{}}\n ", NULL},
        {"\xef\xbb\xbf{\"detail\":{}}", NULL},
        {"", "Function.EventNotJson"},
        {" ", "Function.EventNotJson"},
        {"{", "Function.EventNotJson"},
        {"{\"detail\":{}}x", "Function.EventNotJson"},
        {"{\"detail\":{}}{}", "Function.EventNotJson"},
        {"{\"detail\":{\"a\":\"\\x\"}}", "Function.EventNotJson"},
        {"{\"detail\":{\"a\":\"\\uZZZZ\"}}", "Function.EventNotJson"},
        {"{\"detail\":{\"\\u12G4\":1}}", "Function.EventNotJson"},
        {"{\"detail\":{\"a\":\"\\ud800\\uZZZZ\"}}", "Function.EventNotJson"},
        {"null", "Function.EventNotRecord"},
        {"[]", "Function.EventNotRecord"},
        {"[{\"detail\":{}}]", "Function.EventNotRecord"},
        {"\"detail\"", "Function.EventNotRecord"},
        {"{}", "Function.EventNotRecord"},
        {"{\"Detail\":{}}", "Function.EventNotRecord"},
        {"{\"detail\":null}", "Function.EventNotRecord"},
        {"{\"detail\":[]}", "Function.EventNotRecord"},
        {"{\"detail\":\"{}\"}", "Function.EventNotRecord"},
        {"{\"eventSource\":\"s\"}", "Function.EventNotRecord"},
        {"{\"eventsource\":\"s\",\"eventname\":\"n\"}", "Function.EventNotRecord"},
        {"{\"eventSource\":\"s\",\"eventName\":\"n\",\"detail\":1}", "Function.EventNotRecord"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[128];
        struct event event;
        struct lambda_error err = {0};
        snprintf(text, sizeof text, "%s", rows[i].json);
        bool ok = event_parse(&event, text, strlen(text), &err);
        assert_row(i, ok ? "parsed" : err.type,
                   rows[i].wanted_type ? rows[i].wanted_type : "parsed");
        assert_true(ok || err.message[0] != '\0');
        event_done(&event);
    }
}

/* Nested deeper than cJSON follows: an error, not a stack overflow. */
static void test_depth(void **state)
{
    (void)state;
    enum { DEPTH = 100000 };
    char *text = malloc(DEPTH + 1);
    struct event event;
    struct lambda_error err = {0};
    assert_non_null(text);
    memset(text, '[', DEPTH);
    text[DEPTH] = '\0';
    assert_false(event_parse(&event, text, DEPTH, &err));
    assert_string_equal(err.type, "Function.EventNotJson");
    event_done(&event);
    free(text);
}

/* Every value shown, as kind:text, joined. */
static bool collect(const struct event_value *value, void *arg)
{
    static const char kinds[] = "nb#so"; /* null, bool, number, string, object */
    char *all = arg;
    size_t len = strlen(all);
    assert_int_equal(value->text_len, strlen(value->text));
    snprintf(all + len, 256 - len, "%c:%s ", kinds[value->kind], value->text);
    return false;
}

static void test_any(void **state)
{
    (void)state;
    static const char json[] =
        "{\"id\":\"envelope\",\"detail\":{\"id\":\"record\",\"a\":{\"b\":\"deep\",\"B\":\"upper\"},"
        "\"x.y\":\"literal\",\"x\":{\"y\":\"path\",\"z\":\"other\"},\"p\":{\"q.r\":\"inner\"},"
        "\"list\":[\"1\",[\"2\",{\"k\":\"3\"}],{\"k\":\"4\"}],\"empty\":[],\"dup\":\"first\","
        "\"dup\":"
        "\"second\",\"null\":null,\"t\":true,\"f\":false,\"object\":{},\"blank\":\"\","
        "\"n\":[0,-7,9007199254740991,9007199254740992,1.5,1e999,-0.0],\"cut\":\"a\\u0000b\"}}";
    static const struct {
        enum event_scope scope;
        const char *path;
        const char *wanted;
    } rows[] = {
        {EVENT_RECORD, "id", "s:record "},
        {EVENT_ENVELOPE, "id", "s:envelope "},
        {EVENT_ENVELOPE, "detail.id", "s:record "},
        {EVENT_RECORD, "a.b", "s:deep "},
        {EVENT_RECORD, "a.B", "s:upper "},
        {EVENT_RECORD, "A.b", ""},
        {EVENT_RECORD_ANY_CASE, "A.B", "s:deep "},
        {EVENT_RECORD, "x.y", "s:literal "},
        {EVENT_RECORD, "x.z", "s:other "},
        {EVENT_RECORD, "p.q.r", "s:inner "},
        {EVENT_RECORD, "list", "s:1 s:2 o: o: "},
        {EVENT_RECORD, "list.k", "s:3 s:4 "},
        {EVENT_RECORD, "empty", ""},
        {EVENT_RECORD, "dup", "s:first "},
        {EVENT_RECORD, "null", "n: "},
        {EVENT_RECORD, "null.x", ""},
        {EVENT_RECORD, "t", "b:true "},
        {EVENT_RECORD, "f", "b:false "},
        {EVENT_RECORD, "object", "o: "},
        {EVENT_RECORD, "blank", "s: "},
        {EVENT_RECORD, "n",
         "#:0 #:-7 #:9007199254740991 #:9.00719925474099e+15 #:1.5 #:null #:-0 "},
        {EVENT_RECORD, "cut",
         "s:a\xef\xbf\xbd"
         "b "},
        {EVENT_RECORD, "missing", ""},
        {EVENT_RECORD, "a.missing", ""},
        {EVENT_RECORD, "id.b", ""},
        {EVENT_RECORD, "", ""},
        {EVENT_RECORD, ".", ""},
        {EVENT_RECORD, "a.", ""},
        {EVENT_RECORD, ".b", ""},
    };
    struct event event;
    event_of(&event, json);
    for (size_t i = 0; i < COUNT(rows); i++) {
        char all[256] = "";
        assert_false(event_any(&event, rows[i].scope, rows[i].path, collect, all));
        assert_row(i, all, rows[i].wanted);
    }
    event_free(&event);
}

static bool stop_at_two(const struct event_value *value, void *arg)
{
    ++*(int *)arg;
    return strcmp(value->text, "2") == 0;
}

static void test_any_stops(void **state)
{
    (void)state;
    struct event event;
    int seen = 0;
    event_of(&event, "{\"detail\":{\"a\":[1,2,3]}}");
    assert_true(event_any(&event, EVENT_RECORD, "a", stop_at_two, &seen));
    assert_int_equal(seen, 2);
    event_free(&event);
}

static void test_done_accepts_zero(void **state)
{
    (void)state;
    struct event event = {0};
    event_done(&event);
    event_done(&event);
    assert_null(event.envelope);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_make_safe), cmocka_unit_test(test_parse),
        cmocka_unit_test(test_depth),     cmocka_unit_test(test_any),
        cmocka_unit_test(test_any_stops), cmocka_unit_test(test_done_accepts_zero),
    };
    return cmocka_run_group_tests_name("event", tests, NULL, NULL);
}
