#include "sigma/parse.h"

#include "sigma/detection.h"
#include "text.h"
#include <string.h>

/* One file on its way to a rule or filter. */
struct parse {
    const char *file;
    const struct node *root;
    struct lambda_error *err;
};

/* A text of the file, and where it goes. */
struct fact {
    const char *key;
    size_t offset;
    const char *otherwise;    /* what an absent one is; NULL: it may not be absent or empty */
    const char *const *words; /* what it may be; NULL: anything, but an id is a UUID */
    const char *wanted;       /* the words for a message */
};

static const char *const levels[] = {"informational", "low", "medium", "high", "critical", NULL};
static const char *const statuses[] = {"stable",     "test",        "experimental",
                                       "deprecated", "unsupported", NULL};

static const struct fact rule_facts[] = {
    {"id", offsetof(struct rule, id), NULL, NULL, NULL},
    {"title", offsetof(struct rule, title), NULL, NULL, NULL},
    {"level", offsetof(struct rule, level), PARSE_NO_LEVEL, levels,
     "informational, low, medium, high or critical"},
    {"status", offsetof(struct rule, status), "", statuses,
     "stable, test, experimental, deprecated or unsupported"},
    {"author", offsetof(struct rule, author), PARSE_NO_AUTHOR, NULL, NULL},
    {"description", offsetof(struct rule, description), "", NULL, NULL},
    {"date", offsetof(struct rule, date), "", NULL, NULL},
    {"license", offsetof(struct rule, license), "", NULL, NULL},
};

static const struct fact filter_facts[] = {
    {"title", offsetof(struct rule_filter, title), NULL, NULL, NULL},
    {"id", offsetof(struct rule_filter, id), "", NULL, NULL},
};

static const struct list {
    const char *key;
    size_t offset;
} rule_lists[] = {
    {"tags", offsetof(struct rule, tags)},
    {"references", offsetof(struct rule, references)},
    {"falsepositives", offsetof(struct rule, falsepositives)},
    {"fields", offsetof(struct rule, fields)},
};

static bool read_fact(const struct parse *parse, const struct fact *fact, void *out)
{
    const char **text = (const char **)((char *)out + fact->offset);
    const struct node *node = node_find(parse->root, fact->key);
    bool required = fact->otherwise == NULL;
    bool is_blank = node != NULL && node->kind == NODE_TEXT &&
                    node->text[strspn(node->text, " \t\r\n")] == '\0';
    if (is_blank && !required)
        node = NULL;
    *text = node == NULL ? fact->otherwise : node->text;
    if (node == NULL)
        return !required || document_refuse(parse->err, parse->file, 1, "%s is missing", fact->key);
    if (node->kind != NODE_TEXT || is_blank)
        return document_refuse(parse->err, parse->file, node->line, "%s must be a text", fact->key);
    bool is_id = strcmp(fact->key, "id") == 0;
    if ((is_id && !text_is_uuid(node->text)) ||
        (fact->words != NULL && !text_is_one_of(node->text, fact->words)))
        return document_refuse(parse->err, parse->file, node->line, "%s is %s, must be %s",
                               fact->key, node->text, is_id ? "a UUID" : fact->wanted);
    return true;
}

static bool read_facts(const struct parse *parse, const struct fact *facts, size_t count, void *out)
{
    for (size_t i = 0; i < count; i++) {
        if (!read_fact(parse, &facts[i], out))
            return false;
    }
    return true;
}

static bool read_list(const struct parse *parse, const struct node *node, struct rule_list *out)
{
    if (node->kind != NODE_LIST)
        return document_refuse(parse->err, parse->file, node->line, "%s must be a list", node->key);
    for (const struct node *item = node->first; item != NULL; item = item->next) {
        if (item->kind != NODE_TEXT)
            return document_refuse(parse->err, parse->file, item->line,
                                   "%s must be a list of texts", node->key);
    }
    *out = (struct rule_list){.items = node->texts, .count = node->count};
    return true;
}

static bool read_lists(const struct parse *parse, struct rule *rule)
{
    for (size_t i = 0; i < sizeof rule_lists / sizeof rule_lists[0]; i++) {
        const struct node *node = node_find(parse->root, rule_lists[i].key);
        struct rule_list *out = (struct rule_list *)((char *)rule + rule_lists[i].offset);
        if (node != NULL && !read_list(parse, node, out))
            return false;
    }
    return true;
}

