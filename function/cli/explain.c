#include "cli/cli.h"

#include "sigma/glob.h"
#include <string.h>

enum { INDENT = 2 };

/* How a leaf reads: field, verb, value. */
static const char *const verbs[] = {
    [RULE_KEYWORD] = "the record contains",
    [RULE_REGEX] = "is found in it:",
    [RULE_CIDR] = "is in",
    [RULE_LT] = "<",
    [RULE_LTE] = "<=",
    [RULE_GT] = ">",
    [RULE_GTE] = ">=",
    [RULE_FIELDREF] = "equals the field",
    [RULE_EXISTS] = "is there",
    [RULE_NULL] = "is absent or null",
};

static const char *const inner_names[] = {
    [RULE_ALL] = "all of", [RULE_ANY] = "any of", [RULE_NOT] = "not"};

/* The words of one modifier, of those that change how a glob reads. */
static const char *glob_verb(const struct rule_node *node)
{
    return strstr(node->modifiers, "|contains") != NULL     ? "contains"
           : strstr(node->modifiers, "|startswith") != NULL ? "starts with"
           : strstr(node->modifiers, "|endswith") != NULL   ? "ends with"
           : glob_is_literal(node->glob)                    ? "is"
                                                            : "is like";
}

void explain_node(const struct rule_node *node, struct lambda_buffer *text)
{
    if (node->test <= RULE_NOT) {
        lambda_buffer_add_string(text, inner_names[node->test]);
    } else {
        const char *verb = node->test == RULE_GLOB ? glob_verb(node) : verbs[node->test];
        bool has_value = node->test != RULE_EXISTS && node->test != RULE_NULL;
        lambda_buffer_format(text, "%s%s%s", node->field, node->field[0] == '\0' ? "" : " ", verb);
        if (has_value)
            lambda_buffer_format(text, " '%s'", node->text);
        if (node->cased)
            lambda_buffer_add_string(text, ", in that case");
    }
    if (node->name[0] != '\0')
        lambda_buffer_format(text, "  (%s)", node->name);
}

static void write_node(const struct rule_node *node, struct evaluation *evaluation,
                       const struct event *event, int depth, struct lambda_buffer *text)
{
    bool holds = false;
    struct lambda_error err;
    bool known = rule_node_decide(node, evaluation, event, &holds, &err);
    lambda_buffer_format(text, "%-5s %*s", !known ? "?" : holds ? "yes" : "no", depth * INDENT, "");
    explain_node(node, text);
    lambda_buffer_format(text, "%s%s\n", known ? "" : ": ", known ? "" : err.message);
    const struct rule_node *end = node + node->span;
    for (const struct rule_node *child = node + 1; child < end; child += child->span)
        write_node(child, evaluation, event, depth + 1, text);
}

void explain_write(const struct rule_detection *detection, struct evaluation *evaluation,
                   const struct event *event, struct lambda_buffer *text)
{
    write_node(detection->nodes, evaluation, event, 0, text);
}
