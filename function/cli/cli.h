/*
 * cli.h - the commands of build/sigma, a tool for a person at a terminal.
 *
 * Each command gets its own arguments and returns the exit status: 0 good or found, 1 nothing
 * found, 2 an error, which it has told on standard error.
 */
#ifndef CLI_H
#define CLI_H

#include "sigma/rules.h"
#include <lambda/buffer.h>
#include <stddef.h>

enum { CLI_FOUND = 0, CLI_NONE = 1, CLI_ERROR = 2 };

/* The folder of rules of this project, for commands that get none. */
#define CLI_RULES "function/rules"

int cli_check(int count, char **arguments);
int cli_show(int count, char **arguments);
int cli_pattern(int count, char **arguments);
int cli_match(int count, char **arguments);
int cli_render(int count, char **arguments);

/* An option of a command: a flag that it sets, or a value that it takes from the next argument. */
struct cli_option {
    const char *name; /* NULL ends a list */
    bool *flag;
    const char **value;
};

struct cli_arguments {
    char **rules; /* paths; the caller frees the array */
    int rule_count;
    char **files; /* what is left, in the array of the arguments */
    int file_count;
};

/*
 * Splits the arguments of a command into options, `--rules PATH` among them, and files. False: they
 * are wrong, which has been told. Free rules in either case.
 */
LAMBDA_MUST_CHECK bool cli_split(struct cli_arguments *taken, const char *command,
                                 const struct cli_option *options, int count, char **arguments);

/*
 * Loads rules from files and folders; with none given, from CLI_RULES. Warnings go to standard
 * error, so does the reason of a failure. Call rules_done() in either case.
 */
LAMBDA_MUST_CHECK bool cli_load(struct rules *rules, int count, char **paths);

/*
 * Reads a file, or standard input for "-", unpacked if it is gzip. The bytes are followed by a NUL
 * that len does not count. The caller frees them; NULL after an error, which has been told.
 */
char *cli_read(const char *path, size_t *len);

/* Appends the tree of a detection, each node with whether it holds for the event. */
void explain_write(const struct rule_detection *detection, struct evaluation *evaluation,
                   const struct event *event, struct lambda_buffer *text);

/* Appends a node as a person reads it: `eventName is EnableRegion`. */
void explain_node(const struct rule_node *node, struct lambda_buffer *text);

#endif
