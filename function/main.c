/*
 * enable-region-alert: CloudTrail events in, SNS alerts out.
 *
 * Reads the configuration and the rules once, opens the connection to SNS, and leaves the rest to
 * handler.c, once for every event.
 */
#include "config.h"
#include "handler.h"
#include "sigma/rules.h"
#include "sns/sns.h"
#include "version.h"
#include "versions.h"
#include <lambda/runtime.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

enum { WARNINGS_MAX = 8192 }; /* bytes: a line of the log holds them */

/*
 * A core dump, or another process of the same user, would hand out the role's credentials. A peer
 * that closes a connection must be an error like others, not a signal.
 */
static void prepare_process(void)
{
    (void)signal(SIGPIPE, SIG_IGN);
    (void)setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    (void)prctl(PR_SET_DUMPABLE, 0);
}

static void warn_of_region(const struct lambda_logger *logger, const struct config *config)
{
    if (config->region[0] == '\0' || strcmp(config->region, "us-east-1") == 0 ||
        !topic_is_commercial(&config->topic))
        return;
    lambda_log(logger, LAMBDA_LOG_WARN,
               "AWS records EnableRegion in us-east-1 only; this function runs elsewhere",
               (struct lambda_log_field[]){{"region", .text = config->region}, {0}});
}

/* Best effort: a connection that is open already makes the first alert quicker. */
static void connect_early(const struct lambda_logger *logger, struct sns *sns)
{
    struct lambda_error err;
    if (sns_connect(sns, &err))
        return;
    lambda_log(logger, LAMBDA_LOG_WARN, "no connection to SNS yet",
               (struct lambda_log_field[]){
                   {"errorType", .text = err.type}, {"errorMessage", .text = err.message}, {0}});
}

static int run(const struct lambda_logger *logger, const struct config *config, struct rules *rules,
               struct sns *sns)
{
    static struct handler handler; /* large, and zeroed */
    warn_of_region(logger, config);
    connect_early(logger, sns);
    lambda_log(logger, LAMBDA_LOG_INFO, "ready",
               (struct lambda_log_field[]){{"version", .text = VERSION},
                                           {"rules", .number = (int64_t)rules->count},
                                           {"topic", .text = config->topic.arn},
                                           {"endpoint", .text = config->endpoint.url},
                                           {0}});
    handler_init(&handler, rules, sns, config);
    int status = lambda_run(handler_run, &handler);
    handler_done(&handler);
    return status;
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--version") == 0)
        return versions_print();
    struct lambda_error err;
    struct lambda_logger logger;
    struct config config;
    struct rules rules = {0};
    struct sns sns = {0};
    prepare_process();
    lambda_logger_init(&logger);
    struct lambda_buffer warnings;
    lambda_buffer_init(&warnings, WARNINGS_MAX);
    bool ready =
        config_read(&config, &err) && rules_load(&rules, config.rules_folder, &warnings, &err);
    if (warnings.len > 0)
        lambda_log(&logger, LAMBDA_LOG_WARN, warnings.data, NULL);
    if (warnings.failed)
        lambda_log(&logger, LAMBDA_LOG_WARN, "there are more warnings: run sigma check", NULL);
    lambda_buffer_done(&warnings);
    ready = ready && sns_init(&sns, &config.topic, &config.endpoint, (int)config.max_attempts,
                              config.interval_ms, &err);
    int status = ready ? run(&logger, &config, &rules, &sns) : lambda_init_failed(&err);
    sns_done(&sns);
    rules_done(&rules);
    return status;
}
