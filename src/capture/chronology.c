/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chronology: see the header for the model.
 *
 * Records come from a few sources in order of time: received by a socket, sent. So each is appended
 * to a run that ends no later, and the earliest record is at the beginning of one of the runs,
 * mostly two or three. (A heap takes ten times as long, because it sorts again what is already
 * sorted.)
 */
#include "udptui/capture/chronology.h"

#include <stdlib.h>
#include <string.h>

enum { ALIGNMENT = 8, RUNS_MAX = 64 };

static const uint32_t nowhere = UINT32_MAX;

struct entry {
    int64_t time_ns;
    uint64_t number; /* in the order of adding */
    uint32_t offset, size_bytes;
    uint32_t next; /* in its run, or among the free ones; nowhere */
};

/* Entries in the order of their times, one at least. */
struct chronology_run {
    int64_t first_ns, last_ns;
    uint64_t first_number;
    uint32_t first, last;
};

struct chronology {
    uint8_t *area, *spare;
    size_t capacity_bytes, used_bytes; /* of area */
    struct entry *entries;             /* entries_max of them; those from entries_used on are new */
    size_t entries_max, entries_used;
    uint32_t free; /* the first of those that were used and are free */
    struct chronology_run runs[RUNS_MAX];
    size_t run_count, count;
    uint64_t added;
};

struct chronology *chronology_open(size_t capacity_bytes)
{
    struct chronology *chronology = calloc(1, sizeof *chronology);

    if (chronology == NULL)
        return NULL;
    chronology->capacity_bytes = capacity_bytes;
    chronology->entries_max = capacity_bytes / CHRONOLOGY_RECORD_MIN;
    chronology->free = nowhere;
    chronology->area = malloc(capacity_bytes);
    chronology->spare = malloc(capacity_bytes);
    chronology->entries = calloc(chronology->entries_max, sizeof *chronology->entries);
    if (chronology->area != NULL && chronology->spare != NULL && chronology->entries != NULL)
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
    free(chronology->entries);
    free(chronology);
}

size_t chronology_count(const struct chronology *chronology)
{
    return chronology->count;
}

/* ---- entries */

/* A free one, which must exist. */
static uint32_t get_entry(struct chronology *chronology)
{
    uint32_t at = chronology->free;

    if (at == nowhere)
        return (uint32_t)chronology->entries_used++;
    chronology->free = chronology->entries[at].next;
    return at;
}

static void put_entry(struct chronology *chronology, uint32_t at)
{
    chronology->entries[at].next = chronology->free;
    chronology->free = at;
}

/* ---- runs */

static void note_first(struct chronology *chronology, struct chronology_run *run)
{
    const struct entry *entry = &chronology->entries[run->first];

    run->first_ns = entry->time_ns;
    run->first_number = entry->number;
}

/* Of the runs that end no later than the time, the one that ends last; NULL: none does. */
static struct chronology_run *find_run(struct chronology *chronology, int64_t time_ns)
{
    struct chronology_run *best = NULL;

    for (size_t i = 0; i < chronology->run_count; i++) {
        struct chronology_run *run = &chronology->runs[i];
        if (run->last_ns <= time_ns && (best == NULL || run->last_ns > best->last_ns))
            best = run;
    }
    return best;
}

static void begin_run(struct chronology *chronology, uint32_t at)
{
    struct chronology_run *run = &chronology->runs[chronology->run_count++];

    *run = (struct chronology_run){
        .first = at, .last = at, .last_ns = chronology->entries[at].time_ns};
    note_first(chronology, run);
}

/* With too many runs, it goes into the first one, which ends later. */
static void insert(struct chronology *chronology, uint32_t at)
{
    struct entry *entries = chronology->entries;
    struct chronology_run *run = &chronology->runs[0];
    uint32_t *link = &run->first;

    while (entries[*link].time_ns <= entries[at].time_ns)
        link = &entries[*link].next;
    entries[at].next = *link;
    *link = at;
    note_first(chronology, run);
}

static void add_entry(struct chronology *chronology, uint32_t at)
{
    struct entry *entry = &chronology->entries[at];
    struct chronology_run *run = find_run(chronology, entry->time_ns);

    entry->next = nowhere;
    chronology->count++;
    if (run != NULL) {
        chronology->entries[run->last].next = at;
        run->last = at;
        run->last_ns = entry->time_ns;
    } else if (chronology->run_count < RUNS_MAX) {
        begin_run(chronology, at);
    } else {
        insert(chronology, at);
    }
}

/* The run that begins first; there must be one. */
static struct chronology_run *first_run(struct chronology *chronology)
{
    struct chronology_run *first = &chronology->runs[0];

    for (size_t i = 1; i < chronology->run_count; i++) {
        struct chronology_run *run = &chronology->runs[i];
        if (run->first_ns < first->first_ns ||
            (run->first_ns == first->first_ns && run->first_number < first->first_number))
            first = run;
    }
    return first;
}

/* Removes the first entry of a run; a run without entries ends. */
static struct entry take_entry(struct chronology *chronology, struct chronology_run *run)
{
    uint32_t at = run->first;
    struct entry entry = chronology->entries[at];

    chronology->count--;
    put_entry(chronology, at);
    if (entry.next == nowhere) {
        *run = chronology->runs[--chronology->run_count];
    } else {
        run->first = entry.next;
        note_first(chronology, run);
    }
    return entry;
}

/* ---- the areas */

static size_t aligned(size_t size_bytes)
{
    return (size_bytes + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

static void move_run(struct chronology *chronology, const struct chronology_run *run, size_t *used)
{
    for (uint32_t at = run->first; at != nowhere; at = chronology->entries[at].next) {
        struct entry *entry = &chronology->entries[at];
        memcpy(chronology->spare + *used, chronology->area + entry->offset, entry->size_bytes);
        entry->offset = (uint32_t)*used;
        *used += aligned(entry->size_bytes);
    }
}

/* Copies without the gaps of taken records. */
static void move_to_spare(struct chronology *chronology)
{
    uint8_t *area = chronology->area;
    size_t used = 0;

    for (size_t i = 0; i < chronology->run_count; i++)
        move_run(chronology, &chronology->runs[i], &used);
    chronology->area = chronology->spare;
    chronology->spare = area;
    chronology->used_bytes = used;
}

static bool chronology_fits(const struct chronology *chronology, size_t size_bytes)
{
    return size_bytes <= chronology->capacity_bytes - chronology->used_bytes;
}

bool chronology_add(struct chronology *chronology, int64_t time_ns, const void *record,
                    size_t size_bytes)
{
    size_t needed = aligned(size_bytes);

    if (chronology->count == chronology->entries_max)
        return false;
    if (!chronology_fits(chronology, needed))
        move_to_spare(chronology);
    if (!chronology_fits(chronology, needed))
        return false;
    memcpy(chronology->area + chronology->used_bytes, record, size_bytes);
    uint32_t at = get_entry(chronology);
    chronology->entries[at] = (struct entry){.time_ns = time_ns,
                                             .number = chronology->added++,
                                             .offset = (uint32_t)chronology->used_bytes,
                                             .size_bytes = (uint32_t)size_bytes};
    add_entry(chronology, at);
    chronology->used_bytes += needed;
    return true;
}

const void *chronology_take(struct chronology *chronology, int64_t until_ns, size_t *size_bytes)
{
    if (chronology->count == 0)
        return NULL;
    struct chronology_run *run = first_run(chronology);
    if (run->first_ns > until_ns)
        return NULL;
    struct entry first = take_entry(chronology, run);
    *size_bytes = first.size_bytes;
    return chronology->area + first.offset;
}
