#include "sigma/field.h"

#include "sigma/glob.h"
#include <stdlib.h>
#include <string.h>

/* What the modifiers of a field come to. */
struct field {
    const struct node *node;
    const char *name;
    const char *modifiers;
    enum rule_test test;
    enum glob_anchor anchor;
    bool has_operation;
    bool all;
    bool cased;
    bool negated;
    struct regex_flags regex_flags;
};

static const struct operation {
    const char *name;
    enum rule_test test;
    enum glob_anchor anchor;
} operations[] = {
    {"contains", RULE_GLOB, GLOB_ANYWHERE}, {"startswith", RULE_GLOB, GLOB_START},
    {"endswith", RULE_GLOB, GLOB_END},      {"re", RULE_REGEX, GLOB_WHOLE},
    {"cidr", RULE_CIDR, GLOB_WHOLE},        {"lt", RULE_LT, GLOB_WHOLE},
    {"lte", RULE_LTE, GLOB_WHOLE},          {"gt", RULE_GT, GLOB_WHOLE},
    {"gte", RULE_GTE, GLOB_WHOLE},          {"fieldref", RULE_FIELDREF, GLOB_WHOLE},
    {"exists", RULE_EXISTS, GLOB_WHOLE},
};

static const struct flag {
    const char *name;
    size_t offset;
} flags[] = {
    {"all", offsetof(struct field, all)},
    {"cased", offsetof(struct field, cased)},
    {"neq", offsetof(struct field, negated)},
    {"i", offsetof(struct field, regex_flags.ignore_case)},
    {"m", offsetof(struct field, regex_flags.multi_line)},
    {"s", offsetof(struct field, regex_flags.dot_all)},
};

static const struct advice {
    const char *modifier;
    const char *text;
} advices[] = {
    {"expand", "placeholders are not filled in: write the values out"},
    {"windash", "write each form of the value out"},
    {"base64", "write the encoded text out"},
    {"base64offset", "write the three encoded texts out"},
    {"utf16", "no field of a CloudTrail record holds UTF-16"},
    {"utf16le", "no field of a CloudTrail record holds UTF-16"},
    {"utf16be", "no field of a CloudTrail record holds UTF-16"},
    {"wide", "no field of a CloudTrail record holds UTF-16"},
    {"minute", "parts of times cannot be compared: use a regular expression"},
    {"hour", "parts of times cannot be compared: use a regular expression"},
    {"day", "parts of times cannot be compared: use a regular expression"},
    {"week", "parts of times cannot be compared: use a regular expression"},
    {"month", "parts of times cannot be compared: use a regular expression"},
    {"year", "parts of times cannot be compared: use a regular expression"},
};

static const char *keep(struct compiler *compiler, const char *text, size_t len)
{
    char *copy = compiler->out->memory + compiler->memory_used;
    memcpy(copy, text, len);
    copy[len] = '\0';
    compiler->memory_used += len + 1;
    return copy;
}

bool field_refuse(const struct compiler *compiler, const struct node *node, const char *subject,
                  const char *reason)
{
    return document_refuse(compiler->err, compiler->file, node->line, "%s: %s", subject, reason);
}

static bool is_word(const char *word, const char *text, size_t len)
{
    return strlen(word) == len && strncmp(word, text, len) == 0;
}

static bool refuse_modifier(const struct compiler *compiler, const struct node *node,
                            const char *name, size_t len)
{
    for (size_t i = 0; i < sizeof advices / sizeof advices[0]; i++) {
        if (is_word(advices[i].modifier, name, len))
            return document_refuse(compiler->err, compiler->file, node->line,
                                   "%s: the modifier %.*s is not supported: %s", node->key,
                                   (int)len, name, advices[i].text);
    }
    return document_refuse(compiler->err, compiler->file, node->line,
                           "%s: there is no modifier %.*s", node->key, (int)len, name);
}

