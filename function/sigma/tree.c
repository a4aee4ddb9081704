#include "sigma/tree.h"

#include <stdlib.h>
#include <string.h>

static bool reserve(struct tree *tree, size_t more)
{
    if (tree->failed || tree->count + more > TREE_NODES_MAX) {
        tree->failed = true;
        return false;
    }
    if (tree->count + more <= tree->capacity)
        return true;
    size_t capacity = 2 * (tree->count + more);
    struct rule_node *nodes = realloc(tree->nodes, capacity * sizeof *nodes);
    if (nodes == NULL) {
        tree->failed = true;
        return false;
    }
    tree->nodes = nodes;
    tree->capacity = capacity;
    return true;
}

void tree_add(struct tree *tree, const struct rule_node *node)
{
    if (!reserve(tree, 1))
        return;
    tree->nodes[tree->count] = *node;
    tree->nodes[tree->count++].span = 1;
}

void tree_open(struct tree *tree, enum rule_test test)
{
    const struct rule_node node = {
        .test = test, .name = "", .field = "", .modifiers = "", .text = "", .glob = ""};
    tree_add(tree, &node);
}

void tree_wrap(struct tree *tree, size_t place, enum rule_test test)
{
    tree_open(tree, test);
    if (tree->failed)
        return;
    struct rule_node *at = tree->nodes + place;
    struct rule_node node = tree->nodes[tree->count - 1];
    memmove(at + 1, at, (tree->count - 1 - place) * sizeof *at);
    *at = node;
    tree_close(tree, place);
}

void tree_close(struct tree *tree, size_t place)
{
    if (!tree->failed)
        tree->nodes[place].span = tree->count - place;
}

void tree_append(struct tree *tree, const struct tree *other)
{
    tree->failed |= other->failed;
    if (!reserve(tree, other->count))
        return;
    memcpy(tree->nodes + tree->count, other->nodes, other->count * sizeof *other->nodes);
    tree->count += other->count;
}

void tree_done(struct tree *tree)
{
    free(tree->nodes);
    *tree = (struct tree){0};
}
