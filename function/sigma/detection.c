#include "sigma/detection.h"

#include "sigma/condition.h"
#include "sigma/field.h"
#include <stdlib.h>
#include <string.h>

/* The selections of one detection on their way. */
struct selections {
    struct selection *items; /* owned */
    size_t count;
};

static bool add_map(struct compiler *compiler, const struct node *map, struct tree *tree)
{
    size_t place = tree->count;
    if (map->count != 1)
        tree_open(tree, RULE_ALL);
    for (const struct node *field = map->first; field != NULL; field = field->next) {
        if (!field_add(compiler, field, tree))
            return false;
    }
    tree_close(tree, place);
    return map->count > 0 || field_refuse(compiler, map, "selection", "the map is empty");
}

/* A map is an AND of fields; a list is an OR of maps and keywords; a text is a keyword. */
static bool compile_selection(struct compiler *compiler, const struct node *node, struct tree *tree)
{
    bool is_list = node->kind == NODE_LIST;
    if (is_list && node->count == 0)
        return field_refuse(compiler, node, node->key, "the list is empty");
    if (is_list && node->count > 1)
        tree_open(tree, RULE_ANY);
    for (const struct node *item = is_list ? node->first : node; item != NULL;
         item = is_list ? item->next : NULL) {
        bool ok = item->kind == NODE_MAP ? add_map(compiler, item, tree)
                                         : field_add_keyword(compiler, item, tree);
        if (!ok)
            return false;
    }
    tree_close(tree, 0);
    if (!tree->failed)
        tree->nodes[0].name = node->key;
    return !tree->failed || field_refuse(compiler, node, node->key, "too large, or no memory");
}

static bool compile_selections(struct compiler *compiler, const struct node *detection,
                               const char *other, struct selections *selections)
{
    for (const struct node *node = detection->first; node != NULL; node = node->next) {
        if (strcmp(node->key, "condition") == 0 || (other != NULL && strcmp(node->key, other) == 0))
            continue;
        if (node->key[0] == '\0')
            return field_refuse(compiler, node, "''", "a selection must have a name");
        if (strcmp(node->key, "timeframe") == 0)
            return field_refuse(compiler, node, node->key, "a rule sees one event at a time");
        struct selection *selection = &selections->items[selections->count++];
        *selection = (struct selection){.name = node->key, .line = node->line};
        if (!compile_selection(compiler, node, &selection->tree))
            return false;
    }
    return true;
}

/* A list of conditions is an OR. */
static bool compile_condition(struct compiler *compiler, const struct node *detection,
                              const struct selections *selections, struct tree *tree)
{
    char problem[CONDITION_PROBLEM_MAX];
    const struct node *condition = node_find(detection, "condition");
    if (condition == NULL || condition->kind == NODE_MAP ||
        (condition->kind == NODE_LIST && condition->count == 0))
        return field_refuse(compiler, condition == NULL ? detection : condition, "condition",
                            "a detection must have one");
    bool is_list = condition->kind == NODE_LIST;
    if (is_list && condition->count > 1)
        tree_open(tree, RULE_ANY);
    for (const struct node *item = is_list ? condition->first : condition; item != NULL;
         item = is_list ? item->next : NULL) {
        if (item->kind != NODE_TEXT)
            return field_refuse(compiler, item, "condition", "it must be a text");
        if (!condition_compile(item->text, selections->items, selections->count, tree, problem))
            return field_refuse(compiler, item, "condition", problem);
    }
    tree_close(tree, 0);
    return true;
}

static void warn_of_unused(const char *file, const struct selections *selections,
                           struct lambda_buffer *warnings)
{
    for (size_t i = 0; warnings != NULL && i < selections->count; i++) {
        const struct selection *selection = &selections->items[i];
        if (!selection->is_used)
            lambda_buffer_format(warnings, "%s:%zu: the selection %s is not used\n", file,
                                 selection->line, selection->name);
    }
}

/*
 * Reserves the memory of all strings. A key or text takes at most three bytes more than it has: two
 * wildcards, or what makes `false` out of `no`.
 */
static bool reserve(struct compiler *compiler, const struct document *document,
                    const struct node *detection, struct selections *selections)
{
    compiler->out->memory = malloc(document->text_size + 3 * document->node_count);
    selections->items = calloc(detection->count + 1, sizeof *selections->items);
    return (compiler->out->memory != NULL && selections->items != NULL) ||
           field_refuse(compiler, detection, "detection", "out of memory");
}

bool detection_compile(struct rule_detection *compiled, const struct document *document,
                       const struct node *detection, const char *other,
                       struct lambda_buffer *warnings, struct lambda_error *err)
{
    struct compiler compiler = {.file = document->file, .err = err, .out = compiled};
    struct selections selections = {0};
    struct tree condition = {0};
    *compiled = (struct rule_detection){0};
    bool ok = reserve(&compiler, document, detection, &selections) &&
              compile_selections(&compiler, detection, other, &selections) &&
              compile_condition(&compiler, detection, &selections, &condition);
    compiled->nodes = condition.nodes;
    if (ok)
        warn_of_unused(document->file, &selections, warnings);
    else
        rule_detection_done(compiled);
    for (size_t i = 0; i < selections.count; i++)
        tree_done(&selections.items[i].tree);
    free(selections.items);
    return ok;
}
