/*
 * ring.h - the ids of the last alerts that were published.
 */
#ifndef RING_H
#define RING_H

#include <stdbool.h>
#include <stddef.h>

enum { RING_SIZE = 32, RING_ID_MAX = 80 }; /* ids; bytes of one with the NUL: two UUIDs and more */

/* Zeroed, it is empty. */
struct ring {
    char ids[RING_SIZE][RING_ID_MAX];
    size_t next; /* the place of the oldest */
};

bool ring_holds(const struct ring *ring, const char *id);

/* Takes the place of the oldest. An id that is too long is left out. */
void ring_add(struct ring *ring, const char *id);

#endif
