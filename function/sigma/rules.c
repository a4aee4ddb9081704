#include "sigma/rules.h"

#include "sigma/parse.h"
#include <dirent.h>
#include <errno.h>
#include <lambda/buffer.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static int is_rule_file(const struct dirent *entry)
{
    const char *suffix = strrchr(entry->d_name, '.');
    return suffix != NULL && (strcmp(suffix, ".yml") == 0 || strcmp(suffix, ".yaml") == 0);
}

static bool read_file(const char *path, struct lambda_buffer *text, struct lambda_error *err)
{
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return lambda_fail(err, "Function.RulesInvalid", "%s: %s", path, strerror(errno));
    char chunk[4096];
    while (!feof(file) && !ferror(file) && !text->failed)
        lambda_buffer_add(text, chunk, fread(chunk, 1, sizeof chunk, file));
    bool ok = !ferror(file);
    fclose(file);
    if (text->failed)
        return lambda_fail(err, "Function.RulesInvalid", "%s: larger than %d bytes", path,
                           RULE_FILE_MAX);
    return ok || lambda_fail(err, "Function.RulesInvalid", "%s: cannot be read", path);
}

static bool load_rule(struct rule *rule, const char *folder, const char *name,
                      struct lambda_error *err)
{
    struct lambda_buffer path;
    struct lambda_buffer text;
    lambda_buffer_init(&path, 4096);
    lambda_buffer_init(&text, RULE_FILE_MAX);
    lambda_buffer_format(&path, "%s/%s", folder, name);
    bool ok = path.failed ? lambda_fail(err, "Function.RulesInvalid", "%s: path too long", name)
                          : read_file(path.data, &text, err) &&
                                rule_parse(rule, path.data, text.data, text.len, err);
    lambda_buffer_done(&text);
    lambda_buffer_done(&path);
    return ok;
}

static bool check_id(const struct rules *rules, const char *name, struct lambda_error *err)
{
    const struct rule *last = &rules->items[rules->count - 1];
    for (const struct rule *rule = rules->items; rule < last; rule++) {
        if (strcasecmp(rule->id, last->id) == 0)
            return lambda_fail(err, "Function.RulesInvalid",
                               "%s: the id %s is also that of the rule \"%s\"", name, last->id,
                               rule->title);
    }
    return true;
}

static bool load_all(struct rules *rules, const char *folder, struct dirent **entries, size_t count,
                     struct lambda_error *err)
{
    if (count == 0 || count > RULES_MAX)
        return lambda_fail(err, "Function.RulesInvalid",
                           "%s: holds %zu rule files (*.yml), must be 1 to %d", folder, count,
                           RULES_MAX);
    rules->items = calloc(count, sizeof *rules->items);
    if (rules->items == NULL)
        return lambda_fail(err, "Function.RulesInvalid", "%s: out of memory", folder);
    for (size_t i = 0; i < count; i++) {
        if (!load_rule(&rules->items[i], folder, entries[i]->d_name, err))
            return false;
        rules->count++;
        if (!check_id(rules, entries[i]->d_name, err))
            return false;
    }
    return true;
}

bool rules_load(struct rules *rules, const char *folder, struct lambda_error *err)
{
    *rules = (struct rules){0};
    struct dirent **entries = NULL;
    int found = scandir(folder, &entries, is_rule_file, alphasort);
    if (found < 0)
        return lambda_fail(err, "Function.RulesInvalid", "the folder of rules %s: %s", folder,
                           strerror(errno));
    bool ok = load_all(rules, folder, entries, (size_t)found, err);
    for (int i = 0; i < found; i++)
        free(entries[i]);
    free(entries);
    return ok;
}

void rules_done(struct rules *rules)
{
    for (size_t i = 0; i < rules->count; i++)
        rule_done(&rules->items[i]);
    free(rules->items);
    *rules = (struct rules){0};
}
