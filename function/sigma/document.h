/*
 * document.h - a YAML file as a tree of texts, lists and maps.
 *
 * A file holds one document. Keys are strings, each once in its map: YAML readers differ in which
 * of two equal keys they take. There are no aliases (*name) and no NULs in texts. Sizes and depths
 * are bounded below.
 *
 * Source: YAML 1.1, as libyaml reads it.
 */
#ifndef DOCUMENT_H
#define DOCUMENT_H

#include "sigma/scalar.h"
#include <lambda/error.h>
#include <stdbool.h>
#include <stddef.h>

enum {
    DOCUMENT_NODES_MAX = 4096,
    DOCUMENT_DEPTH_MAX = 16,    /* lists and maps in one another */
    DOCUMENT_BRACKETS_MAX = 64, /* open at a place of the file, be it in a text or a comment */
};

enum node_kind { NODE_TEXT, NODE_LIST, NODE_MAP };

struct node {
    enum node_kind kind;
    size_t line;              /* in the file, from 1 */
    size_t depth;             /* of the root 0 */
    const char *key;          /* its name in the map that holds it; "" elsewhere */
    const char *text;         /* NODE_TEXT: the characters; else "" */
    enum scalar_type type;    /* NODE_TEXT */
    size_t count;             /* of children */
    const struct node *first; /* child; the others follow by next */
    const struct node *next;
    const char **texts; /* NODE_LIST: the texts of its children */
};

struct document {
    const char *file; /* its path, for messages */
    const struct node *root;
    size_t node_count;
    size_t text_size; /* bytes of all texts and keys, each with its NUL */
    void *memory;     /* owned: the tree and the path */
};

/*
 * Reads len bytes of YAML. file is for messages only. Fails with Function.RulesInvalid and a
 * message that begins "file:line: ". On success the caller owns the document: document_done().
 */
LAMBDA_MUST_CHECK bool document_read(struct document *document, const char *file, const char *yaml,
                                     size_t len, struct lambda_error *err);

/* Frees the tree. Accepts a zeroed struct. */
void document_done(struct document *document);

/* The child of that name; NULL if there is none or map is not a map. */
const struct node *node_find(const struct node *map, const char *key);

/* Fails with Function.RulesInvalid: "file:line: " and the reason. */
__attribute__((format(printf, 4, 5))) bool
document_refuse(struct lambda_error *err, const char *file, size_t line, const char *format, ...);

#endif
