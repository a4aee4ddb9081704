#include "cli/cli.h"

#include "alert/alert.h"
#include <lambda/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 16777216 };

static const double progress_seconds = 0.2;

/* One run of the command. */
struct matching {
    struct rules rules;
    bool explains;
    struct lambda_buffer line;
    const char *path; /* of the file at hand */
    size_t record;    /* in that file, from 1 */
    struct lambda_error err;
    bool failed;
    /* for the progress line */
    bool shows_progress;
    size_t files;
    size_t bytes;
    size_t records;
    size_t matches;
    struct timespec start;
    struct timespec shown;
};

static double seconds_since(const struct timespec *start)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - start->tv_sec) + (double)(now.tv_nsec - start->tv_nsec) / 1e9;
}

static void show_progress(struct matching *m)
{
    if (!m->shows_progress || seconds_since(&m->shown) < progress_seconds)
        return;
    double seconds = seconds_since(&m->start);
    fprintf(stderr, "\r%zu files, %.1f MB/s, %zu records, %zu matches ", m->files,
            (double)m->bytes / 1e6 / (seconds > 0 ? seconds : 1), m->records, m->matches);
    clock_gettime(CLOCK_MONOTONIC, &m->shown);
}

static void end_progress(const struct matching *m)
{
    if (m->shows_progress && m->shown.tv_sec != m->start.tv_sec)
        fputs("\r\033[K", stderr);
}

static void print_match(struct matching *m, const struct rule *rule, const struct event *event,
                        const struct rule_filter *filter)
{
    struct alert alert;
    alert_make(&alert, &(struct alert_input){
                           .rule = rule, .event = event, .account_names = "", .request_id = ""});
    lambda_buffer_clear(&m->line);
    lambda_json_open(&m->line, NULL, '{');
    lambda_json_string(&m->line, "file", m->path);
    lambda_json_number(&m->line, "record", (int64_t)m->record);
    lambda_json_string(&m->line, "ruleId", rule->id);
    lambda_json_string(&m->line, "title", rule->title);
    lambda_json_string(&m->line, "level", rule->level);
    lambda_json_string(&m->line, "eventId", alert.event_id);
    lambda_json_string(&m->line, "eventTime", alert.event_time);
    lambda_json_string(&m->line, "eventName", alert.event_name);
    lambda_json_string(&m->line, "actor", alert.actor);
    lambda_json_string(&m->line, "account", alert.target_account);
    if (filter != NULL)
        lambda_json_string(&m->line, "suppressedBy", filter->title);
    lambda_json_close(&m->line, '}');
    puts(m->line.data);
}

static void print_explanation(struct matching *m, const struct rule *rule,
                              const struct event *event, bool matches,
                              const struct rule_filter *filter)
{
    lambda_buffer_clear(&m->line);
    if (filter != NULL) {
        explain_write(&filter->detection, &m->rules.evaluation, event, &m->line);
        printf("filter \"%s\" takes record %zu of %s away\n%s", filter->title, m->record, m->path,
               m->line.data);
        return;
    }
    explain_write(&rule->detection, &m->rules.evaluation, event, &m->line);
    printf("rule \"%s\", record %zu of %s: %s\n%s", rule->title, m->record, m->path,
           matches ? "match" : "no match", m->line.data);
}

static void take_event(const struct event *event, void *arg)
{
    struct matching *m = arg;
    m->record++;
    m->records++;
    for (size_t i = 0; i < m->rules.count; i++) {
        const struct rule *rule = &m->rules.items[i];
        const struct rule_filter *filter = NULL;
        bool matches = false;
        if (!rules_decide(&m->rules, rule, event, &matches, &filter, &m->err)) {
            fprintf(stderr, "sigma: %s: record %zu: rule %s: %s\n", m->path, m->record, rule->id,
                    m->err.message);
            m->failed = true;
            continue;
        }
        if (matches) {
            print_match(m, rule, event, filter);
            m->matches += filter == NULL;
        }
        if (m->explains)
            print_explanation(m, rule, event, matches, filter);
    }
    show_progress(m);
}

static void match_file(struct matching *m, const char *path)
{
    size_t len = 0;
    char *text = cli_read(path, &len);
    m->path = path;
    m->record = 0;
    m->files++;
    if (text == NULL) {
        m->failed = true;
        return;
    }
    m->bytes += len;
    if (!event_read_all(text, len, NULL, take_event, m, &m->err)) {
        fprintf(stderr, "sigma: %s: behind record %zu: %s\n", path, m->record, m->err.message);
        m->failed = true;
    }
    free(text);
}

static int run(struct matching *m, int count, char **arguments)
{
    struct cli_arguments taken;
    const struct cli_option options[] = {{"--explain", &m->explains, NULL}, {NULL, NULL, NULL}};
    bool ok = cli_split(&taken, "match", options, count, arguments) &&
              cli_load(&m->rules, taken.rule_count, taken.rules);
    if (ok && taken.file_count == 0)
        match_file(m, "-");
    for (int i = 0; ok && i < taken.file_count; i++)
        match_file(m, taken.files[i]);
    free(taken.rules);
    end_progress(m);
    return !ok || m->failed ? CLI_ERROR : m->matches > 0 ? CLI_FOUND : CLI_NONE;
}

int cli_match(int count, char **arguments)
{
    struct matching m = {.shows_progress = isatty(2)};
    clock_gettime(CLOCK_MONOTONIC, &m.start);
    m.shown = m.start;
    lambda_buffer_init(&m.line, LINE_MAX_BYTES);
    int status = run(&m, count, arguments);
    lambda_buffer_done(&m.line);
    rules_done(&m.rules);
    return status;
}
