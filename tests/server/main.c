/*
 * server - Lambda's Runtime API and an HTTPS SNS in one process, around the program under test.
 *
 * It starts the program, serves it, and takes notes, so that all times are on one clock.
 */
#include "books.h"
#include "runtime_api.h"
#include "sns.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern char **environ;

static const char usage[] =
    "Usage: server [OPTION]... EXPECTATION PROGRAM [ARGUMENT]...\n"
    "\n"
    "Runs PROGRAM as Lambda would, sends it events, checks what it does, and prints one line of\n"
    "JSON: what was measured, or why it failed. Exits with 0 if all was as expected.\n"
    "\n"
    "EXPECTATION is what each event must bring about:\n"
    "  alert     one alert, published to SNS with a right signature, and an answer that has\n"
    "            \"matched\":1; the alert's message has the eventID\n"
    "  silence   no alert, and an answer that has \"matched\":0\n"
    "  echo      no alert, and the event itself as the answer\n"
    "  nothing   PROGRAM wants no events: it only runs\n"
    "\n"
    "  --event FILE      the event, with an eventID, which gets another number each time\n"
    "  --count N         how many events, one after the other (1)\n"
    "  --tls FOLDER      has server.pem and server.key for 127.0.0.1; else SNS is http://\n"
    "  --runs N          run PROGRAM N times (1) and print the last: the server is warm then\n"
    "  --faults SEED     one event in ten meets a fault of SNS, drawn by this number\n"
    "  --timeout S       seconds after which PROGRAM is killed (60)\n"
    "\n"
    "PROGRAM inherits the environment, with what Lambda sets there, AWS_ENDPOINT_URL_SNS and\n"
    "ALERT_TOPIC_ARN added. Its output comes on standard error. When it asks for one event more\n"
    "than there are, it has been measured, and gets SIGTERM.\n";

struct options {
    enum expectation expectation;
    const char *event;
    const char *tls;
    size_t count;
    size_t runs;
    unsigned timeout_s;
    const char *seed; /* of the faults; NULL: there are none */
    char **program;
};

static bool read_expectation(const char *word, enum expectation *expectation)
{
    static const char *const words[] = {[EXPECT_ALERT] = "alert",
                                        [EXPECT_SILENCE] = "silence",
                                        [EXPECT_ECHO] = "echo",
                                        [EXPECT_NOTHING] = "nothing"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        *expectation = (enum expectation)i;
        if (strcmp(word, words[i]) == 0)
            return true;
    }
    return false;
}

/* Exits if there is nothing to run. */
static void read_options(struct options *options, int argc, char *argv[])
{
    static const struct option names[] = {
        {"event", required_argument, NULL, 'e'},   {"count", required_argument, NULL, 'c'},
        {"tls", required_argument, NULL, 't'},     {"runs", required_argument, NULL, 'r'},
        {"timeout", required_argument, NULL, 's'}, {"faults", required_argument, NULL, 'f'},
        {"help", no_argument, NULL, 'h'},          {0}};
    bool ok = true;
    *options = (struct options){.event = "", .count = 1, .runs = 1, .timeout_s = 60};
    for (int name; (name = getopt_long(argc, argv, "+", names, NULL)) != -1;) {
        if (name == 'e')
            options->event = optarg;
        else if (name == 'c')
            options->count = strtoul(optarg, NULL, 10);
        else if (name == 't')
            options->tls = optarg;
        else if (name == 'r')
            options->runs = strtoul(optarg, NULL, 10);
        else if (name == 's')
            options->timeout_s = (unsigned)strtoul(optarg, NULL, 10);
        else if (name == 'f')
            options->seed = optarg;
        else if (name == 'h')
            exit(fputs(usage, stdout) < 0);
        else
            ok = false;
    }
    if (ok && argc - optind >= 2 && options->count > 0 && options->runs > 0 &&
        read_expectation(argv[optind], &options->expectation)) {
        options->program = argv + optind + 1;
        return;
    }
    fputs(usage, stderr);
    exit(2);
}

