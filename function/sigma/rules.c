#include "sigma/rules.h"

#include "sigma/parse.h"
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { PATH_MAX_BYTES = 4096, EVENT_MAX = 1048576 }; /* an asynchronous event is not larger */

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

static bool read_document(struct document *document, const char *file, struct lambda_error *err)
{
    struct lambda_buffer text;
    lambda_buffer_init(&text, RULE_FILE_MAX);
    bool ok =
        read_file(file, &text, err) && document_read(document, file, text.data, text.len, err);
    lambda_buffer_done(&text);
    return ok;
}

/* Makes room for one more item in an array; NULL when memory runs out. */
static void *grow(void *items, size_t count, size_t size)
{
    return realloc(items, (count + 1) * size);
}

static bool add_file(struct rules *rules, const char *file, struct lambda_buffer *warnings,
                     struct lambda_error *err)
{
    struct document document = {0};
    struct rule *items = grow(rules->items, rules->count, sizeof *items);
    rules->items = items != NULL ? items : rules->items;
    struct rule_filter *filters = grow(rules->filters, rules->filter_count, sizeof *filters);
    rules->filters = filters != NULL ? filters : rules->filters;
    if (items == NULL || filters == NULL)
        return lambda_fail(err, "Function.RulesInvalid", "%s: out of memory", file);
    if (!read_document(&document, file, err))
        return false;
    bool is_filter = parse_is_filter(&document);
    bool ok = is_filter ? parse_filter(&filters[rules->filter_count], &document, warnings, err)
                        : parse_rule(&items[rules->count], &document, warnings, err);
    if (ok && is_filter)
        rules->filter_count++;
    else if (ok)
        rules->count++;
    return ok;
}

static const struct rule *find_rule(const struct rules *rules, const char *id)
{
    for (size_t i = 0; i < rules->count; i++) {
        if (strcasecmp(rules->items[i].id, id) == 0)
            return &rules->items[i];
    }
    return NULL;
}

static bool check_filter(const struct rules *rules, const struct rule_filter *filter,
                         struct lambda_error *err)
{
    for (size_t i = 0; i < filter->rules.count; i++) {
        if (find_rule(rules, filter->rules.items[i]) == NULL)
            return lambda_fail(err, "Function.RulesInvalid", "%s: filter: there is no rule %s",
                               filter->file, filter->rules.items[i]);
    }
    for (const struct rule_filter *other = rules->filters; other < filter; other++) {
        if (filter->id[0] != '\0' && strcasecmp(other->id, filter->id) == 0)
            return lambda_fail(err, "Function.RulesInvalid", "%s and %s have one id, %s",
                               other->file, filter->file, filter->id);
    }
    return true;
}

bool rules_check(struct rules *rules, struct lambda_error *err)
{
    if (rules->count == 0)
        return lambda_fail(err, "Function.RulesInvalid", "there is no rule");
    for (size_t i = 0; i < rules->count; i++) {
        const struct rule *rule = &rules->items[i];
        const struct rule *first = find_rule(rules, rule->id);
        if (first != NULL && first != rule)
            return lambda_fail(err, "Function.RulesInvalid", "%s and %s have one id, %s",
                               first->file, rule->file, rule->id);
    }
    for (size_t i = 0; i < rules->filter_count; i++) {
        if (!check_filter(rules, &rules->filters[i], err))
            return false;
    }
    return evaluation_init(&rules->evaluation, EVENT_MAX, err);
}

static bool list_files(const char *folder, struct dirent **entries, size_t count,
                       rules_file_taker *take, void *arg, struct lambda_error *err)
{
    if (count > RULES_MAX)
        return lambda_fail(err, "Function.RulesInvalid", "%s: more than %d files", folder,
                           RULES_MAX);
    for (size_t i = 0; i < count; i++) {
        char file[PATH_MAX_BYTES];
        int len = snprintf(file, sizeof file, "%s/%s", folder, entries[i]->d_name);
        if ((size_t)len >= sizeof file)
            return lambda_fail(err, "Function.RulesInvalid", "%s: path too long",
                               entries[i]->d_name);
        if (!take(file, arg))
            break;
    }
    return true;
}

bool rules_list(const char *path, rules_file_taker *take, void *arg, struct lambda_error *err)
{
    struct dirent **entries = NULL;
    int found = scandir(path, &entries, is_rule_file, alphasort);
    if (found < 0 && errno == ENOTDIR) {
        (void)take(path, arg);
        return true;
    }
    if (found < 0)
        return lambda_fail(err, "Function.RulesInvalid", "%s: %s", path, strerror(errno));
    bool ok = list_files(path, entries, (size_t)found, take, arg, err);
    for (int i = 0; i < found; i++)
        free(entries[i]);
    free(entries);
    return ok;
}

struct adding {
    struct rules *rules;
    struct lambda_buffer *warnings;
    struct lambda_error *err;
    bool ok;
};

static bool take_file(const char *file, void *arg)
{
    struct adding *adding = arg;
    adding->ok = add_file(adding->rules, file, adding->warnings, adding->err);
    return adding->ok;
}

bool rules_add(struct rules *rules, const char *path, struct lambda_buffer *warnings,
               struct lambda_error *err)
{
    struct adding adding = {.rules = rules, .warnings = warnings, .err = err, .ok = true};
    return rules_list(path, take_file, &adding, err) && adding.ok;
}

bool rules_load(struct rules *rules, const char *folder, struct lambda_buffer *warnings,
                struct lambda_error *err)
{
    *rules = (struct rules){0};
    if (!rules_add(rules, folder, warnings, err))
        return false;
    if (rules->count == 0)
        return lambda_fail(err, "Function.RulesInvalid", "%s: holds no rule (a file *.yml)",
                           folder);
    return rules_check(rules, err);
}

void rules_done(struct rules *rules)
{
    for (size_t i = 0; i < rules->count; i++)
        rule_done(&rules->items[i]);
    for (size_t i = 0; i < rules->filter_count; i++)
        rule_filter_done(&rules->filters[i]);
    free(rules->items);
    free(rules->filters);
    evaluation_done(&rules->evaluation);
    *rules = (struct rules){0};
}

static bool applies(const struct rule_filter *filter, const struct rule *rule)
{
    for (size_t i = 0; i < filter->rules.count; i++) {
        if (strcasecmp(filter->rules.items[i], rule->id) == 0)
            return true;
    }
    return false;
}

bool rules_decide(struct rules *rules, const struct rule *rule, const struct event *event,
                  bool *matches, const struct rule_filter **suppressed_by, struct lambda_error *err)
{
    *suppressed_by = NULL;
    if (!rule_decide(&rule->detection, &rules->evaluation, event, matches, err))
        return false;
    for (size_t i = 0; *matches && i < rules->filter_count; i++) {
        const struct rule_filter *filter = &rules->filters[i];
        bool passes = true;
        if (!applies(filter, rule))
            continue;
        if (!rule_decide(&filter->detection, &rules->evaluation, event, &passes, err))
            return false;
        if (!passes) {
            *suppressed_by = filter;
            return true;
        }
    }
    return true;
}
