#include "cli/cli.h"

#include "alert/accounts.h"
#include "alert/chat.h"
#include "alert/email.h"
#include "alert/ocsf.h"
#include "alert/sms.h"
#include "alert/subject.h"
#include "clock.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RENDERED_MAX = 16777216 };

typedef void renderer(const struct alert *alert, struct lambda_buffer *out);

/* One run of the command. */
struct rendering {
    struct rules rules;
    renderer *render;
    const char *account_names;
    int64_t now_ms;
    const char *path; /* of the file at hand */
    int alerts;
    bool failed;
};

static void render_email(const struct alert *alert, struct lambda_buffer *out)
{
    char subject[SUBJECT_MAX];
    subject_write(alert, subject);
    lambda_buffer_format(out, "Subject: %s\n\n", subject);
    email_write(alert, out);
}

static void render_ocsf(const struct alert *alert, struct lambda_buffer *out)
{
    ocsf_write(alert, true, out);
    lambda_buffer_add_string(out, "\n");
}

static void render_chat(const struct alert *alert, struct lambda_buffer *out)
{
    chat_write(alert, out);
    lambda_buffer_add_string(out, "\n");
}

static void render_sms(const struct alert *alert, struct lambda_buffer *out)
{
    char sms[SMS_MAX];
    sms_write(alert, sms);
    lambda_buffer_format(out, "%s\n", sms);
}

static renderer *find_renderer(const char *name)
{
    static const struct {
        const char *name;
        renderer *render;
    } rows[] = {
        {"email", render_email}, {"chat", render_chat}, {"ocsf", render_ocsf}, {"sms", render_sms}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strcmp(rows[i].name, name) == 0)
            return rows[i].render;
    }
    return NULL;
}

/* There is no invocation, so its id is nil. */
static void print_alert(struct rendering *r, const struct rule *rule, const struct event *event)
{
    struct alert alert;
    struct lambda_buffer out;
    lambda_buffer_init(&out, RENDERED_MAX);
    alert_make(&alert, &(struct alert_input){.rule = rule,
                                             .event = event,
                                             .evaluation = &r->rules.evaluation,
                                             .account_names = r->account_names,
                                             .request_id = "00000000-0000-0000-0000-000000000000",
                                             .now_ms = r->now_ms});
    r->render(&alert, &out);
    if (!out.failed)
        printf("%s%s", r->alerts++ > 0 && r->render == render_email ? "\n" : "", out.data);
    r->failed |= out.failed;
    lambda_buffer_done(&out);
}

static void render_event(struct rendering *r, const struct event *event)
{
    for (size_t i = 0; i < r->rules.count; i++) {
        const struct rule *rule = &r->rules.items[i];
        const struct rule_filter *filter = NULL;
        struct lambda_error err;
        bool matches = false;
        if (!rules_decide(&r->rules, rule, event, &matches, &filter, &err)) {
            fprintf(stderr, "sigma: %s: rule %s: %s\n", r->path, rule->id, err.message);
            r->failed = true;
        } else if (filter != NULL) {
            fprintf(stderr, "sigma: %s: the filter \"%s\" takes the match away\n", r->path,
                    filter->title);
        } else if (matches) {
            print_alert(r, rule, event);
        }
    }
    if (status_of(event) != NULL)
        print_alert(r, &status_rule, event);
}

/* A file is one event, read just as the function reads it. */
static void render_file(struct rendering *r, const char *path)
{
    struct event event = {0};
    struct lambda_error err;
    size_t len = 0;
    char *text = cli_read(path, &len);
    r->path = path;
    r->failed |= text == NULL;
    if (text != NULL && event_parse(&event, text, len, &err)) {
        render_event(r, &event);
    } else if (text != NULL) {
        fprintf(stderr, "sigma: %s: %s\n", path, err.message);
        r->failed = true;
    }
    event_done(&event);
    free(text);
}

static bool read_options(struct rendering *r, const char *as, const char *at)
{
    static const char names[] = "--account-names";
    struct lambda_error err;
    r->render = find_renderer(as);
    r->now_ms = clock_now_ms();
    if (r->render == NULL)
        fprintf(stderr, "sigma: --as %s: it must be email, chat, ocsf or sms\n", as);
    else if (at != NULL && !clock_read(at, &r->now_ms))
        fprintf(stderr, "sigma: --at %s: it must be a time such as 2026-02-11T09:14:31Z\n", at);
    else if (!accounts_check(r->account_names, names, &err))
        fprintf(stderr, "sigma: %s\n", err.message);
    else
        return true;
    return false;
}

int cli_render(int count, char **arguments)
{
    const char *as = "email";
    const char *at = NULL;
    struct rendering r = {.account_names = ""};
    struct cli_arguments taken;
    const struct cli_option options[] = {{"--as", NULL, &as},
                                         {"--at", NULL, &at},
                                         {"--account-names", NULL, &r.account_names},
                                         {NULL, NULL, NULL}};
    bool ok = cli_split(&taken, "render", options, count, arguments) && read_options(&r, as, at) &&
              cli_load(&r.rules, taken.rule_count, taken.rules);
    if (ok && taken.file_count == 0)
        render_file(&r, "-");
    for (int i = 0; ok && i < taken.file_count; i++)
        render_file(&r, taken.files[i]);
    free(taken.rules);
    rules_done(&r.rules);
    return !ok || r.failed ? CLI_ERROR : r.alerts > 0 ? CLI_FOUND : CLI_NONE;
}