static bool apply_modifier(const struct compiler *compiler, struct field *field, const char *name,
                           size_t len)
{
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        if (is_word(flags[i].name, name, len)) {
            *(bool *)((char *)field + flags[i].offset) = true;
            return true;
        }
    }
    for (size_t i = 0; i < sizeof operations / sizeof operations[0]; i++) {
        if (!is_word(operations[i].name, name, len))
            continue;
        if (field->has_operation)
            return field_refuse(compiler, field->node, field->node->key,
                                "two modifiers contradict each other");
        field->has_operation = true;
        field->test = operations[i].test;
        field->anchor = operations[i].anchor;
        return true;
    }
    return refuse_modifier(compiler, field->node, name, len);
}

static size_t count_values(const struct node *node)
{
    return node->kind == NODE_LIST ? node->count : 1;
}

/* What does not go together. */
static bool check_field(const struct compiler *compiler, const struct field *field)
{
    const struct regex_flags *regex = &field->regex_flags;
    const char *reason = NULL;
    if (field->node->kind == NODE_MAP)
        reason = "the value must be a text or a list of texts";
    else if (count_values(field->node) == 0)
        reason = "the list is empty";
    else if (field->all && count_values(field->node) < 2)
        reason = "all needs a list of two or more values";
    else if (field->cased && field->test != RULE_GLOB && field->test != RULE_FIELDREF)
        reason = "cased goes with texts only";
    else if ((regex->ignore_case || regex->multi_line || regex->dot_all) &&
             field->test != RULE_REGEX)
        reason = "i, m and s go with re only";
    else if (field->name[0] == '\0' && (field->has_operation || field->cased || field->negated))
        reason = "keywords take no modifier but all";
    return reason == NULL || field_refuse(compiler, field->node, field->node->key, reason);
}

static bool read_field(struct compiler *compiler, const struct node *node, struct field *field)
{
    size_t name_len = strcspn(node->key, "|");
    *field = (struct field){.node = node, .test = RULE_GLOB, .anchor = GLOB_WHOLE};
    field->name = keep(compiler, node->key, name_len);
    field->modifiers = node->key + name_len;
    for (const char *bar = field->modifiers; *bar == '|'; bar += 1 + strcspn(bar + 1, "|")) {
        if (!apply_modifier(compiler, field, bar + 1, strcspn(bar + 1, "|")))
            return false;
    }
    if (name_len == 0 && field->modifiers[0] == '\0')
        return field_refuse(compiler, node, "''", "a field must have a name");
    return check_field(compiler, field);
}

/* These make one value a leaf; each returns what is wrong with it, or NULL. */

static const char *make_glob(struct compiler *compiler, const struct field *field,
                             const struct node *value, struct rule_node *leaf)
{
    const char *text = value->text;
    bool is_plain = field->anchor == GLOB_WHOLE && !field->cased;
    if (value->type != SCALAR_STRING && !is_plain)
        return "the value must be a string: put quotes around it";
    if (value->type == SCALAR_NULL && field->node->kind == NODE_LIST)
        return "null may not stand in a list: use two selections";
    if (value->type == SCALAR_NULL) {
        leaf->test = RULE_NULL;
        return NULL;
    }
    if (value->type == SCALAR_BOOL)
        text = scalar_is_true(value->text) ? "true" : "false";
    if (value->type == SCALAR_NUMBER) {
        leaf->is_number = true;
        if (!scalar_read_decimal(text, &leaf->number))
            return "the number must be decimal; put quotes around it if the text is meant";
    }
    char *glob = compiler->out->memory + compiler->memory_used;
    leaf->glob = glob;
    leaf->glob_len = glob_compile(text, field->anchor, glob);
    compiler->memory_used += leaf->glob_len + 1;
    return NULL;
}

static const char *make_regex(struct compiler *compiler, const struct field *field,
                              const struct node *value, struct rule_node *leaf)
{
    struct rule_detection *out = compiler->out;
    if (value->type != SCALAR_STRING)
        return "the value must be a string: put quotes around it";
    struct regex **regexes = realloc(out->regexes, (out->regex_count + 1) * sizeof *regexes);
    if (regexes == NULL)
        return "out of memory";
    out->regexes = regexes;
    struct regex *regex = regex_compile(value->text, &field->regex_flags, compiler->problem);
    if (regex == NULL)
        return compiler->problem;
    regexes[out->regex_count++] = regex;
    leaf->regex = regex;
    return NULL;
}

