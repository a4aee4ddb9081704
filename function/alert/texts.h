/*
 * texts.h - the texts of an alert: where each comes from. Private to alert.c.
 */
#ifndef TEXTS_H
#define TEXTS_H

#include "alert/alert.h"

/* Empties every text and list. Writes no more than that: the struct is large. */
void texts_clear(struct alert *alert);

/*
 * Takes the texts of the record and those of the rule. The alert's event, status and enables_region
 * must be set, and its texts empty.
 */
void texts_take(struct alert *alert, const struct rule *rule);

/* Appends to a text of an alert: cleaned, cut where it does not fit. */
void texts_add(char *text, const char *more);

/* A new text at the end of a list. NULL when the list is full: its last text is "..." then. */
char *texts_append(struct alert_list *list, const char *text);

#endif
