/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sessions: the relay's clients, a table of fixed capacity.
 *
 * A session is a client's address and port, and the socket of ours that it sends to. Rows never
 * move; an open-addressing index (at most half full, backward-shift deletion) over a keyed hash
 * finds them. Each row is in one of three lists in order of use: closed (no socket towards the
 * target), new, and proven: its client has sent again after it got a reply, which a forged source
 * cannot do. A full table evicts a closed row first, then new ones as long as they take up more than
 * a quarter of it, so that a flood from forged sources evicts its own rows and no live client's.
 *
 * Counts of both directions are kept as in proto/peers: totals are exact also after eviction.
 * Memory is touched only as clients come. No system call is made here.
 */
#ifndef UDPTUI_RELAY_SESSIONS_INTERNAL_H
#define UDPTUI_RELAY_SESSIONS_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "udptui/base/hash.h"
#include "udptui/net/socket.h"
#include "udptui/proto/counts.h"
#include "udptui/proto/endpoint.h"
#include "udptui/proto/event.h"
#include "udptui/proto/transactions.h"

#define SESSIONS_NONE UINT32_MAX

enum session_list { SESSIONS_CLOSED, SESSIONS_NEW, SESSIONS_PROVEN, SESSIONS_LISTS };

enum session_way { SESSION_TO_TARGET, SESSION_TO_CLIENT, SESSION_WAYS };

struct session {
    struct endpoint client;
    struct endpoint local;  /* our address and port that it sends to */
    struct endpoint source; /* the address that replies leave from, ENDPOINT_NONE: any */
    uint16_t listener;      /* number of the socket that it sends to */
    uint16_t target_index;
    struct endpoint target;   /* the address that the socket is connected to */
    struct udp_socket socket; /* fd -1: closed */
    struct counts counts[SESSION_WAYS];
    struct transactions transactions;
    struct event_rtts rtts;
    uint64_t icmp_errors;
    int64_t first_ns, last_ns; /* CLOCK_MONOTONIC */
    uint32_t dropped_seen;     /* the socket's counter of drops at the last look */
    uint32_t generation;       /* of the slot: how many clients it has had */
    uint32_t hash;
    uint32_t newer, older; /* in its list; SESSIONS_NONE at the ends */
    uint32_t mark;         /* for the engine's batch; meaningless between batches */
    uint8_t list;          /* enum session_list */
    bool replied;          /* the client got a reply */
    bool grouped;          /* several datagrams have come from the target as one (UDP_GRO) */
    bool counted;          /* it is one of sessions_clients */
    bool dirty;            /* in the queue of changed rows */
};

struct session_handle {
    uint32_t slot, generation;
};

struct sessions;

/* capacity: 1 .. 16,777,216. NULL if memory is short. sessions_close frees (NULL allowed), but
 * closes no socket. */
struct sessions *sessions_open(uint32_t capacity, const struct hash_key *key);
void sessions_close(struct sessions *sessions);

/* The slot of the client at this listening socket, SESSIONS_NONE if it has none. */
uint32_t sessions_find(const struct sessions *sessions, const struct endpoint *client,
                       uint16_t listener);

/* The row that a new client would evict, SESSIONS_NONE if there is room. The caller closes its
 * socket and then calls sessions_evict. */
uint32_t sessions_victim(const struct sessions *sessions);
void sessions_evict(struct sessions *sessions, uint32_t slot);

/* A new row, closed, with zero counts; there must be room, and no row of this client. now_ns:
 * CLOCK_MONOTONIC. */
uint32_t sessions_add(struct sessions *sessions, const struct endpoint *client, uint16_t listener,
                      int64_t now_ns);

struct session *sessions_at(const struct sessions *sessions, uint32_t slot);
struct session_handle sessions_handle(const struct sessions *sessions, uint32_t slot);

/* NULL if the slot has another client now. */
struct session *sessions_get(const struct sessions *sessions, struct session_handle handle);

/* It changed, but not by a datagram: without any since the reset it is still no client. */
void sessions_note_change(struct sessions *sessions, uint32_t slot);

/* An ICMP error came for its datagrams: it changed in this way. */
void sessions_count_error(struct sessions *sessions, uint32_t slot);

/* It was used now: it is the latest of its list, and changed. */
void sessions_touch(struct sessions *sessions, uint32_t slot, int64_t now_ns);

/* Puts it into another list, as its latest. */
void sessions_move(struct sessions *sessions, uint32_t slot, enum session_list list);

/* The one of the list that was not used for the longest time, SESSIONS_NONE. */
uint32_t sessions_oldest(const struct sessions *sessions, enum session_list list);

/* Adds to the client's counts, or to those of the evicted if it is gone, and always to the totals. */
void sessions_count(struct sessions *sessions, struct session_handle handle, enum session_way way,
                    const struct counts *more);

uint32_t sessions_used(const struct sessions *sessions); /* rows: slots 0 .. used - 1 */
uint32_t sessions_in_list(const struct sessions *sessions, enum session_list list);
uint32_t sessions_clients(const struct sessions *sessions);   /* with datagrams since the reset */
uint64_t sessions_evictions(const struct sessions *sessions); /* of those */
const struct counts *sessions_totals(const struct sessions *sessions, enum session_way way);
const struct counts *sessions_evicted(const struct sessions *sessions, enum session_way way);

/* The next changed row without taking it off the queue, SESSIONS_NONE if none has changed. */
uint32_t sessions_dirty(const struct sessions *sessions);
void sessions_clean(struct sessions *sessions);

/* All counts are zero again, and no row counts as changed; sessions stay. */
void sessions_reset(struct sessions *sessions);

#endif
