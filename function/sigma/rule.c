#include "sigma/rule.h"

#include "sigma/glob.h"
#include <stdlib.h>
#include <string.h>

enum { COMPARISONS_MAX = 1000000, BYTES_A_COMPARISON = 64 }; /* of fieldref, in a detection */

/* One leaf at work: the visitors get it as their argument. */
struct work {
    const struct rule_node *node;
    struct evaluation *evaluation;
    const struct event_value *left; /* of a fieldref: the value of its own field */
};

static bool fails(struct evaluation *evaluation, const char *problem)
{
    evaluation->problem = problem;
    return true; /* ends the visit */
}

static bool matches_glob(const struct rule_node *node, const char *text, size_t text_len)
{
    return glob_matches(node->glob, node->glob_len, node->cased, text, text_len);
}

/* A text, or the JSON text of an object; null has none. */
static bool has_text(const struct event_value *value, struct work *work, const char **text,
                     size_t *text_len)
{
    struct evaluation *evaluation = work->evaluation;
    *text = value->text;
    *text_len = value->text_len;
    if (value->kind != EVENT_OBJECT)
        return value->kind != EVENT_NULL;
    if (!event_print(value, evaluation->object, evaluation->object_size))
        return !fails(evaluation, "an object is too large to be compared");
    *text = evaluation->object;
    *text_len = strlen(*text);
    return true;
}

static bool is_number(const struct event_value *value, double *number)
{
    char *end = NULL;
    *number = value->number;
    if (value->kind != EVENT_STRING || value->text_len == 0)
        return value->kind == EVENT_NUMBER;
    if (strspn(value->text, "-0123456789.eE+") != value->text_len)
        return false;
    *number = strtod(value->text, &end);
    return *end == '\0';
}

static bool visit_glob(const struct event_value *value, void *arg)
{
    struct work *work = arg;
    const struct rule_node *node = work->node;
    const char *text = NULL;
    size_t text_len = 0;
    if (node->is_number && value->kind == EVENT_NUMBER && value->number == node->number)
        return true;
    if (node->glob_len == 1 && (unsigned char)node->glob[0] == GLOB_MANY)
        return value->kind != EVENT_NULL; /* without printing an object for it */
    return has_text(value, work, &text, &text_len) && matches_glob(node, text, text_len);
}

static bool visit_regex(const struct event_value *value, void *arg)
{
    struct work *work = arg;
    const char *text = NULL;
    size_t text_len = 0;
    if (!has_text(value, work, &text, &text_len))
        return false;
    enum regex_result result = regex_search(work->node->regex, text, text_len);
    if (result == REGEX_LIMIT)
        return fails(work->evaluation, "a regular expression takes too long");
    return result == REGEX_MATCH;
}

static bool visit_cidr(const struct event_value *value, void *arg)
{
    const struct work *work = arg;
    return value->kind == EVENT_STRING &&
           cidr_contains(&work->node->cidr, value->text, value->text_len);
}

static bool visit_number(const struct event_value *value, void *arg)
{
    const struct rule_node *node = ((const struct work *)arg)->node;
    double number = 0;
    if (!is_number(value, &number))
        return false;
    switch (node->test) {
    case RULE_LT:
        return number < node->number;
    case RULE_LTE:
        return number <= node->number;
    case RULE_GT:
        return number > node->number;
    default:
        return number >= node->number;
    }
}

/* The other field's value. An object equals nothing: there is room for the text of one only. */
static bool visit_right(const struct event_value *right, void *arg)
{
    const struct work *work = arg;
    const struct event_value *left = work->left;
    if (++work->evaluation->comparisons > COMPARISONS_MAX)
        return fails(work->evaluation, "a fieldref compares too many values");
    if (right->kind == EVENT_NULL || right->kind == EVENT_OBJECT)
        return false;
    return glob_matches(left->text, left->text_len, work->node->cased, right->text,
                        right->text_len);
}

static bool visit_left(const struct event_value *value, void *arg)
{
    struct work *work = arg;
    if (value->kind == EVENT_NULL || value->kind == EVENT_OBJECT)
        return false;
    work->left = value;
    /* Looking for the other field goes through as much as the whole event, once for each value. */
    work->evaluation->comparisons += work->evaluation->event->text_len / BYTES_A_COMPARISON;
    if (work->evaluation->comparisons > COMPARISONS_MAX)
        return fails(work->evaluation, "a fieldref compares too many values");
    return event_any(work->evaluation->event, EVENT_RECORD, work->node->text, visit_right, work);
}

