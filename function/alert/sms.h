/*
 * sms.h - an alert as one text message.
 *
 * Source: SNS Developer Guide, "Publishing SMS messages": 140 characters of the GSM alphabet are
 * one message; 3GPP TS 23.038, default alphabet.
 */
#ifndef SMS_H
#define SMS_H

#include "alert/alert.h"

enum { SMS_MAX = 141 }; /* bytes with the NUL, each a character of the GSM alphabet */

/*
 * Writes `OUTCOME level: what in ACCOUNT (NAME) by ACTOR hh:mmZ #EVENT Sigma RULE by AUTHORS`,
 * where EVENT and RULE are the first eight characters of the alert's two ids. The names get the
 * room that is left.
 * Other than ASCII is '?'; what GSM does not have of ASCII, or counts double, is a bracket, an
 * apostrophe or a full stop.
 */
void sms_write(const struct alert *alert, char sms[SMS_MAX]);

#endif
