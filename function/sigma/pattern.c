#include "sigma/pattern.h"

#include "sigma/glob.h"
#include <lambda/json.h>
#include <string.h>
#include <strings.h>

enum { WORDS_MAX = 2048 };

/*
 * The texts that one field may have where a rule matches. Each word is the node that asks for it.
 * Where the field is open, it may have any.
 */
struct words {
    const char *field;
    bool is_open;
    size_t count;
    const struct rule_node *items[WORDS_MAX];
};

/* How a pattern expresses a glob: a whole text, its beginning or its end. */
struct expression {
    const char *comparison; /* NULL: the whole text */
    const char *text;
    size_t len;
};

static bool express(const struct rule_node *node, struct expression *expression)
{
    static const char wildcards[] = {(char)GLOB_MANY, (char)GLOB_ONE, '\0'};
    size_t len = node->glob_len;
    bool is_end = len > 0 && (unsigned char)node->glob[0] == GLOB_MANY;
    bool is_start = !is_end && len > 0 && (unsigned char)node->glob[len - 1] == GLOB_MANY;
    expression->comparison = is_end ? "suffix" : is_start ? "prefix" : NULL;
    expression->text = node->glob + is_end;
    expression->len = len - is_end - is_start;
    return expression->len > 0 && strcspn(expression->text, wildcards) >= expression->len;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* How many words the field is limited to where the node holds; WORDS_MAX + 1 if it is not. */
static size_t count_words(const struct rule_node *node, const char *field)
{
    const size_t open = WORDS_MAX + 1;
    struct expression expression;
    const struct rule_node *end = node + node->span;
    size_t count = node->test == RULE_ALL ? open : 0;
    switch (node->test) {
    case RULE_GLOB:
        return strcmp(node->field, field) == 0 && !node->is_number && express(node, &expression)
                   ? 1
                   : open;
    case RULE_ALL:
        for (const struct rule_node *child = node + 1; child < end; child += child->span)
            count = smaller(count, count_words(child, field));
        return count;
    case RULE_ANY:
        for (const struct rule_node *child = node + 1; child < end; child += child->span)
            count = smaller(open, count + count_words(child, field));
        return count;
    default:
        return open;
    }
}

static void add_word(struct words *words, const struct rule_node *node)
{
    for (size_t i = 0; i < words->count; i++) {
        const struct rule_node *word = words->items[i];
        if (word->glob_len == node->glob_len && strcasecmp(word->glob, node->glob) == 0)
            return;
    }
    if (words->count == WORDS_MAX)
        words->is_open = true;
    else
        words->items[words->count++] = node;
}

/* Adds the words of a node that has some: of an AND those of the part that has the fewest. */
static void add_words(const struct rule_node *node, struct words *words)
{
    const struct rule_node *end = node + node->span;
    const struct rule_node *best = node + 1;
    if (node->test == RULE_GLOB) {
        add_word(words, node);
        return;
    }
    for (const struct rule_node *child = node + 1; child < end; child += child->span) {
        if (node->test == RULE_ANY)
            add_words(child, words);
        else if (count_words(child, words->field) < count_words(best, words->field))
            best = child;
    }
    if (node->test == RULE_ALL)
        add_words(best, words);
}

static void collect(const struct rules *rules, struct words *words, struct lambda_buffer *notes)
{
    for (size_t i = 0; i < rules->count; i++) {
        const struct rule *rule = &rules->items[i];
        if (count_words(rule->detection.nodes, words->field) <= WORDS_MAX) {
            bool was_open = words->is_open;
            add_words(rule->detection.nodes, words);
            if (words->is_open && !was_open)
                lambda_buffer_format(notes, "%s is left open: more than %d texts\n", words->field,
                                     WORDS_MAX);
            continue;
        }
        words->is_open = true;
        lambda_buffer_format(notes, "%s is left open: the rule \"%s\" does not limit it to texts\n",
                             words->field, rule->title);
    }
}

static void write_word(const struct rule_node *node, struct lambda_buffer *json)
{
    struct expression expression;
    (void)express(node, &expression);
    lambda_json_open(json, NULL, '{');
    if (expression.comparison != NULL)
        lambda_json_open(json, expression.comparison, '{');
    lambda_json_bytes(json, "equals-ignore-case", expression.text, expression.len);
    if (expression.comparison != NULL)
        lambda_json_close(json, '}');
    lambda_json_close(json, '}');
}

static void write_words(const struct words *words, struct lambda_buffer *json)
{
    if (words->is_open)
        return;
    lambda_json_open(json, words->field, '[');
    for (size_t i = 0; i < words->count; i++)
        write_word(words->items[i], json);
    lambda_json_close(json, ']');
}

static bool is_account_service(const struct words *sources)
{
    return !sources->is_open && sources->count == 1 &&
           strcasecmp(sources->items[0]->glob, "account.amazonaws.com") == 0;
}

/* The envelope: nobody but AWS can send events whose source begins with aws. */
static void write_envelope(bool account_only, struct lambda_buffer *json)
{
    lambda_json_open(json, "source", '[');
    if (account_only) {
        lambda_json_string(json, NULL, "aws.account");
    } else {
        lambda_json_open(json, NULL, '{');
        lambda_json_string(json, "prefix", "aws.");
        lambda_json_close(json, '}');
    }
    lambda_json_close(json, ']');
    lambda_json_open(json, "detail-type", '[');
    lambda_json_open(json, NULL, '{');
    lambda_json_string(json, "suffix", " via CloudTrail");
    lambda_json_close(json, '}');
    lambda_json_close(json, ']');
}

static void write_pattern(const struct words *sources, const struct words *names,
                          struct lambda_buffer *json)
{
    lambda_buffer_clear(json);
    lambda_json_open(json, NULL, '{');
    write_envelope(is_account_service(sources), json);
    if (!sources->is_open || !names->is_open) {
        lambda_json_open(json, "detail", '{');
        write_words(sources, json);
        write_words(names, json);
        lambda_json_close(json, '}');
    }
    lambda_json_close(json, '}');
}

void pattern_write(const struct rules *rules, struct lambda_buffer *json,
                   struct lambda_buffer *notes)
{
    struct words sources = {.field = "eventSource"};
    struct words names = {.field = "eventName"};
    struct words *const parts[] = {&names, &sources};
    collect(rules, &sources, notes);
    collect(rules, &names, notes);
    write_pattern(&sources, &names, json);
    for (size_t i = 0; i < 2 && json->len > PATTERN_MAX; i++) {
        parts[i]->is_open = true;
        lambda_buffer_format(notes, "%s is left open: the pattern would be longer than %d\n",
                             parts[i]->field, PATTERN_MAX);
        write_pattern(&sources, &names, json);
    }
}
