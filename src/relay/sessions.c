/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sessions: index entry 0 means empty, else slot + 1; each row is in the index and in one list
 * exactly once; totals = sum of the rows + evicted.
 */
#include "sessions_internal.h"

#include <stdlib.h>
#include <string.h>

enum { NEW_SHARE = 4 }; /* new sessions may keep a quarter of the table */

struct session_ends {
    uint32_t newest, oldest, count;
};

struct sessions {
    struct session *rows;
    uint32_t *index;
    uint32_t *dirty; /* a circular queue; each row at most once */
    uint32_t index_mask, capacity, used;
    uint32_t dirty_first, dirty_count;
    uint32_t clients;
    uint64_t evictions;
    struct session_ends lists[SESSIONS_LISTS];
    struct hash_key key;
    struct counts totals[SESSION_WAYS], evicted[SESSION_WAYS];
};

struct sessions *sessions_open(uint32_t capacity, const struct hash_key *key)
{
    struct sessions *sessions = calloc(1, sizeof *sessions);
    uint32_t entries = 2;

    if (sessions == NULL)
        return NULL;
    while (entries < capacity * 2)
        entries *= 2;
    sessions->index_mask = entries - 1;
    sessions->capacity = capacity;
    sessions->key = *key;
    for (int i = 0; i < SESSIONS_LISTS; i++)
        sessions->lists[i] =
            (struct session_ends){.newest = SESSIONS_NONE, .oldest = SESSIONS_NONE};
    sessions->rows = calloc(capacity, sizeof *sessions->rows);
    sessions->index = calloc(entries, sizeof *sessions->index);
    sessions->dirty = calloc(capacity, sizeof *sessions->dirty);
    if (sessions->rows == NULL || sessions->index == NULL || sessions->dirty == NULL) {
        sessions_close(sessions);
        return NULL;
    }
    return sessions;
}

void sessions_close(struct sessions *sessions)
{
    if (sessions == NULL)
        return;
    free(sessions->rows);
    free(sessions->index);
    free(sessions->dirty);
    free(sessions);
}

/* ---- the index */

static uint32_t session_hash(const struct sessions *sessions, const struct endpoint *client,
                             uint16_t listener)
{
    return (uint32_t)endpoint_hash(client, &sessions->key) ^ listener * UINT32_C(0x9e3779b9);
}

/* The entry that holds the session, or the empty one where it would go. */
static uint32_t session_entry(const struct sessions *sessions, const struct endpoint *client,
                              uint16_t listener, uint32_t hash)
{
    uint32_t at = hash & sessions->index_mask;

    for (; sessions->index[at] != 0; at = (at + 1) & sessions->index_mask) {
        const struct session *row = &sessions->rows[sessions->index[at] - 1];
        if (row->hash == hash && row->listener == listener && endpoint_equal(&row->client, client))
            break;
    }
    return at;
}

uint32_t sessions_find(const struct sessions *sessions, const struct endpoint *client,
                       uint16_t listener)
{
    uint32_t hash = session_hash(sessions, client, listener);
    uint32_t found = sessions->index[session_entry(sessions, client, listener, hash)];

    return found == 0 ? SESSIONS_NONE : found - 1;
}

/* Empties an entry and moves later ones of the run back over the hole. */
static void session_leave_index(struct sessions *sessions, uint32_t hole)
{
    uint32_t mask = sessions->index_mask;

    for (uint32_t at = (hole + 1) & mask; sessions->index[at] != 0; at = (at + 1) & mask) {
        uint32_t home = sessions->rows[sessions->index[at] - 1].hash & mask;
        if (((at - home) & mask) < ((at - hole) & mask))
            continue;
        sessions->index[hole] = sessions->index[at];
        hole = at;
    }
    sessions->index[hole] = 0;
}

/* ---- the lists */

static void session_unlink(struct sessions *sessions, uint32_t slot)
{
    struct session *row = &sessions->rows[slot];
    struct session_ends *ends = &sessions->lists[row->list];

    *(row->newer != SESSIONS_NONE ? &sessions->rows[row->newer].older : &ends->newest) = row->older;
    *(row->older != SESSIONS_NONE ? &sessions->rows[row->older].newer : &ends->oldest) = row->newer;
    ends->count--;
}

static void session_link(struct sessions *sessions, uint32_t slot, enum session_list list)
{
    struct session *row = &sessions->rows[slot];
    struct session_ends *ends = &sessions->lists[list];

    row->list = (uint8_t)list;
    row->newer = SESSIONS_NONE;
    row->older = ends->newest;
    *(row->older != SESSIONS_NONE ? &sessions->rows[row->older].newer : &ends->oldest) = slot;
    ends->newest = slot;
    ends->count++;
}

uint32_t sessions_oldest(const struct sessions *sessions, enum session_list list)
{
    return sessions->lists[list].oldest;
}

uint32_t sessions_in_list(const struct sessions *sessions, enum session_list list)
{
    return sessions->lists[list].count;
}

void sessions_move(struct sessions *sessions, uint32_t slot, enum session_list list)
{
    session_unlink(sessions, slot);
    session_link(sessions, slot, list);
}

static void session_mark(struct sessions *sessions, uint32_t slot)
{
    struct session *row = &sessions->rows[slot];

    sessions->clients += !row->counted;
    row->counted = true;
    if (row->dirty)
        return;
    row->dirty = true;
    sessions->dirty[(sessions->dirty_first + sessions->dirty_count) % sessions->capacity] = slot;
    sessions->dirty_count++;
}

void sessions_note_change(struct sessions *sessions, uint32_t slot)
{
    if (sessions->rows[slot].counted)
        session_mark(sessions, slot);
}

