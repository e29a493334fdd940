/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * peers: the server's client table, of fixed capacity.
 *
 * Rows live in one array and never move; an open-addressing index (linear probing, at most half
 * full, backward-shift deletion) over a keyed hash finds them; a list through the rows keeps them
 * in order of use, so that the oldest is evicted in O(1). The counts of evicted clients are summed:
 * totals stay exact. Rows that changed are queued once each until they have been reported. Memory
 * is touched only as clients come.
 */
#ifndef UDPTUI_PROTO_PEERS_H
#define UDPTUI_PROTO_PEERS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/proto/counts.h"
#include "udptui/proto/endpoint.h"
#include "udptui/proto/loop.h"

#define PEERS_NONE UINT32_MAX

struct peer {
    struct endpoint endpoint;
    struct counts counts;
    int64_t first_ns; /* CLOCK_MONOTONIC */
    int64_t last_ns;
    struct loop_watch watch; /* for the engine: detects a peer that only answers our acks */
    uint32_t generation;     /* of the slot: how many clients it has had */
    uint32_t newer, older;   /* the list by use; PEERS_NONE at its ends */
    uint32_t hash;           /* what the index compares first */
    uint32_t mark;           /* for the engine's batch; meaningless between batches */
    uint16_t local;          /* for the engine: which of its addresses the client uses */
    bool dirty;              /* in the dirty queue */
};

/* A client at one moment: the slot may be reused later; the generation shows that. */
struct peer_handle {
    uint32_t slot;
    uint32_t generation;
};

struct peers;

/*
 * capacity: 1 .. 16,777,216 clients. used: rows in use of all tables that share this capacity, one
 * per thread; each open table always has one of them. NULL: the capacity is this table's alone.
 * NULL if memory is short. peers_close frees (NULL allowed).
 */
struct peers *peers_open(uint32_t capacity, atomic_uint *used, const struct hash_key *key);
void peers_close(struct peers *peers);

/* A copy with a capacity of its own, NULL if memory is short; and its size. */
struct peers *peers_copy(const struct peers *peers);
size_t peers_bytes(const struct peers *peers);

/*
 * The row of this client, made if there is none (a full table evicts the least recently used one);
 * it is now the most recently used. now_ns: CLOCK_MONOTONIC. Never fails. A new row starts at zero
 * counts.
 */
struct peer_handle peers_touch(struct peers *peers, const struct endpoint *endpoint,
                               int64_t now_ns);

/* The row of a slot below peers_used(), valid until the next touch. */
struct peer *peers_at(struct peers *peers, uint32_t slot);

/* Adds to the client's counts, or to the evicted sum if it is gone, and always to the totals. */
void peers_count(struct peers *peers, struct peer_handle handle, const struct counts *more);

uint32_t peers_used(const struct peers *peers);               /* rows in use: slots 0 .. used - 1 */
const struct counts *peers_totals(const struct peers *peers); /* all, the evicted included */
const struct counts *peers_evicted(const struct peers *peers); /* the sum over the evicted */
uint64_t peers_evictions(const struct peers *peers);           /* how many there were */

/* The next changed row's slot without taking it off, PEERS_NONE if none has changed. */
uint32_t peers_dirty(const struct peers *peers);
/* Removes that one from the queue: it has been reported. */
void peers_clean(struct peers *peers);

/* Forgets every client and count. Generations continue, so that old handles stay invalid. */
void peers_reset(struct peers *peers);

#endif
