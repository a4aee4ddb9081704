/*
 * accounts.h - names for account numbers, as ALERT_ACCOUNT_NAMES gives them:
 * `123456789012=prod, 444455556666=Log archive`.
 */
#ifndef ACCOUNTS_H
#define ACCOUNTS_H

#include <lambda/error.h>
#include <stdbool.h>

enum { ACCOUNTS_NAME_MAX = 65 }; /* bytes with the NUL */

/*
 * Checks a list; "" is one. Fails with Function.ConfigInvalid, telling which entry is wrong and
 * why: no 12 digits, no name, a name over 64 bytes or with controls, an account named twice. name
 * is the setting that held the list, for the message.
 */
LAMBDA_MUST_CHECK bool accounts_check(const char *list, const char *name, struct lambda_error *err);

/* Writes the account's name in a checked list, "" where it has none. */
void accounts_find(const char *list, const char *account, char name[ACCOUNTS_NAME_MAX]);

#endif
