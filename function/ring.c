#include "ring.h"

#include <stdio.h>
#include <string.h>

bool ring_holds(const struct ring *ring, const char *id)
{
    size_t i = 0;
    while (i < RING_SIZE && strcmp(ring->ids[i], id) != 0)
        i++;
    return i < RING_SIZE;
}

void ring_add(struct ring *ring, const char *id)
{
    snprintf(ring->ids[ring->next], RING_ID_MAX, "%s", id);
    ring->next = (ring->next + 1) % RING_SIZE;
}
