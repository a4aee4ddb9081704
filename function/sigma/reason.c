#include "sigma/reason.h"

struct search {
    struct evaluation *evaluation;
    const struct event *event;
    reason_taker *take;
    void *arg;
};

/* A node that is known to hold is not decided again: only what stands under an `or` is open. */
static void list_below(const struct search *search, const struct rule_node *node, bool is_known)
{
    bool holds = is_known;
    struct lambda_error err;
    if (node->test == RULE_NOT)
        return;
    if (!is_known &&
        (!rule_node_decide(node, search->evaluation, search->event, &holds, &err) || !holds))
        return;
    if (node->test > RULE_NOT) {
        search->take(node, search->arg);
        return;
    }
    const struct rule_node *end = node + node->span;
    for (const struct rule_node *child = node + 1; child < end; child += child->span)
        list_below(search, child, node->test == RULE_ALL);
}

void reason_list(const struct rule_detection *detection, struct evaluation *evaluation,
                 const struct event *event, reason_taker *take, void *arg)
{
    struct search search = {evaluation, event, take, arg};
    if (detection->nodes != NULL)
        list_below(&search, detection->nodes, true);
}