static SSL_CTX *open_tls(const char *folder)
{
    char chain[512], key[512];
    snprintf(chain, sizeof chain, "%s/server.pem", folder);
    snprintf(key, sizeof key, "%s/server.key", folder);
    SSL_CTX *tls = SSL_CTX_new(TLS_server_method());
    if (tls != NULL && SSL_CTX_set_min_proto_version(tls, TLS1_2_VERSION) == 1 &&
        SSL_CTX_use_certificate_chain_file(tls, chain) == 1 &&
        SSL_CTX_use_PrivateKey_file(tls, key, SSL_FILETYPE_PEM) == 1)
        return tls;
    SSL_CTX_free(tls);
    return NULL;
}

/* What Lambda puts into the function's environment, and the template. */
static void set_environment(const struct server *api, const struct server *sns)
{
    char address[32], url[32];
    snprintf(address, sizeof address, "127.0.0.1:%d", api->port);
    snprintf(url, sizeof url, "%s://127.0.0.1:%d", sns->tls != NULL ? "https" : "http", sns->port);
    const struct {
        const char *name, *value;
    } variables[] = {
        {"AWS_LAMBDA_RUNTIME_API", address},
        {"AWS_LAMBDA_FUNCTION_NAME", "enable-region-alert"},
        {"AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"},
        {"AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"},
        {"AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/enable-region-alert"},
        {"AWS_LAMBDA_LOG_STREAM_NAME", "2026/11/20/[$LATEST]0123456789abcdef0123456789abcdef"},
        {"AWS_REGION", sns_credentials.region},
        {"AWS_ACCESS_KEY_ID", sns_credentials.key_id},
        {"AWS_SECRET_ACCESS_KEY", sns_credentials.secret},
        {"AWS_SESSION_TOKEN", sns_credentials.token},
        {"AWS_ENDPOINT_URL_SNS", url},
        {"ALERT_TOPIC_ARN", sns_topic_arn},
    };
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++)
        setenv(variables[i].name, variables[i].value, 1);
}

/* Runs the program to its end. */
static void run(struct books *books, const struct options *options)
{
    struct server api, sns;
    SSL_CTX *tls = options->tls != NULL ? open_tls(options->tls) : NULL;
    if ((options->tls != NULL && tls == NULL) ||
        !server_start(&api, NULL, runtime_api_answer, books) ||
        !server_start(&sns, tls, sns_answer, books)) {
        books_fail(books, "no server.pem and server.key in %s, or no port", options->tls);
        return;
    }
    set_environment(&api, &sns);
    bool started = child_start(&books->child, options->program, environ);
    if (started)
        child_wait(&books->child, options->timeout_s);
    server_stop(&api);
    server_stop(&sns);
    SSL_CTX_free(tls);
    if (!started) {
        books_fail(books, "%s could not be started", options->program[0]);
        return;
    }
    bool complete = books->complete || books->expectation == EXPECT_NOTHING;
    if (!complete || !child_ended_well(&books->child))
        books_fail(books, "the program ended with wait status %#x after %zu of %zu events",
                   (unsigned)books->child.status, books->answered, books->count);
}

/* Runs the program once, and prints the books if asked to, or if it failed. */
static bool run_once(const struct options *options, bool print)
{
    struct books books;
    bool opened = books_open(&books, options->expectation, options->event, options->count);
    books.has_faults = options->seed != NULL && options->expectation == EXPECT_ALERT;
    books.seed = books.has_faults ? strtoull(options->seed, NULL, 10) : 0;
    if (opened)
        run(&books, options);
    else
        books_fail(&books, "no event with an eventID in \"%s\"", options->event);
    bool ok = books.failure[0] == '\0';
    if (print || !ok)
        books_print(&books);
    books_close(&books);
    return ok;
}

int main(int argc, char *argv[])
{
    struct options options;
    read_options(&options, argc, argv);
    (void)signal(SIGPIPE, SIG_IGN);
    bool ok = true;
    for (size_t i = 1; i <= options.runs && ok; i++)
        ok = run_once(&options, i == options.runs);
    return ok ? 0 : 1;
}
