#include "cli/cli.h"

#include "sigma/pattern.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { TEXT_MAX_BYTES = 1048576 };

static void show_fact(const char *label, const char *value)
{
    if (value[0] != '\0')
        printf("%-12s %s\n", label, value);
}

static void show_list(const char *label, const struct rule_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        show_fact(i == 0 ? label : "", list->items[i]);
}

/* attack.persistence is a tactic, attack.t1535 and attack.t1078.004 are techniques. */
static void show_attack(const struct rule_list *tags)
{
    for (size_t i = 0; i < tags->count; i++) {
        const char *tag = tags->items[i];
        if (strncmp(tag, "attack.", 7) != 0)
            continue;
        bool is_technique = tolower((unsigned char)tag[7]) == 't' && isdigit((unsigned char)tag[8]);
        show_fact(is_technique ? "technique" : "tactic", tag + 7);
    }
}

static void show_node(const struct rule_node *node, int depth)
{
    struct lambda_buffer text;
    lambda_buffer_init(&text, TEXT_MAX_BYTES);
    explain_node(node, &text);
    printf("  %*s%s\n", 2 * depth, "", text.data);
    lambda_buffer_done(&text);
    const struct rule_node *end = node + node->span;
    for (const struct rule_node *child = node + 1; child < end; child += child->span)
        show_node(child, depth + 1);
}

static void show_indicators(const struct rule_detection *detection)
{
    const struct rule_node *end = detection->nodes + detection->nodes->span;
    printf("\n%-40s %-22s %s\n", "FIELD", "KIND", "VALUE");
    for (const struct rule_node *node = detection->nodes; node < end; node++) {
        if (node->test > RULE_NOT)
            printf("%-40s %-22s %s\n", node->field[0] == '\0' ? "(keyword)" : node->field,
                   node->modifiers[0] == '\0' ? "value" : node->modifiers + 1, node->text);
    }
}

static void show_rule(const struct rule *rule)
{
    show_fact("title", rule->title);
    show_fact("id", rule->id);
    show_fact("level", rule->level);
    show_fact("status", rule->status);
    show_fact("author", rule->author);
    show_fact("date", rule->date);
    show_fact("license", rule->license);
    show_fact("log source", "aws, cloudtrail");
    show_attack(&rule->tags);
    show_list("references", &rule->references);
    show_list("innocent", &rule->falsepositives);
    show_list("fields", &rule->fields);
    if (rule->description[0] != '\0')
        printf("\n%s\n", rule->description);
    puts("\nmatches where");
    show_node(rule->detection.nodes, 0);
    show_indicators(&rule->detection);
}

int cli_show(int count, char **arguments)
{
    struct rules rules;
    bool ok = cli_load(&rules, count, arguments);
    for (size_t i = 0; ok && i < rules.count; i++) {
        if (i > 0)
            puts("\n----");
        show_rule(&rules.items[i]);
    }
    rules_done(&rules);
    return ok ? CLI_FOUND : CLI_ERROR;
}

int cli_pattern(int count, char **arguments)
{
    struct rules rules;
    struct lambda_buffer json;
    struct lambda_buffer notes;
    lambda_buffer_init(&json, TEXT_MAX_BYTES);
    lambda_buffer_init(&notes, TEXT_MAX_BYTES);
    bool ok = cli_load(&rules, count, arguments);
    if (ok) {
        pattern_write(&rules, &json, &notes);
        ok = !json.failed && !notes.failed;
        fputs(notes.data, stderr);
        puts(ok ? json.data : "out of memory");
    }
    rules_done(&rules);
    lambda_buffer_done(&json);
    lambda_buffer_done(&notes);
    return ok ? CLI_FOUND : CLI_ERROR;
}
