#include "event.h"

#include "memory.h"
#include <cjson/cJSON.h>
#include <lambda/utf8.h>
#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { ESCAPE_LEN = 6, NUMBER_MAX = 32 }; /* bytes of "\uXXXX"; of any number that cJSON prints */

static const double exact_integer_max = 9007199254740992.0; /* 2^53 */

struct search {
    bool any_case;
    bool only_presence; /* arrays are values too, and whatever is there ends the search */
    event_visitor *visit;
    void *arg;
};

/* The code unit of a \uXXXX escape at text, or -1 if there is none. */
static int32_t escaped_unit(const char *text, size_t len)
{
    if (len < ESCAPE_LEN || text[0] != '\\' || text[1] != 'u')
        return -1;
    int32_t unit = 0;
    for (size_t i = 2; i < ESCAPE_LEN; i++) {
        static const char digits[] = "0123456789abcdef";
        char lower = (char)(text[i] >= 'A' && text[i] <= 'F' ? text[i] + ('a' - 'A') : text[i]);
        const char *digit = lower == '\0' ? NULL : strchr(digits, lower);
        if (digit == NULL)
            return -1;
        unit = unit * 16 + (int32_t)(digit - digits);
    }
    return unit;
}

/* Makes the escape at text safe; returns the bytes it takes. */
static size_t make_escape_safe(char *text, size_t len)
{
    int32_t unit = escaped_unit(text, len);
    /* cJSON would read \uZZZZ as a NUL; an escape \! it refuses, like all that is not JSON. */
    if (unit < 0 && len > 1 && text[1] == 'u')
        text[1] = '!';
    if (unit < 0) /* \" and \\ belong together; whatever else follows is looked at by itself */
        return len > 1 && (text[1] == '"' || text[1] == '\\') ? 2 : 1;
    if (unit >= 0xd800 && unit <= 0xdbff) {
        int32_t low = escaped_unit(text + ESCAPE_LEN, len - ESCAPE_LEN);
        if (low >= 0xdc00 && low <= 0xdfff)
            return 2 * (size_t)ESCAPE_LEN;
    }
    if (unit == 0 || (unit >= 0xd800 && unit <= 0xdfff))
        memcpy(text, "\\ufffd", ESCAPE_LEN);
    return ESCAPE_LEN;
}

void event_make_safe(char *text, size_t len)
{
    size_t i = 0;
    while (i < len) {
        if (text[i] == '\\') {
            i += make_escape_safe(text + i, len - i);
            continue;
        }
        if (text[i] > 0 && text[i] < 0x7f) { /* most are */
            i++;
            continue;
        }
        uint32_t code = 0;
        size_t width = lambda_utf8_decode(text + i, len - i, &code);
        if (width == 0 || code == 0) {
            text[i] = '?';
            width = 1;
        }
        i += width;
    }
}

static bool is_named(const cJSON *child, const char *key, size_t key_len, bool any_case)
{
    const char *name = child->string;
    if (any_case)
        return strncasecmp(name, key, key_len) == 0 && name[key_len] == '\0';
    bool begins_so = key_len == 0 || name[0] == key[0]; /* most do not */
    return begins_so && strncmp(name, key, key_len) == 0 && name[key_len] == '\0';
}

static const cJSON *member(const cJSON *object, const char *key, size_t key_len, bool any_case)
{
    const cJSON *child = NULL;
    cJSON_ArrayForEach(child, object)
    {
        if (is_named(child, key, key_len, any_case))
            return child;
    }
    return NULL;
}

/* Finds the record of an envelope, or of a bare record. */
static bool find_record(struct event *event, struct lambda_error *err)
{
    const cJSON *root = event->envelope;
    const cJSON *detail = cJSON_GetObjectItemCaseSensitive(root, "detail");
    bool is_bare = detail == NULL &&
                   cJSON_GetObjectItemCaseSensitive(root, "eventSource") != NULL &&
                   cJSON_GetObjectItemCaseSensitive(root, "eventName") != NULL;
    event->record = is_bare ? root : detail;
    return cJSON_IsObject(event->record) ||
           lambda_fail(err, "Function.EventNotRecord",
                       "the event holds no CloudTrail record: neither an object \"detail\" as "
                       "EventBridge sends it, nor eventSource and eventName of a bare record");
}

/* cJSON calls a text wrong when its memory runs out: so it never does. */
static cJSON *parse(const char *text, size_t size, const char **end, bool whole)
{
    static cJSON_Hooks hooks = {memory_take, free};
    cJSON_InitHooks(&hooks);
    return cJSON_ParseWithLengthOpts(text, size, end, whole);
}

bool event_parse(struct event *event, char *text, size_t len, struct lambda_error *err)
{
    *event = (struct event){.text = text, .text_len = len};
    if (len == 0)
        return lambda_fail(err, "Function.EventNotJson", "the event is empty");
    event_make_safe(text, len);
    const char *end = text;
    event->envelope = parse(text, len + 1, &end, true);
    if (event->envelope == NULL)
        return lambda_fail(err, "Function.EventNotJson",
                           "the event is not JSON from byte %td of %zu on", end - text, len);
    return find_record(event, err);
}

