/* SPDX-License-Identifier: GPL-3.0-or-later */
/* chronology: a binary heap; see the header for the model. */
#include "udptui/core/chronology.h"

#include <stdlib.h>
#include <string.h>

enum { ALIGNMENT = 8 };

struct entry {
    int64_t time_ns;
    uint64_t number; /* in the order of adding */
    uint32_t offset, size_bytes;
};

struct chronology {
    uint8_t *area, *spare;
    size_t capacity_bytes, used_bytes; /* of area */
    struct entry *heap;                /* none is before its parent, (i - 1) / 2 */
    size_t count, count_max;
    uint64_t added;
};

struct chronology *chronology_open(size_t capacity_bytes)
{
    struct chronology *chronology = calloc(1, sizeof *chronology);

    if (chronology == NULL)
        return NULL;
    chronology->capacity_bytes = capacity_bytes;
    chronology->count_max = capacity_bytes / CHRONOLOGY_RECORD_MIN;
    chronology->area = malloc(capacity_bytes);
    chronology->spare = malloc(capacity_bytes);
    chronology->heap = calloc(chronology->count_max, sizeof *chronology->heap);
    if (chronology->area != NULL && chronology->spare != NULL && chronology->heap != NULL)
        return chronology;
    chronology_close(chronology);
    return NULL;
}

void chronology_close(struct chronology *chronology)
{
    if (chronology == NULL)
        return;
    free(chronology->area);
    free(chronology->spare);
    free(chronology->heap);
    free(chronology);
}

size_t chronology_count(const struct chronology *chronology)
{
    return chronology->count;
}

/* ---- the heap */

static bool is_before(const struct entry *a, const struct entry *b)
{
    return a->time_ns != b->time_ns ? a->time_ns < b->time_ns : a->number < b->number;
}

static void push(struct chronology *chronology, struct entry entry)
{
    struct entry *heap = chronology->heap;
    size_t at = chronology->count++;

    for (; at > 0 && is_before(&entry, &heap[(at - 1) / 2]); at = (at - 1) / 2)
        heap[at] = heap[(at - 1) / 2];
    heap[at] = entry;
}

/* The last one takes the root's place and sinks. */
static struct entry pop(struct chronology *chronology)
{
    struct entry *heap = chronology->heap, first = heap[0];
    size_t count = --chronology->count, at = 0;
    struct entry last = heap[count];

    for (size_t child; (child = 2 * at + 1) < count; at = child) {
        if (child + 1 < count && is_before(&heap[child + 1], &heap[child]))
            child++;
        if (!is_before(&heap[child], &last))
            break;
        heap[at] = heap[child];
    }
    heap[at] = last;
    return first;
}

/* ---- the areas */

static size_t aligned(size_t size_bytes)
{
    return (size_bytes + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

/* Leaves the gaps of what was taken behind. */
static void move_to_spare(struct chronology *chronology)
{
    uint8_t *area = chronology->area;
    size_t used = 0;

    for (size_t i = 0; i < chronology->count; i++) {
        struct entry *entry = &chronology->heap[i];
        memcpy(chronology->spare + used, area + entry->offset, entry->size_bytes);
        entry->offset = (uint32_t)used;
        used += aligned(entry->size_bytes);
    }
    chronology->area = chronology->spare;
    chronology->spare = area;
    chronology->used_bytes = used;
}

static bool fits(const struct chronology *chronology, size_t size_bytes)
{
    return size_bytes <= chronology->capacity_bytes - chronology->used_bytes;
}

bool chronology_add(struct chronology *chronology, int64_t time_ns, const void *record,
                    size_t size_bytes)
{
    size_t needed = aligned(size_bytes);

    if (chronology->count == chronology->count_max)
        return false;
    if (!fits(chronology, needed))
        move_to_spare(chronology);
    if (!fits(chronology, needed))
        return false;
    memcpy(chronology->area + chronology->used_bytes, record, size_bytes);
    push(chronology, (struct entry){.time_ns = time_ns,
                                    .number = chronology->added++,
                                    .offset = (uint32_t)chronology->used_bytes,
                                    .size_bytes = (uint32_t)size_bytes});
    chronology->used_bytes += needed;
    return true;
}

const void *chronology_take(struct chronology *chronology, int64_t until_ns, size_t *size_bytes)
{
    if (chronology->count == 0 || chronology->heap[0].time_ns > until_ns)
        return NULL;
    struct entry first = pop(chronology);
    *size_bytes = first.size_bytes;
    return chronology->area + first.offset;
}
