/*
 * words.h - what several renderers say of an alert in the same words.
 */
#ifndef WORDS_H
#define WORDS_H

#include "alert/alert.h"

enum { WORDS_MAX = 1280 }; /* bytes with the NUL: nothing needs to be cut */

/* "111122223333 (prod)", or without a name the number alone; "not recorded" for "". */
void words_account(char words[WORDS_MAX], const char *account, const char *name);

/*
 * "Asia Pacific (Hong Kong) ap-east-1 is being enabled in account 111122223333 (prod)". Of the
 * event only what has the form of a Region, an account or an API's name enters it: nothing else of
 * what a caller chooses.
 */
void words_happened(char words[WORDS_MAX], const struct alert *alert);

/* Whether text has the form of an API's name, such as EnableRegion. */
bool words_is_name(const char *text);

/* The rule's level in capitals. */
void words_level(char words[WORDS_MAX], const struct alert *alert);

/* "2026-02-11T09:14:31Z" */
void words_time(char words[WORDS_MAX], int64_t time_ms);

/* "yes" for "true", "no" for "false". */
const char *words_flag(const char *flag);

/* The account's ARN, in the partition of the caller; "" where its number is not known. */
void words_account_arn(char words[WORDS_MAX], const struct alert *alert);

#endif
