/*
 * words.h - what the renderers say of an alert in the same words.
 */
#ifndef WORDS_H
#define WORDS_H

#include "alert/alert.h"

enum { WORDS_MAX = 1280 }; /* bytes with the NUL: nothing needs to be cut */

/*
 * "Asia Pacific (Hong Kong) ap-east-1 is being enabled in account 111122223333 (prod)". Of the
 * event only what has the form of a Region, an account or an API's name enters it: nothing else of
 * what a caller chooses.
 */
void words_happened(char words[WORDS_MAX], const struct alert *alert);

/* Whether text has the form of an API's name, such as EnableRegion. */
bool words_is_name(const char *text);

/* "111122223333 (prod)", or without a name the number alone; "not recorded" for "". */
void words_account(char words[WORDS_MAX], const char *account, const char *name);

/* The ARN of the account that it concerns; "" where its number is not known. */
void words_account_arn(char words[WORDS_MAX], const struct alert *alert);

/*
 * The address of the record in the console; "" where there is none: of a test, of a notice, or in
 * another partition, whose console has another host.
 */
void words_link(char words[WORDS_MAX], const struct alert *alert);

/* How long after the call the alert was made: "24 s", "5 h 32 min"; "" where that is not known. */
void words_delay(char words[WORDS_MAX], const struct alert *alert);

/* What the actor's session was issued by: "role ", or "issuer " of another kind. */
const char *words_issuer(const struct alert *alert);

/* Whether every alert tells the field's value at a place of its own. */
bool words_is_told(const char *field);

/* "yes" for "true", "no" for "false", else the text itself. */
const char *words_flag(const char *flag);

#endif
