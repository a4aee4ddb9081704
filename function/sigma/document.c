#include "sigma/document.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

enum { REASON_MAX = 512 }; /* bytes of a reason, with the NUL */

/* One file on its way to a tree. The node of libyaml's with index i becomes nodes[i - 1]. */
struct reading {
    const char *file;
    yaml_document_t yaml;
    struct node *nodes;
    const char **texts; /* handed out to lists from its start, like the next */
    char *characters;
    struct lambda_error *err;
};

bool document_refuse(struct lambda_error *err, const char *file, size_t line, const char *format,
                     ...)
{
    char reason[REASON_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(reason, sizeof reason, format, args);
    va_end(args);
    return lambda_fail(err, "Function.RulesInvalid", "%s:%zu: %s", file, line, reason);
}

static size_t line_of(const yaml_node_t *node)
{
    return node->start_mark.line + 1;
}

static size_t count_children(const yaml_node_t *node)
{
    switch (node->type) {
    case YAML_SEQUENCE_NODE:
        return (size_t)(node->data.sequence.items.top - node->data.sequence.items.start);
    case YAML_MAPPING_NODE:
        return (size_t)(node->data.mapping.pairs.top - node->data.mapping.pairs.start);
    default:
        return 0;
    }
}

/* Anything in quotes is a string. */
static enum scalar_type type_of(const yaml_node_t *node)
{
    return node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE
               ? scalar_type((const char *)node->data.scalar.value)
               : SCALAR_STRING;
}

static bool check_node(const struct reading *reading, const yaml_node_t *node)
{
    if (node->type != YAML_SCALAR_NODE ||
        strlen((const char *)node->data.scalar.value) == node->data.scalar.length)
        return true;
    return document_refuse(reading->err, reading->file, line_of(node), "a NUL character in a text");
}

/* Allocates the tree at once: its nodes, then the lists' pointers, then the characters. */
static bool allocate(struct reading *reading, struct document *document)
{
    const yaml_node_t *first = reading->yaml.nodes.start;
    size_t count = (size_t)(reading->yaml.nodes.top - first);
    size_t edges = 0;
    size_t characters = 0;
    if (count > DOCUMENT_NODES_MAX)
        return document_refuse(reading->err, reading->file, 1, "more than %d YAML nodes",
                               DOCUMENT_NODES_MAX);
    for (const yaml_node_t *node = first; node < first + count; node++) {
        if (!check_node(reading, node))
            return false;
        edges += count_children(node) * (node->type == YAML_MAPPING_NODE ? 2 : 1);
        if (node->type == YAML_SCALAR_NODE)
            characters += node->data.scalar.length + 1;
    }
    if (edges + 1 != count)
        return document_refuse(reading->err, reading->file, 1,
                               "an alias (*name): write the value out where it is meant");
    size_t path_size = strlen(reading->file) + 1;
    document->memory =
        calloc(1, count * (sizeof(struct node) + sizeof(char *)) + path_size + characters);
    if (document->memory == NULL)
        return document_refuse(reading->err, reading->file, 1, "out of memory");
    document->node_count = count;
    document->text_size = characters;
    reading->nodes = document->memory;
    reading->texts = (const char **)(reading->nodes + count);
    document->file = memcpy(reading->texts + count, reading->file, path_size);
    reading->characters = (char *)(reading->texts + count) + path_size;
    return true;
}

static void make_node(struct reading *reading, const yaml_node_t *yaml, struct node *node)
{
    *node = (struct node){.line = line_of(yaml), .key = "", .text = ""};
    node->kind = yaml->type == YAML_MAPPING_NODE    ? NODE_MAP
                 : yaml->type == YAML_SEQUENCE_NODE ? NODE_LIST
                                                    : NODE_TEXT;
    if (node->kind == NODE_TEXT) {
        size_t size = yaml->data.scalar.length + 1;
        node->text = memcpy(reading->characters, yaml->data.scalar.value, size);
        node->type = type_of(yaml);
        reading->characters += size;
    }
}

static void link_list(struct reading *reading, const yaml_node_t *yaml, struct node *list)
{
    const struct node **end = &list->first;
    list->texts = reading->texts;
    for (const yaml_node_item_t *item = yaml->data.sequence.items.start;
         item < yaml->data.sequence.items.top; item++) {
        struct node *child = &reading->nodes[*item - 1];
        *reading->texts++ = child->text;
        child->depth = list->depth + 1;
        list->count++;
        *end = child;
        end = &child->next;
    }
}

static bool link_map(struct reading *reading, const yaml_node_t *yaml, struct node *map)
{
    const struct node **end = &map->first;
    for (const yaml_node_pair_t *pair = yaml->data.mapping.pairs.start;
         pair < yaml->data.mapping.pairs.top; pair++) {
        const struct node *key = &reading->nodes[pair->key - 1];
        struct node *child = &reading->nodes[pair->value - 1];
        if (key->kind != NODE_TEXT)
            return document_refuse(reading->err, reading->file, key->line,
                                   "a key must be a plain text");
        if (node_find(map, key->text) != NULL)
            return document_refuse(reading->err, reading->file, key->line,
                                   "the key %s stands here twice: keep one", key->text);
        child->key = key->text;
        child->depth = map->depth + 1;
        map->count++;
        *end = child;
        end = &child->next;
    }
    return true;
}

static bool build(struct reading *reading, struct document *document)
{
    const yaml_node_t *first = reading->yaml.nodes.start;
    size_t count = (size_t)(reading->yaml.nodes.top - first);
    if (count == 0)
        return document_refuse(reading->err, reading->file, 1, "the file is empty");
    if (!allocate(reading, document))
        return false;
    for (size_t i = 0; i < count; i++)
        make_node(reading, &first[i], &reading->nodes[i]);
    for (size_t i = 0; i < count; i++) {
        struct node *node = &reading->nodes[i]; /* parents come before children */
        if (node->depth > DOCUMENT_DEPTH_MAX)
            return document_refuse(reading->err, reading->file, node->line, "nested deeper than %d",
                                   DOCUMENT_DEPTH_MAX);
        if (node->kind == NODE_LIST)
            link_list(reading, &first[i], node);
        else if (node->kind == NODE_MAP && !link_map(reading, &first[i], node))
            return false;
    }
    document->root = reading->nodes; /* libyaml's first node is the root */
    return true;
}

/* For each open bracket libyaml looks at all others: thousands would keep it busy for seconds. */
static bool check_brackets(const struct reading *reading, const char *yaml, size_t len)
{
    int open = 0;
    size_t line = 1;
    for (size_t i = 0; i < len; i++) {
        line += yaml[i] == '\n';
        if (yaml[i] == '[' || yaml[i] == '{')
            open++;
        else if ((yaml[i] == ']' || yaml[i] == '}') && open > 0)
            open--;
        if (open > DOCUMENT_BRACKETS_MAX)
            return document_refuse(
                reading->err, reading->file, line,
                "more than %d open brackets, those in texts and comments counted",
                DOCUMENT_BRACKETS_MAX);
    }
    return true;
}

/* Loads the next document; one that is not YAML is refused with the reader's own reason. */
static bool load(struct reading *reading, yaml_parser_t *parser)
{
    if (yaml_parser_load(parser, &reading->yaml))
        return true;
    size_t line =
        parser->problem_mark.line != 0 ? parser->problem_mark.line : parser->context_mark.line;
    return document_refuse(reading->err, reading->file, line + 1, "not YAML: %s",
                           parser->problem == NULL ? "out of memory" : parser->problem);
}

/* A second document would be a rule that nobody sees. */
static bool check_end(const struct reading *reading, yaml_parser_t *parser)
{
    struct reading rest = {.file = reading->file, .err = reading->err};
    if (!load(&rest, parser))
        return false;
    const yaml_node_t *root = yaml_document_get_root_node(&rest.yaml);
    size_t line = root == NULL ? 0 : line_of(root);
    yaml_document_delete(&rest.yaml);
    return line == 0 || document_refuse(reading->err, reading->file, line,
                                        "a second document: one file holds one rule");
}

bool document_read(struct document *document, const char *file, const char *yaml, size_t len,
                   struct lambda_error *err)
{
    struct reading reading = {.file = file, .err = err};
    yaml_parser_t parser;
    *document = (struct document){0};
    if (!check_brackets(&reading, yaml, len))
        return false;
    if (!yaml_parser_initialize(&parser))
        return document_refuse(err, file, 1, "out of memory");
    yaml_parser_set_input_string(&parser, (const unsigned char *)yaml, len);
    bool ok = load(&reading, &parser);
    if (ok) {
        ok = build(&reading, document) && check_end(&reading, &parser);
        yaml_document_delete(&reading.yaml);
    }
    yaml_parser_delete(&parser);
    if (!ok)
        document_done(document);
    return ok;
}

void document_done(struct document *document)
{
    free(document->memory);
    *document = (struct document){0};
}

const struct node *node_find(const struct node *map, const char *key)
{
    if (map->kind != NODE_MAP)
        return NULL;
    for (const struct node *child = map->first; child != NULL; child = child->next) {
        if (strcmp(child->key, key) == 0)
            return child;
    }
    return NULL;
}
