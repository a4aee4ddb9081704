/* diary.h - which hooks were called, in which order. */
#ifndef DIARY_H
#define DIARY_H

#include <lambda/runtime.h>
#include <stdbool.h>

struct diary {
    char text[16];      /* one letter a call */
    char failing;       /* the hook that fails: its letter */
    bool silent;        /* it does not say why */
    struct diary *self; /* what a worker has points here */
};

/*
 * Every hook, and a handler that echoes; each notes its letter: init, before_snapshot,
 * after_restore, worker_start, handler, worker_end, d for shutdown. The one that fails gives
 * Function.HookBroken, unless it is silent.
 */
struct lambda_options diary_hooks(struct diary *diary);

#endif