static const char *make_cidr(struct compiler *compiler, const struct field *field,
                             const struct node *value, struct rule_node *leaf)
{
    (void)compiler, (void)field;
    return cidr_parse(&leaf->cidr, value->text)
               ? NULL
               : "the value must be a network, such as 192.0.2.0/24";
}

static const char *make_number(struct compiler *compiler, const struct field *field,
                               const struct node *value, struct rule_node *leaf)
{
    (void)compiler, (void)field;
    return value->type == SCALAR_NUMBER && scalar_read_decimal(value->text, &leaf->number)
               ? NULL
               : "the value must be a decimal number";
}

static const char *make_fieldref(struct compiler *compiler, const struct field *field,
                                 const struct node *value, struct rule_node *leaf)
{
    (void)compiler, (void)field, (void)leaf;
    return value->type == SCALAR_STRING && value->text[0] != '\0' &&
                   strpbrk(value->text, "*?\\|") == NULL
               ? NULL
               : "the value must be the name of a field";
}

static const char *make_exists(struct compiler *compiler, const struct field *field,
                               const struct node *value, struct rule_node *leaf)
{
    (void)compiler, (void)field, (void)leaf;
    return value->type == SCALAR_BOOL ? NULL : "the value must be true or false";
}

typedef const char *leaf_maker(struct compiler *compiler, const struct field *field,
                               const struct node *value, struct rule_node *leaf);

static leaf_maker *const makers[] = {
    [RULE_GLOB] = make_glob,     [RULE_KEYWORD] = make_glob, [RULE_REGEX] = make_regex,
    [RULE_CIDR] = make_cidr,     [RULE_LT] = make_number,    [RULE_LTE] = make_number,
    [RULE_GT] = make_number,     [RULE_GTE] = make_number,   [RULE_FIELDREF] = make_fieldref,
    [RULE_EXISTS] = make_exists,
};

static bool add_leaf(struct compiler *compiler, const struct field *field, const struct node *value,
                     struct tree *tree)
{
    size_t place = tree->count;
    struct rule_node leaf = {.test = field->test,
                             .name = "",
                             .field = field->name,
                             .modifiers = field->modifiers,
                             .text = value->text,
                             .glob = "",
                             .cased = field->cased};
    const char *subject = field->node->key[0] != '\0' ? field->node->key : "keyword";
    if (value->kind != NODE_TEXT)
        return field_refuse(compiler, value, subject, "the value must be a text");
    const char *problem = makers[field->test](compiler, field, value, &leaf);
    if (problem != NULL)
        return field_refuse(compiler, value, subject, problem);
    tree_add(tree, &leaf);
    if (leaf.test == RULE_EXISTS && !scalar_is_true(value->text))
        tree_wrap(tree, place, RULE_NOT);
    return true;
}

static bool add_values(struct compiler *compiler, const struct field *field, struct tree *tree)
{
    size_t place = tree->count;
    if (field->node->kind == NODE_TEXT)
        return add_leaf(compiler, field, field->node, tree);
    if (field->node->count > 1)
        tree_open(tree, field->all ? RULE_ALL : RULE_ANY);
    for (const struct node *value = field->node->first; value != NULL; value = value->next) {
        if (!add_leaf(compiler, field, value, tree))
            return false;
    }
    tree_close(tree, place);
    return true;
}

bool field_add(struct compiler *compiler, const struct node *node, struct tree *tree)
{
    struct field field;
    size_t place = tree->count;
    if (!read_field(compiler, node, &field))
        return false;
    if (field.name[0] == '\0') {
        field.test = RULE_KEYWORD;
        field.anchor = GLOB_ANYWHERE;
    }
    if (!add_values(compiler, &field, tree))
        return false;
    if (field.negated)
        tree_wrap(tree, place, RULE_NOT);
    return true;
}

bool field_add_keyword(struct compiler *compiler, const struct node *value, struct tree *tree)
{
    const struct field field = {
        .node = value, .name = "", .modifiers = "", .test = RULE_KEYWORD, .anchor = GLOB_ANYWHERE};
    return add_leaf(compiler, &field, value, tree);
}
