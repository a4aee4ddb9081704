#include "cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct cli_option *find_option(const struct cli_option *options, const char *name)
{
    while (options->name != NULL && strcmp(options->name, name) != 0)
        options++;
    return options->name == NULL ? NULL : options;
}

bool cli_split(struct cli_arguments *taken, const char *command, const struct cli_option *options,
               int count, char **arguments)
{
    *taken = (struct cli_arguments){.files = arguments};
    taken->rules = calloc((size_t)count + 1, sizeof *taken->rules);
    if (taken->rules == NULL)
        return false;
    for (int i = 0; i < count; i++) {
        char *argument = arguments[i];
        const struct cli_option *option = find_option(options, argument);
        bool is_rules = strcmp(argument, "--rules") == 0;
        bool takes_value = is_rules || (option != NULL && option->value != NULL);
        if (option == NULL && !is_rules && strncmp(argument, "--", 2) != 0) {
            taken->files[taken->file_count++] = argument;
        } else if (option == NULL && !is_rules) {
            fprintf(stderr, "sigma: %s knows no option %s\n", command, argument);
            return false;
        } else if (takes_value && i + 1 == count) {
            fprintf(stderr, "sigma: %s needs a value\n", argument);
            return false;
        } else if (is_rules) {
            taken->rules[taken->rule_count++] = arguments[++i];
        } else if (takes_value) {
            *option->value = arguments[++i];
        } else {
            *option->flag = true;
        }
    }
    return true;
}