void event_done(struct event *event)
{
    cJSON_Delete(event->envelope);
    *event = (struct event){0};
}

/* cJSON prints without writing to the tree, but its interface does not say so. */
static bool print(const cJSON *node, char *out, size_t size)
{
    int length = size < INT_MAX ? (int)size : INT_MAX;
    return cJSON_PrintPreallocated((cJSON *)(uintptr_t)node, out, length, false);
}

/* Integers below 2^53 are their digits, other numbers what cJSON, which keeps no text, prints. */
static void print_number(const cJSON *node, char *text)
{
    double number = node->valuedouble;
    if (fabs(number) < exact_integer_max && floor(number) == number)
        snprintf(text, NUMBER_MAX, "%.0f", number);
    else if (!print(node, text, NUMBER_MAX))
        text[0] = '\0';
}

static bool show(const cJSON *node, const struct search *search)
{
    char number[NUMBER_MAX];
    struct event_value value = {.kind = EVENT_OBJECT, .text = "", .node = node};
    if (cJSON_IsNull(node)) {
        value.kind = EVENT_NULL;
    } else if (cJSON_IsBool(node)) {
        value.kind = EVENT_BOOL;
        value.text = cJSON_IsTrue(node) ? "true" : "false";
    } else if (cJSON_IsNumber(node)) {
        value.kind = EVENT_NUMBER;
        value.number = node->valuedouble;
        print_number(node, number);
        value.text = number;
    } else if (cJSON_IsString(node)) {
        value.kind = EVENT_STRING;
        value.text = node->valuestring;
    }
    value.text_len = strlen(value.text);
    return search->visit(&value, search->arg);
}

/* Recursion goes as deep as the event, which the parser bounds at 1,000. */
static bool any_below(const cJSON *node, const char *path, const struct search *search)
{
    if (path == NULL && search->only_presence)
        return true;
    if (cJSON_IsArray(node)) {
        const cJSON *child = NULL;
        cJSON_ArrayForEach(child, node)
        {
            if (any_below(child, path, search))
                return true;
        }
        return false;
    }
    if (path == NULL)
        return show(node, search);
    if (!cJSON_IsObject(node))
        return false;
    const cJSON *literal = member(node, path, strlen(path), search->any_case);
    if (literal != NULL)
        return any_below(literal, NULL, search);
    const char *dot = strchr(path, '.');
    if (dot == NULL)
        return false;
    const cJSON *next = member(node, path, (size_t)(dot - path), search->any_case);
    return next != NULL && any_below(next, dot + 1, search);
}

static bool search_event(const struct event *event, enum event_scope scope, const char *path,
                         struct search search)
{
    search.any_case = scope == EVENT_RECORD_ANY_CASE;
    return any_below(scope == EVENT_ENVELOPE ? event->envelope : event->record, path, &search);
}

bool event_any(const struct event *event, enum event_scope scope, const char *path,
               event_visitor *visit, void *arg)
{
    return search_event(event, scope, path, (struct search){.visit = visit, .arg = arg});
}

bool event_has(const struct event *event, enum event_scope scope, const char *path)
{
    return search_event(event, scope, path, (struct search){.only_presence = true});
}

bool event_print(const struct event_value *object, char *out, size_t size)
{
    return print(object->node, out, size);
}

bool event_print_record(const struct event *event, char *out, size_t size)
{
    return print(event->record, out, size);
}

/* One event of a file; its tree belongs to the whole file. */
static bool take_event(cJSON *node, event_taker *take, void *arg, struct lambda_error *err)
{
    struct event event = {.text = "", .envelope = node};
    if (!find_record(&event, err))
        return false;
    take(&event, arg);
    return true;
}

/* One JSON text of a file: an event or many. */
static bool take_text(cJSON *root, const char *member, event_taker *take, void *arg,
                      struct lambda_error *err)
{
    const char *name = member == NULL ? "Records" : member;
    cJSON *list = cJSON_IsArray(root) ? root : cJSON_GetObjectItemCaseSensitive(root, name);
    if (member != NULL && !cJSON_IsArray(list))
        return lambda_fail(err, "Function.EventNotRecord", "there is no array %s", member);
    if (!cJSON_IsArray(list))
        return take_event(root, take, arg, err);
    for (cJSON *child = list->child; child != NULL; child = child->next) {
        if (!take_event(child, take, arg, err))
            return false;
    }
    return true;
}

bool event_read_all(char *text, size_t len, const char *member, event_taker *take, void *arg,
                    struct lambda_error *err)
{
    bool ok = true;
    const char *rest = text;
    event_make_safe(text, len);
    rest += strspn(rest, " \t\r\n");
    while (ok && *rest != '\0') {
        const char *end = rest;
        cJSON *root = parse(rest, len + 1 - (size_t)(rest - text), &end, false);
        if (root == NULL)
            return lambda_fail(err, "Function.EventNotJson", "not JSON from byte %td of %zu on",
                               end - text, len);
        ok = take_text(root, member, take, arg, err);
        cJSON_Delete(root);
        rest = end + strspn(end, " \t\r\n");
    }
    return ok;
}
