/* diary.h - which hooks were called, in which order. */
#ifndef DIARY_H
#define DIARY_H

#include <lambda/error.h>
#include <stdbool.h>

struct diary {
    char text[16]; /* one letter a call */
    char failing;  /* the hook that fails: its letter */
    bool silent;   /* it does not say why */
};

/* Returns false for the hook that fails, with Function.HookBroken unless it is silent. */
bool diary_note(struct diary *diary, char letter, struct lambda_error *err);

#endif