void sessions_count_error(struct sessions *sessions, uint32_t slot)
{
    sessions->rows[slot].icmp_errors++;
    sessions_note_change(sessions, slot);
}

void sessions_touch(struct sessions *sessions, uint32_t slot, int64_t now_ns)
{
    struct session *row = &sessions->rows[slot];

    row->last_ns = now_ns;
    session_mark(sessions, slot);
    if (sessions->lists[row->list].newest != slot)
        sessions_move(sessions, slot, (enum session_list)row->list);
}

/* ---- coming and going */

uint32_t sessions_victim(const struct sessions *sessions)
{
    const struct session_ends *lists = sessions->lists;
    uint32_t fresh = lists[SESSIONS_NEW].oldest, proven = lists[SESSIONS_PROVEN].oldest;

    if (sessions->used < sessions->capacity)
        return SESSIONS_NONE;
    if (lists[SESSIONS_CLOSED].count > 0)
        return lists[SESSIONS_CLOSED].oldest;
    if (fresh == SESSIONS_NONE || proven == SESSIONS_NONE)
        return fresh != SESSIONS_NONE ? fresh : proven;
    if (lists[SESSIONS_NEW].count > sessions->capacity / NEW_SHARE)
        return fresh;
    return sessions->rows[fresh].last_ns <= sessions->rows[proven].last_ns ? fresh : proven;
}

void sessions_evict(struct sessions *sessions, uint32_t slot)
{
    struct session *row = &sessions->rows[slot];

    session_leave_index(sessions, session_entry(sessions, &row->client, row->listener, row->hash));
    for (int way = 0; way < SESSION_WAYS; way++)
        counts_add(&sessions->evicted[way], &row->counts[way]);
    sessions->clients -= row->counted;
    sessions->evictions += row->counted;
    sessions_move(sessions, slot, SESSIONS_CLOSED);
    row->client = (struct endpoint){.family = ENDPOINT_NONE};
    row->generation++;
    row->counted = false;
}

/* The slot that was evicted last, or one that was never used. */
static uint32_t session_take_slot(struct sessions *sessions)
{
    uint32_t newest = sessions->lists[SESSIONS_CLOSED].newest;

    if (newest != SESSIONS_NONE && sessions->rows[newest].client.family == ENDPOINT_NONE) {
        session_unlink(sessions, newest);
        return newest;
    }
    return sessions->used++;
}

uint32_t sessions_add(struct sessions *sessions, const struct endpoint *client, uint16_t listener,
                      int64_t now_ns)
{
    uint32_t slot = session_take_slot(sessions);
    struct session *row = &sessions->rows[slot];

    *row = (struct session){.client = *client,
                            .listener = listener,
                            .socket = {.fd = -1},
                            .first_ns = now_ns,
                            .last_ns = now_ns,
                            .generation = row->generation,
                            .hash = session_hash(sessions, client, listener),
                            .dirty = row->dirty};
    sessions->index[session_entry(sessions, client, listener, row->hash)] = slot + 1;
    session_link(sessions, slot, SESSIONS_CLOSED);
    return slot;
}

struct session *sessions_at(const struct sessions *sessions, uint32_t slot)
{
    return &sessions->rows[slot];
}

struct session_handle sessions_handle(const struct sessions *sessions, uint32_t slot)
{
    return (struct session_handle){.slot = slot, .generation = sessions->rows[slot].generation};
}

struct session *sessions_get(const struct sessions *sessions, struct session_handle handle)
{
    if (handle.slot >= sessions->used ||
        sessions->rows[handle.slot].generation != handle.generation)
        return NULL;
    return &sessions->rows[handle.slot];
}

/* ---- counts */

void sessions_count(struct sessions *sessions, struct session_handle handle, enum session_way way,
                    const struct counts *more)
{
    struct session *row = sessions_get(sessions, handle);

    counts_add(&sessions->totals[way], more);
    if (row == NULL) {
        counts_add(&sessions->evicted[way], more);
        return;
    }
    counts_add(&row->counts[way], more);
    session_mark(sessions, handle.slot);
}

uint32_t sessions_used(const struct sessions *sessions)
{
    return sessions->used;
}

uint32_t sessions_clients(const struct sessions *sessions)
{
    return sessions->clients;
}

uint64_t sessions_evictions(const struct sessions *sessions)
{
    return sessions->evictions;
}

const struct counts *sessions_totals(const struct sessions *sessions, enum session_way way)
{
    return &sessions->totals[way];
}

const struct counts *sessions_evicted(const struct sessions *sessions, enum session_way way)
{
    return &sessions->evicted[way];
}

uint32_t sessions_dirty(const struct sessions *sessions)
{
    return sessions->dirty_count == 0 ? SESSIONS_NONE : sessions->dirty[sessions->dirty_first];
}

void sessions_clean(struct sessions *sessions)
{
    sessions->rows[sessions->dirty[sessions->dirty_first]].dirty = false;
    sessions->dirty_first = (sessions->dirty_first + 1) % sessions->capacity;
    sessions->dirty_count--;
}

void sessions_reset(struct sessions *sessions)
{
    for (uint32_t i = 0; i < sessions->used; i++) {
        struct session *row = &sessions->rows[i];
        memset(row->counts, 0, sizeof row->counts);
        row->rtts = (struct event_rtts){.count = 0};
        row->icmp_errors = 0;
        transactions_clear(&row->transactions); /* they have numbers of before */
        row->counted = row->dirty = false;
    }
    memset(sessions->totals, 0, sizeof sessions->totals);
    memset(sessions->evicted, 0, sizeof sessions->evicted);
    sessions->dirty_first = sessions->dirty_count = sessions->clients = 0;
    sessions->evictions = 0;
}
