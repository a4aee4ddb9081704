#include "sigma/parse.h"

#include "text.h"
#include <stdlib.h>
#include <string.h>

/* One file on its way to a rule. */
struct parse {
    const char *file;
    const struct node *root;
    struct lambda_error *err;
};

/* A text of the file, and where it goes. */
static const struct fact {
    const char *key;
    size_t offset;
    bool required;
    const char *form; /* regular expression, or NULL for any text */
    const char *wanted;
} facts[] = {
    {"id", offsetof(struct rule, id), true, "^[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$",
     "a UUID"},
    {"title", offsetof(struct rule, title), true, NULL, NULL},
    {"level", offsetof(struct rule, level), true, "^(informational|low|medium|high|critical)$",
     "informational, low, medium, high or critical"},
    {"author", offsetof(struct rule, author), true, NULL, NULL},
    {"status", offsetof(struct rule, status), false,
     "^(stable|test|experimental|deprecated|unsupported)$",
     "stable, test, experimental, deprecated or unsupported"},
    {"description", offsetof(struct rule, description), false, NULL, NULL},
    {"date", offsetof(struct rule, date), false, NULL, NULL},
    {"license", offsetof(struct rule, license), false, NULL, NULL},
};

static const struct list {
    const char *key;
    size_t offset;
} lists[] = {
    {"tags", offsetof(struct rule, tags)},
    {"references", offsetof(struct rule, references)},
    {"falsepositives", offsetof(struct rule, falsepositives)},
};

static bool read_fact(const struct parse *parse, const struct fact *fact, struct rule *rule)
{
    const char **text = (const char **)((char *)rule + fact->offset);
    const struct node *node = node_find(parse->root, fact->key);
    *text = node == NULL ? "" : node->text;
    if (node == NULL)
        return !fact->required ||
               document_refuse(parse->err, parse->file, 1, "%s is missing", fact->key);
    if (node->kind != NODE_TEXT || (fact->required && node->text[0] == '\0'))
        return document_refuse(parse->err, parse->file, node->line, "%s must be a text", fact->key);
    return fact->form == NULL || text_matches(node->text, fact->form) ||
           document_refuse(parse->err, parse->file, node->line, "%s is %s, must be %s", fact->key,
                           node->text, fact->wanted);
}

static bool read_list(const struct parse *parse, const struct list *list, struct rule *rule)
{
    const struct node *node = node_find(parse->root, list->key);
    if (node == NULL)
        return true;
    if (node->kind != NODE_LIST)
        return document_refuse(parse->err, parse->file, node->line, "%s must be a list", list->key);
    for (const struct node *item = node->first; item != NULL; item = item->next) {
        if (item->kind != NODE_TEXT)
            return document_refuse(parse->err, parse->file, item->line,
                                   "%s must be a list of texts", list->key);
    }
    struct rule_list *out = (struct rule_list *)((char *)rule + list->offset);
    *out = (struct rule_list){.items = node->texts, .count = node->count};
    return true;
}

static bool read_facts(const struct parse *parse, struct rule *rule)
{
    for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++) {
        if (!read_fact(parse, &facts[i], rule))
            return false;
    }
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        if (!read_list(parse, &lists[i], rule))
            return false;
    }
    return true;
}

/* A map that the rule must have. */
static const struct node *find_map(const struct parse *parse, const char *key)
{
    const struct node *map = node_find(parse->root, key);
    if (map != NULL && map->kind == NODE_MAP)
        return map;
    document_refuse(parse->err, parse->file, map == NULL ? 1 : map->line, "%s must be a map", key);
    return NULL;
}

static bool check_logsource(const struct parse *parse)
{
    static const char *const wanted[][2] = {{"product", "aws"}, {"service", "cloudtrail"}};
    const struct node *logsource = find_map(parse, "logsource");
    if (logsource == NULL)
        return false;
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        const struct node *node = node_find(logsource, wanted[i][0]);
        if (node == NULL || strcmp(node->text, wanted[i][1]) != 0)
            return document_refuse(
                parse->err, parse->file, node == NULL ? logsource->line : node->line,
                "logsource: %s must be %s: no other log arrives here", wanted[i][0], wanted[i][1]);
    }
    const struct node *category = node_find(logsource, "category");
    return category == NULL || document_refuse(parse->err, parse->file, category->line,
                                               "logsource: CloudTrail has no category");
}

/* One field of a selection. */
static bool compile_field(const struct parse *parse, const struct node *field,
                          struct rule_node *out)
{
    const char *reason = NULL;
    if (field->key[0] == '\0' || strchr(field->key, '|') != NULL)
        reason = "a field must be a plain path of keys, without modifiers";
    else if (field->kind != NODE_TEXT)
        reason = "the value must be one string";
    else if (!field->is_string)
        reason = "the value must be a string: put quotes around it if the text is meant";
    else if (strpbrk(field->text, "*?\\") != NULL)
        reason = "the value must be a whole text, without * or ? or backslash";
    if (reason != NULL)
        return document_refuse(parse->err, parse->file, field->line, "%s: %s", field->key, reason);
    *out = (struct rule_node){.test = RULE_EQUALS,
                              .span = 1,
                              .field = field->key,
                              .text = field->text,
                              .text_len = strlen(field->text)};
    return true;
}

static bool compile_selection(const struct parse *parse, const struct node *selection,
                              struct rule *rule)
{
    if (selection->kind != NODE_MAP || selection->count == 0)
        return document_refuse(parse->err, parse->file, selection->line,
                               "%s must be a map of fields to strings", selection->key);
    struct rule_node *nodes = calloc(selection->count + 1, sizeof *nodes);
    if (nodes == NULL)
        return document_refuse(parse->err, parse->file, selection->line, "out of memory");
    rule->condition = nodes;
    *nodes = (struct rule_node){.test = RULE_ALL, .span = selection->count + 1};
    for (const struct node *field = selection->first; field != NULL; field = field->next) {
        if (!compile_field(parse, field, ++nodes))
            return false;
    }
    return true;
}

static bool compile_detection(const struct parse *parse, struct rule *rule)
{
    const struct node *detection = find_map(parse, "detection");
    if (detection == NULL)
        return false;
    const struct node *condition = node_find(detection, "condition");
    if (condition == NULL || condition->kind != NODE_TEXT)
        return document_refuse(parse->err, parse->file,
                               condition == NULL ? detection->line : condition->line,
                               "detection: condition must be the name of a selection");
    const struct node *selection = node_find(detection, condition->text);
    if (selection == NULL || selection == condition)
        return document_refuse(parse->err, parse->file, condition->line,
                               "condition: %s is not the name of a selection", condition->text);
    for (const struct node *other = detection->first; other != NULL; other = other->next) {
        if (other != selection && other != condition)
            return document_refuse(parse->err, parse->file, other->line,
                                   "detection: %s is not used by the condition", other->key);
    }
    return compile_selection(parse, selection, rule);
}

bool rule_parse(struct rule *rule, const char *file, const char *text, size_t len,
                struct lambda_error *err)
{
    *rule = (struct rule){0};
    if (!document_read(&rule->document, file, text, len, err))
        return false;
    struct parse parse = {.file = file, .root = rule->document.root, .err = err};
    bool ok = rule->document.root->kind == NODE_MAP ||
              document_refuse(err, file, 1, "a rule must be a map");
    ok = ok && read_facts(&parse, rule) && check_logsource(&parse) &&
         compile_detection(&parse, rule);
    if (!ok)
        rule_done(rule);
    return ok;
}
