/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * peers: see the header for the model.
 *
 * Invariants: index entry 0 means empty, else slot + 1; each row in use is in the index exactly
 * once and reachable from its home without crossing an empty entry; the list holds exactly the rows
 * in use, newest first; totals = sum of the rows + evicted.
 */
#include "udptui/proto/peers.h"

#include <stdlib.h>
#include <string.h>

struct peers {
    struct peer *rows;
    uint32_t *index;
    uint32_t *dirty; /* a circular queue; each row at most once, so it cannot overflow */
    uint32_t index_mask;
    uint32_t capacity;
    uint32_t used;
    atomic_uint *shared_used; /* of all tables, the first row of each included; NULL: not shared */
    uint32_t newest, oldest;
    uint32_t dirty_first, dirty_count;
    uint64_t evictions;
    struct hash_key key;
    struct counts totals;
    struct counts evicted;
};

static uint32_t index_size(uint32_t capacity)
{
    uint32_t size = 2;

    while (size < capacity * 2)
        size *= 2;
    return size;
}

struct peers *peers_open(uint32_t capacity, atomic_uint *used, const struct hash_key *key)
{
    struct peers *peers = calloc(1, sizeof *peers);

    if (peers == NULL)
        return NULL;
    peers->capacity = capacity;
    peers->shared_used = used;
    if (used != NULL)
        atomic_fetch_add(used, 1);
    peers->index_mask = index_size(capacity) - 1;
    peers->key = *key;
    peers->newest = peers->oldest = PEERS_NONE;
    peers->rows = calloc(capacity, sizeof *peers->rows);
    peers->index = calloc((size_t)peers->index_mask + 1, sizeof *peers->index);
    peers->dirty = calloc(capacity, sizeof *peers->dirty);
    if (peers->rows == NULL || peers->index == NULL || peers->dirty == NULL) {
        peers_close(peers);
        return NULL;
    }
    return peers;
}

void peers_close(struct peers *peers)
{
    if (peers == NULL)
        return;
    free(peers->rows);
    free(peers->index);
    free(peers->dirty);
    free(peers);
}

struct peers *peers_copy(const struct peers *peers)
{
    struct peers *copy = peers_open(peers->capacity, NULL, &peers->key);
    struct peers own;

    if (copy == NULL)
        return NULL;
    own = *copy;
    *copy = *peers;
    copy->rows = own.rows;
    copy->index = own.index;
    copy->dirty = own.dirty;
    copy->shared_used = NULL;
    memcpy(copy->rows, peers->rows, peers->used * sizeof *peers->rows);
    memcpy(copy->index, peers->index, ((size_t)peers->index_mask + 1) * sizeof *peers->index);
    memcpy(copy->dirty, peers->dirty, peers->capacity * sizeof *peers->dirty);
    return copy;
}

size_t peers_bytes(const struct peers *peers)
{
    return peers->used * sizeof *peers->rows +
           ((size_t)peers->index_mask + 1 + peers->capacity) * sizeof *peers->index;
}

/* The index entry that holds the endpoint, or the empty one where it would go. */
static uint32_t find_entry(const struct peers *peers, const struct endpoint *endpoint,
                           uint32_t hash)
{
    uint32_t at = hash & peers->index_mask;

    for (; peers->index[at] != 0; at = (at + 1) & peers->index_mask) {
        const struct peer *row = &peers->rows[peers->index[at] - 1];
        if (row->hash == hash && endpoint_equal(&row->endpoint, endpoint))
            break;
    }
    return at;
}

static void list_remove(struct peers *peers, uint32_t slot)
{
    struct peer *row = &peers->rows[slot];

    if (row->newer != PEERS_NONE)
        peers->rows[row->newer].older = row->older;
    else
        peers->newest = row->older;
    if (row->older != PEERS_NONE)
        peers->rows[row->older].newer = row->newer;
    else
        peers->oldest = row->newer;
}

static void list_push(struct peers *peers, uint32_t slot)
{
    struct peer *row = &peers->rows[slot];

    row->newer = PEERS_NONE;
    row->older = peers->newest;
    if (peers->newest != PEERS_NONE)
        peers->rows[peers->newest].newer = slot;
    else
        peers->oldest = slot;
    peers->newest = slot;
}

/*
 * Empties an index entry and moves later ones of the same run back over the hole if the hole lies
 * between their home and their place: no entry is ever cut off from its home.
 */
static void index_remove(struct peers *peers, uint32_t hole)
{
    uint32_t mask = peers->index_mask;

    for (uint32_t at = (hole + 1) & mask; peers->index[at] != 0; at = (at + 1) & mask) {
        uint32_t home = peers->rows[peers->index[at] - 1].hash & mask;
        if (((at - home) & mask) < ((at - hole) & mask))
            continue;
        peers->index[hole] = peers->index[at];
        hole = at;
    }
    peers->index[hole] = 0;
}

