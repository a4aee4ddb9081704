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

/* The value of the option at *place, which moves to it. NULL, once that is told: there is none. */
static char *take_value(int count, char **arguments, int *place)
{
    if (*place + 1 < count)
        return arguments[++*place];
    fprintf(stderr, "sigma: %s needs a value\n", arguments[*place]);
    return NULL;
}

bool cli_split(struct cli_arguments *taken, const char *command, const struct cli_option *options,
               int count, char **arguments)
{
    *taken = (struct cli_arguments){.files = arguments};
    taken->rules = calloc((size_t)count + 1, sizeof *taken->rules);
    bool ok = taken->rules != NULL;
    for (int i = 0; ok && i < count; i++) {
        const struct cli_option *option = find_option(options, arguments[i]);
        if (strcmp(arguments[i], "--rules") == 0) {
            char *path = take_value(count, arguments, &i);
            taken->rules[taken->rule_count++] = path;
            ok = path != NULL;
        } else if (strncmp(arguments[i], "--", 2) != 0) {
            taken->files[taken->file_count++] = arguments[i];
        } else if (option == NULL) {
            fprintf(stderr, "sigma: %s knows no option %s\n", command, arguments[i]);
            ok = false;
        } else if (option->flag != NULL) {
            *option->flag = true;
        } else {
            *option->value = take_value(count, arguments, &i);
            ok = *option->value != NULL;
        }
    }
    return ok;
}
