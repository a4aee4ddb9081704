/*
 * chat.h - an alert as a card in a chat channel: Slack, Microsoft Teams, Amazon Chime.
 *
 * Source: Amazon Q Developer in chat applications Administrator Guide, "Custom notifications".
 */
#ifndef CHAT_H
#define CHAT_H

#include "alert/alert.h"
#include <lambda/buffer.h>

/*
 * Appends one JSON object on one line. Alerts of one account and Region share a thread. In the
 * description and the steps a value of the event or the rule stands in backquotes, where no markup
 * counts, with its own backquotes turned into apostrophes; elsewhere it has a form that is checked,
 * or its markup is taken out. & < > are entities in both. The description is never longer than a
 * client takes: what the caller said most of is left out first.
 */
void chat_write(const struct alert *alert, struct lambda_buffer *json);

#endif
