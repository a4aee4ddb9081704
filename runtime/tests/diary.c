#include "diary.h"

#include "session.h"
#include "test.h"

static bool note(struct diary *diary, char letter, struct lambda_error *err)
{
    size_t len = strlen(diary->text);
    assert_true(len + 1 < sizeof diary->text);
    diary->text[len] = letter;
    if (letter != diary->failing)
        return true;
    return !diary->silent && lambda_fail(err, "Function.HookBroken", "Hook %c broke.", letter);
}

static bool on_init(void *user, struct lambda_error *err)
{
    return note(user, 'i', err);
}

static bool on_snapshot(void *user, struct lambda_error *err)
{
    return note(user, 'b', err);
}

static bool on_restore(void *user, struct lambda_error *err)
{
    return note(user, 'a', err);
}

static bool on_worker_start(void *user, void **worker, struct lambda_error *err)
{
    struct diary *diary = user;
    diary->self = diary;
    *worker = &diary->self;
    return note(diary, 's', err);
}

static void on_worker_end(void *worker)
{
    struct diary **own = worker;
    note(*own, 'e', NULL);
}

static void on_shutdown(void *user)
{
    note(user, 'd', NULL);
}

static bool on_event(const struct lambda_invocation *invocation, struct lambda_buffer *response,
                     struct lambda_error *err, void *user)
{
    struct diary **own = user;
    note(*own, 'h', NULL);
    return session_echo(invocation, response, err, user);
}

struct lambda_options diary_hooks(struct diary *diary)
{
    return (struct lambda_options){.handler = on_event,
                                   .user = diary,
                                   .init = on_init,
                                   .before_snapshot = on_snapshot,
                                   .after_restore = on_restore,
                                   .worker_start = on_worker_start,
                                   .worker_end = on_worker_end,
                                   .shutdown = on_shutdown};
}