static uint32_t peers_evict_oldest(struct peers *peers)
{
    uint32_t slot = peers->oldest;
    struct peer *row = &peers->rows[slot];

    index_remove(peers, find_entry(peers, &row->endpoint, row->hash));
    list_remove(peers, slot);
    counts_add(&peers->evicted, &row->counts);
    peers->evictions++;
    return slot;
}

static void mark_dirty(struct peers *peers, uint32_t slot)
{
    struct peer *row = &peers->rows[slot];

    if (row->dirty)
        return;
    row->dirty = 1;
    peers->dirty[(peers->dirty_first + peers->dirty_count) % peers->capacity] = slot;
    peers->dirty_count++;
}

/* Whether one more row may be used, here and in all tables together. */
static bool take_room(struct peers *peers)
{
    unsigned used;

    if (peers->used == peers->capacity || peers->shared_used == NULL)
        return peers->used < peers->capacity;
    if (peers->used == 0)
        return true;
    used = atomic_load(peers->shared_used);
    do {
        if (used >= peers->capacity)
            return false;
    } while (!atomic_compare_exchange_weak(peers->shared_used, &used, used + 1));
    return true;
}

/* Returns all rows but the one that the table always has. */
static void give_room_back(struct peers *peers)
{
    if (peers->shared_used != NULL && peers->used > 1)
        atomic_fetch_sub(peers->shared_used, peers->used - 1);
}

static uint32_t add_row(struct peers *peers, const struct endpoint *endpoint, uint32_t hash,
                        int64_t now_ns)
{
    uint32_t slot = take_room(peers) ? peers->used++ : peers_evict_oldest(peers);
    struct peer *row = &peers->rows[slot];

    *row = (struct peer){.endpoint = *endpoint,
                         .first_ns = now_ns,
                         .last_ns = now_ns,
                         .generation = row->generation + 1,
                         .hash = hash,
                         .dirty = row->dirty};
    peers->index[find_entry(peers, endpoint, hash)] = slot + 1;
    list_push(peers, slot);
    return slot;
}

struct peer_handle peers_touch(struct peers *peers, const struct endpoint *endpoint, int64_t now_ns)
{
    uint32_t hash = (uint32_t)endpoint_hash(endpoint, &peers->key);
    uint32_t found = peers->index[find_entry(peers, endpoint, hash)];
    uint32_t slot;

    if (found == 0) {
        slot = add_row(peers, endpoint, hash, now_ns);
    } else {
        slot = found - 1;
        if (slot != peers->newest) {
            list_remove(peers, slot);
            list_push(peers, slot);
        }
    }
    peers->rows[slot].last_ns = now_ns;
    mark_dirty(peers, slot);
    return (struct peer_handle){.slot = slot, .generation = peers->rows[slot].generation};
}

struct peer *peers_at(struct peers *peers, uint32_t slot)
{
    return &peers->rows[slot];
}

void peers_count(struct peers *peers, struct peer_handle handle, const struct counts *more)
{
    struct peer *row = &peers->rows[handle.slot];

    counts_add(&peers->totals, more);
    if (row->generation != handle.generation) {
        counts_add(&peers->evicted, more);
        return;
    }
    counts_add(&row->counts, more);
    mark_dirty(peers, handle.slot);
}

uint32_t peers_used(const struct peers *peers)
{
    return peers->used;
}

const struct counts *peers_totals(const struct peers *peers)
{
    return &peers->totals;
}

const struct counts *peers_evicted(const struct peers *peers)
{
    return &peers->evicted;
}

uint64_t peers_evictions(const struct peers *peers)
{
    return peers->evictions;
}

uint32_t peers_dirty(const struct peers *peers)
{
    return peers->dirty_count == 0 ? PEERS_NONE : peers->dirty[peers->dirty_first];
}

void peers_clean(struct peers *peers)
{
    peers->rows[peers->dirty[peers->dirty_first]].dirty = 0;
    peers->dirty_first = (peers->dirty_first + 1) % peers->capacity;
    peers->dirty_count--;
}

void peers_reset(struct peers *peers)
{
    for (uint32_t i = 0; i < peers->used; i++)
        peers->rows[i] = (struct peer){.generation = peers->rows[i].generation + 1};
    memset(peers->index, 0, ((size_t)peers->index_mask + 1) * sizeof *peers->index);
    give_room_back(peers);
    peers->used = peers->dirty_first = peers->dirty_count = 0;
    peers->newest = peers->oldest = PEERS_NONE;
    peers->evictions = 0;
    peers->totals = peers->evicted = (struct counts){.received = 0};
}
