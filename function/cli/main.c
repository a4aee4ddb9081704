/*
 * sigma: the rules of the function at a terminal, decided by the same code.
 */
#include "cli/cli.h"
#include "version.h"
#include <stdio.h>
#include <string.h>

static const char help[] =
    "sigma - check, show and try the Sigma rules of enable-region-alert\n"
    "\n"
    "usage:\n"
    "  sigma check [PATH...]\n"
    "      Reads rules and filters, and runs the tests that stand beside them. Prints a\n"
    "      line for each file: ok, or the place and the reason why it is refused.\n"
    "  sigma show RULE...\n"
    "      Prints rules as a reader wants them: facts, log source, ATT&CK tags, condition,\n"
    "      selections, and a table of the fields and values that they look for.\n"
    "  sigma pattern [PATH...]\n"
    "      Prints the EventBridge pattern that cannot miss the rules. What it leaves open\n"
    "      is told on standard error.\n"
    "  sigma match [--rules PATH]... [--explain] [EVENTS...|-]\n"
    "      Decides events and prints a line of JSON for each match. EVENTS are files, or\n"
    "      standard input: EventBridge events or CloudTrail records, one or many, one a\n"
    "      line or in an array or under Records, plain or gzip. --explain shows the\n"
    "      condition of every rule with the result of each part.\n"
    "  sigma render [--as email|chat|ocsf|sms] [--rules PATH]... [--account-names LIST]\n"
    "               [--at TIME] [EVENT...|-]\n"
    "      Prints the alerts that events make, whatever their size; as e-mail unless\n"
    "      another is named. EVENT is a file of one event. LIST is as ALERT_ACCOUNT_NAMES\n"
    "      has it; TIME, when the alert is made, is such as 2026-02-11T09:14:31Z.\n"
    "  sigma --help, sigma --version\n"
    "\n"
    "PATH is a file or a folder; without one it is function/rules. A folder gives its files\n"
    "*.yml and *.yaml, and is refused as a whole if one of them is.\n"
    "\n"
    "The tests of x.yml stand in x.tests.json, an object with two arrays of events: match,\n"
    "which the rule must match, and none, which it must not. Each needs at least one.\n"
    "\n"
    "exit status: 0 all good, or a match; 1 no match, or no alert; 2 an error.\n";

static const struct command {
    const char *name;
    int (*run)(int count, char **arguments);
} commands[] = {
    {"check", cli_check}, {"show", cli_show},     {"pattern", cli_pattern},
    {"match", cli_match}, {"render", cli_render},
};

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (strcmp(name, commands[i].name) == 0)
            return commands[i].run(argc - 2, argv + 2);
    }
    if (strcmp(name, "--version") == 0) {
        puts("sigma " VERSION);
        return CLI_FOUND;
    }
    bool asked = strcmp(name, "--help") == 0 || strcmp(name, "help") == 0;
    if (!asked && name[0] != '\0')
        fprintf(stderr, "sigma: there is no command %s: see sigma --help\n", name);
    else
        fputs(help, asked ? stdout : stderr);
    return asked ? CLI_FOUND : CLI_ERROR;
}