static bool visit_null(const struct event_value *value, void *arg)
{
    (void)arg;
    return value->kind == EVENT_NULL;
}

static event_visitor *const visitors[] = {
    [RULE_GLOB] = visit_glob,  [RULE_REGEX] = visit_regex,   [RULE_CIDR] = visit_cidr,
    [RULE_LT] = visit_number,  [RULE_LTE] = visit_number,    [RULE_GT] = visit_number,
    [RULE_GTE] = visit_number, [RULE_FIELDREF] = visit_left,
};

static bool keyword_holds(const struct rule_node *node, struct evaluation *evaluation)
{
    if (!event_print_record(evaluation->event, evaluation->object, evaluation->object_size))
        return fails(evaluation, "the record is too large to be searched");
    return matches_glob(node, evaluation->object, strlen(evaluation->object));
}

static bool leaf_holds(const struct rule_node *node, struct evaluation *evaluation)
{
    const struct event *event = evaluation->event;
    struct work work = {.node = node, .evaluation = evaluation};
    switch (node->test) {
    case RULE_KEYWORD:
        return keyword_holds(node, evaluation);
    case RULE_EXISTS:
        return event_has(event, EVENT_RECORD, node->field);
    case RULE_NULL:
        return !event_has(event, EVENT_RECORD, node->field) ||
               event_any(event, EVENT_RECORD, node->field, visit_null, NULL);
    default:
        return event_any(event, EVENT_RECORD, node->field, visitors[node->test], &work);
    }
}

/* Once there is a problem nothing that this returns means anything. */
static bool holds_below(const struct rule_node *node, struct evaluation *evaluation)
{
    const struct rule_node *end = node + node->span;
    if (node->test > RULE_NOT)
        return leaf_holds(node, evaluation);
    for (const struct rule_node *child = node + 1; child < end; child += child->span) {
        bool holds = holds_below(child, evaluation);
        if (node->test == RULE_NOT || evaluation->problem[0] != '\0')
            return !holds;
        if (holds == (node->test == RULE_ANY))
            return holds;
    }
    return node->test == RULE_ALL;
}

bool rule_node_decide(const struct rule_node *node, struct evaluation *evaluation,
                      const struct event *event, bool *holds, struct lambda_error *err)
{
    evaluation->event = event;
    evaluation->comparisons = 0;
    evaluation->problem = "";
    *holds = holds_below(node, evaluation);
    return evaluation->problem[0] == '\0' ||
           lambda_fail(err, "Function.RuleLimit", "%s", evaluation->problem);
}

bool rule_decide(const struct rule_detection *detection, struct evaluation *evaluation,
                 const struct event *event, bool *holds, struct lambda_error *err)
{
    return rule_node_decide(detection->nodes, evaluation, event, holds, err);
}

bool evaluation_init(struct evaluation *evaluation, size_t event_max, struct lambda_error *err)
{
    *evaluation = (struct evaluation){.problem = "", .object_size = 6 * event_max + 64};
    evaluation->object = malloc(evaluation->object_size);
    return evaluation->object != NULL ||
           lambda_fail(err, "Function.RulesInvalid", "no memory to evaluate rules with");
}

void evaluation_done(struct evaluation *evaluation)
{
    free(evaluation->object);
    *evaluation = (struct evaluation){0};
}

void rule_detection_done(struct rule_detection *detection)
{
    for (size_t i = 0; i < detection->regex_count; i++)
        regex_free(detection->regexes[i]);
    free(detection->regexes);
    free(detection->memory);
    free(detection->nodes);
    *detection = (struct rule_detection){0};
}

void rule_done(struct rule *rule)
{
    rule_detection_done(&rule->detection);
    document_done(&rule->document);
    *rule = (struct rule){0};
}

void rule_filter_done(struct rule_filter *filter)
{
    rule_detection_done(&filter->detection);
    document_done(&filter->document);
    *filter = (struct rule_filter){0};
}
