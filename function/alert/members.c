#include "alert/members.h"

#include <lambda/json.h>
#include <stdbool.h>
#include <string.h>

enum { KEY_MAX = 64 }; /* bytes of one name in a path, with the NUL */

static bool is_array(const char *end_of_name)
{
    return end_of_name[-1] == ']';
}

static void open_object(struct lambda_buffer *json, const char *name, size_t len)
{
    char key[KEY_MAX];
    bool array = is_array(name + len);
    size_t key_len = array ? len - strlen("[]") : len;
    if (key_len >= sizeof key) {
        json->failed = true;
        return;
    }
    memcpy(key, name, key_len);
    key[key_len] = '\0';
    if (array)
        lambda_json_open(json, key, '[');
    lambda_json_open(json, array ? NULL : key, '{');
}

/* Closes objects, the innermost first, until keep bytes of the open path are left. */
static void close_down_to(struct members *members, size_t keep)
{
    while (members->open_len > keep) {
        lambda_json_close(members->json, '}');
        if (is_array(members->open + members->open_len))
            lambda_json_close(members->json, ']');
        do {
            members->open_len--;
        } while (members->open_len > 0 && members->open[members->open_len] != '.');
    }
}

/* The bytes of the open path that path shares with it, up to a whole name. */
static size_t shared_len(const struct members *members, const char *path)
{
    size_t shared = 0;
    size_t i = 0;
    for (; i < members->open_len && members->open[i] == path[i]; i++) {
        if (path[i] == '.')
            shared = i;
    }
    return i == members->open_len && path[i] == '.' ? i : shared;
}

/* Makes the object that path stands in the innermost open one; returns the member's own name. */
static const char *enter(struct members *members, const char *path)
{
    close_down_to(members, shared_len(members, path));
    members->open = path;
    const char *name = path + members->open_len + (members->open_len > 0);
    for (const char *dot = strchr(name, '.'); dot != NULL; dot = strchr(name, '.')) {
        open_object(members->json, name, (size_t)(dot - name));
        members->open_len = (size_t)(dot - path);
        name = dot + 1;
    }
    return name;
}

void members_begin(struct members *members, struct lambda_buffer *json)
{
    *members = (struct members){.json = json, .open = ""};
    lambda_json_open(json, NULL, '{');
}

void members_text(struct members *members, const char *path, const char *text)
{
    lambda_json_string(members->json, enter(members, path), text);
}

void members_bytes(struct members *members, const char *path, const char *bytes, size_t len)
{
    lambda_json_bytes(members->json, enter(members, path), bytes, len);
}

void members_number(struct members *members, const char *path, int64_t number)
{
    lambda_json_number(members->json, enter(members, path), number);
}

void members_bool(struct members *members, const char *path, bool value)
{
    lambda_json_bool(members->json, enter(members, path), value);
}

void members_list(struct members *members, const char *path, const char *const *items, size_t count)
{
    lambda_json_open(members->json, enter(members, path), '[');
    for (size_t i = 0; i < count; i++)
        lambda_json_string(members->json, NULL, items[i]);
    lambda_json_close(members->json, ']');
}

void members_end(struct members *members)
{
    close_down_to(members, 0);
    lambda_json_close(members->json, '}');
}
