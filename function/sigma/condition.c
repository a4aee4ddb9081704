#include "sigma/condition.h"

#include "sigma/glob.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { TOKEN_MAX = 128 }; /* bytes of a name, with the NUL */

struct parser {
    const char *rest;      /* behind the token */
    char token[TOKEN_MAX]; /* "" at the end */
    struct selection *selections;
    size_t count;
    struct tree *tree;
    int depth;
    char *problem;
};

__attribute__((format(printf, 2, 3))) static bool refuse(struct parser *parser, const char *format,
                                                         ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(parser->problem, CONDITION_PROBLEM_MAX, format, args);
    va_end(args);
    return false;
}

static bool advance(struct parser *parser)
{
    static const char name[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-*.";
    parser->rest += strspn(parser->rest, " \t\r\n");
    size_t len = strspn(parser->rest, name);
    if (len == 0 && *parser->rest != '\0') {
        if (strchr("()", *parser->rest) == NULL)
            return refuse(parser, "'%.1s' is not part of a condition", parser->rest);
        len = 1;
    }
    if (len >= sizeof parser->token)
        return refuse(parser, "the name %.20s... is too long", parser->rest);
    memcpy(parser->token, parser->rest, len);
    parser->token[len] = '\0';
    parser->rest += len;
    return true;
}

static bool is_at(const struct parser *parser, const char *word)
{
    return strcasecmp(parser->token, word) == 0;
}

static void use(struct parser *parser, struct selection *selection)
{
    selection->is_used = true;
    tree_append(parser->tree, &selection->tree);
}

static bool parse_name(struct parser *parser)
{
    for (size_t i = 0; i < parser->count; i++) {
        if (strcmp(parser->selections[i].name, parser->token) == 0) {
            use(parser, &parser->selections[i]);
            return advance(parser);
        }
    }
    return parser->token[0] == '\0'
               ? refuse(parser, "a selection is missing at its end")
               : refuse(parser, "%s is not the name of a selection", parser->token);
}

/* "them" or a name with asterisks, behind `1 of` or `all of`. */
static bool parse_set(struct parser *parser, enum rule_test test)
{
    char glob[TOKEN_MAX + 2];
    size_t place = parser->tree->count;
    bool them = is_at(parser, "them");
    size_t glob_len = glob_compile(them ? "*" : parser->token, GLOB_WHOLE, glob);
    tree_open(parser->tree, test);
    size_t found = 0;
    for (size_t i = 0; i < parser->count; i++) {
        struct selection *selection = &parser->selections[i];
        if ((them && selection->name[0] == '_') ||
            !glob_matches(glob, glob_len, true, selection->name, strlen(selection->name)))
            continue;
        use(parser, selection);
        found++;
    }
    tree_close(parser->tree, place);
    if (parser->token[0] == '\0')
        return refuse(parser, "a name or 'them' must stand behind 'of'");
    return found > 0 ? advance(parser) : refuse(parser, "no selection is named %s", parser->token);
}

static bool parse_or(struct parser *parser);

static bool parse_operand(struct parser *parser)
{
    bool one = is_at(parser, "1");
    if (one || is_at(parser, "all")) {
        if (!advance(parser))
            return false;
        if (!is_at(parser, "of"))
            return refuse(parser, "'of' must stand behind '%s'", one ? "1" : "all");
        return advance(parser) && parse_set(parser, one ? RULE_ANY : RULE_ALL);
    }
    if (!is_at(parser, "("))
        return parse_name(parser);
    if (!advance(parser) || !parse_or(parser))
        return false;
    return is_at(parser, ")") ? advance(parser) : refuse(parser, "a ')' is missing");
}

static bool parse_not(struct parser *parser)
{
    if (++parser->depth > CONDITION_DEPTH_MAX)
        return refuse(parser, "nested deeper than %d", CONDITION_DEPTH_MAX);
    size_t place = parser->tree->count;
    bool negated = is_at(parser, "not");
    bool ok = negated ? advance(parser) && parse_not(parser) : parse_operand(parser);
    if (ok && negated)
        tree_wrap(parser->tree, place, RULE_NOT);
    parser->depth--;
    return ok;
}

/* Operands of one operator in a row become the children of one node. */
static bool parse_row(struct parser *parser, const char *word, enum rule_test test,
                      bool (*parse_operand_of)(struct parser *))
{
    size_t place = parser->tree->count;
    if (!parse_operand_of(parser))
        return false;
    if (!is_at(parser, word))
        return true;
    tree_wrap(parser->tree, place, test);
    while (is_at(parser, word)) {
        if (!advance(parser) || !parse_operand_of(parser))
            return false;
    }
    tree_close(parser->tree, place);
    return true;
}

static bool parse_and(struct parser *parser)
{
    return parse_row(parser, "and", RULE_ALL, parse_not);
}

static bool parse_or(struct parser *parser)
{
    return parse_row(parser, "or", RULE_ANY, parse_and);
}

bool condition_compile(const char *condition, struct selection *selections, size_t count,
                       struct tree *tree, char problem[CONDITION_PROBLEM_MAX])
{
    struct parser parser = {.rest = condition,
                            .selections = selections,
                            .count = count,
                            .tree = tree,
                            .problem = problem};
    if (strchr(condition, '|') != NULL)
        return refuse(&parser, "aggregations (|) are not supported: split the rule");
    if (!advance(&parser) || !parse_or(&parser))
        return false;
    if (parser.token[0] != '\0')
        return refuse(&parser, "%s was not expected there", parser.token);
    return !tree->failed ||
           refuse(&parser, "more than %d tests, or no memory: split the rule", TREE_NODES_MAX);
}
