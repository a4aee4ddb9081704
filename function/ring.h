/*
 * ring.h - the ids of the last alerts that were published.
 */
#ifndef RING_H
#define RING_H

#include <stdbool.h>
#include <stddef.h>

enum { RING_SIZE = 32, RING_ID_MAX = 74 }; /* ids; bytes of one with the NUL: two UUIDs */

/* Zeroed, it is empty. */
struct ring {
    char ids[RING_SIZE][RING_ID_MAX];
    size_t next; /* the place of the oldest */
};

/* id is not "". */
bool ring_holds(const struct ring *ring, const char *id);

/* Takes the place of the oldest. id is shorter than RING_ID_MAX. */
void ring_add(struct ring *ring, const char *id);

#endif