/* A map that the file must have. */
static const struct node *find_map(const struct parse *parse, const char *key)
{
    const struct node *map = node_find(parse->root, key);
    if (map != NULL && map->kind == NODE_MAP)
        return map;
    (void)document_refuse(parse->err, parse->file, map == NULL ? 1 : map->line, "%s must be a map",
                          key);
    return NULL;
}

/* A filter may leave the service out: then it is for all logs of AWS. */
static bool check_logsource(const struct parse *parse, bool may_be_wider)
{
    static const char *const wanted[][2] = {{"product", "aws"}, {"service", "cloudtrail"}};
    const struct node *logsource = find_map(parse, "logsource");
    if (logsource == NULL)
        return false;
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        const struct node *node = node_find(logsource, wanted[i][0]);
        if (node == NULL && may_be_wider && i > 0)
            continue;
        if (node == NULL || strcmp(node->text, wanted[i][1]) != 0)
            return document_refuse(
                parse->err, parse->file, node == NULL ? logsource->line : node->line,
                "logsource: %s must be %s: no other log arrives here", wanted[i][0], wanted[i][1]);
    }
    const struct node *category = node_find(logsource, "category");
    return category == NULL || document_refuse(parse->err, parse->file, category->line,
                                               "logsource: CloudTrail has no category");
}

bool parse_is_filter(const struct document *document)
{
    return node_find(document->root, "filter") != NULL;
}

static bool check_root(const struct parse *parse)
{
    const struct node *correlation = node_find(parse->root, "correlation");
    if (correlation != NULL)
        return document_refuse(parse->err, parse->file, correlation->line,
                               "correlation: a rule sees one event at a time");
    return parse->root->kind == NODE_MAP ||
           document_refuse(parse->err, parse->file, 1, "a rule must be a map");
}

bool parse_rule(struct rule *rule, struct document *document, struct lambda_buffer *warnings,
                struct lambda_error *err)
{
    *rule = (struct rule){.file = document->file, .document = *document};
    *document = (struct document){0};
    struct parse parse = {.file = rule->file, .root = rule->document.root, .err = err};
    bool ok = check_root(&parse) &&
              read_facts(&parse, rule_facts, sizeof rule_facts / sizeof rule_facts[0], rule) &&
              read_lists(&parse, rule) && check_logsource(&parse, false);
    const struct node *detection = ok ? find_map(&parse, "detection") : NULL;
    ok = detection != NULL &&
         detection_compile(&rule->detection, &rule->document, detection, NULL, warnings, err);
    if (!ok)
        rule_done(rule);
    return ok;
}

/*
 * Only what the specification has, and a condition that takes events away instead of choosing them.
 */
static bool check_filter(const struct parse *parse, const struct node *filter,
                         struct rule_list *rules)
{
    static const char *const keys[] = {"rules", "selection", "condition"};
    const struct node *found[3];
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        found[i] = node_find(filter, keys[i]);
        if (found[i] == NULL)
            return document_refuse(parse->err, parse->file, filter->line, "filter: %s is missing",
                                   keys[i]);
    }
    for (const struct node *node = filter->first; node != NULL; node = node->next) {
        if (node != found[0] && node != found[1] && node != found[2])
            return document_refuse(parse->err, parse->file, node->line,
                                   "filter: %s: a filter has rules, selection and condition only",
                                   node->key);
    }
    if (!text_matches(found[2]->text, "[ \t\n]*not[ \t\n]+selection[ \t\n]*"))
        return document_refuse(parse->err, parse->file, found[2]->line,
                               "filter: the condition must be 'not selection': anything else "
                               "would alert for the exceptions, or for nothing");
    return read_list(parse, found[0], rules) &&
           (rules->count > 0 || document_refuse(parse->err, parse->file, found[0]->line,
                                                "filter: rules must name a rule's id"));
}

bool parse_filter(struct rule_filter *filter, struct document *document,
                  struct lambda_buffer *warnings, struct lambda_error *err)
{
    *filter = (struct rule_filter){.file = document->file, .document = *document};
    *document = (struct document){0};
    struct parse parse = {.file = filter->file, .root = filter->document.root, .err = err};
    bool ok =
        check_root(&parse) &&
        read_facts(&parse, filter_facts, sizeof filter_facts / sizeof filter_facts[0], filter) &&
        check_logsource(&parse, true);
    const struct node *map = ok ? find_map(&parse, "filter") : NULL;
    ok = map != NULL && check_filter(&parse, map, &filter->rules) &&
         detection_compile(&filter->detection, &filter->document, map, "rules", warnings, err);
    if (!ok)
        rule_filter_done(filter);
    return ok;
}
