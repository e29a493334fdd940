/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * way: datagrams under way through the simulated network.
 *
 * A datagram departs with its fate (proto/impair): it is lost, or one or two copies of it wait, each
 * until its rate and delay are over, and with a gap until so many later datagrams of its flow have
 * overtaken it. What is due is taken in order of time, what is due at one time in order of
 * departure. Memory is bounded, and nothing allocates after way_open. No clock is read.
 *
 *     impair_fate -> way_depart -> (way_due_ns) -> way_take -> way_arrive -> send -> way_free
 *
 * A caller whose settings never delay (impair_path_waits) needs no way: it may forward at once what
 * is not lost, if nothing is under way.
 */
#ifndef UDPTUI_SERVER_WAY_H
#define UDPTUI_SERVER_WAY_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/base/slab.h"
#include "udptui/proto/impair.h"

/* How long a datagram with a gap waits for others to overtake it: a sender that waits for the
 * reply sends no others. */
#define WAY_PATIENCE_NS (INT64_C(200) * 1000000)

struct way;

/* hops_max: copies under way at the same time. slab: for their bytes, borrowed, may be shared. NULL
 * if memory is short; way_close frees (NULL allowed), but the slab's blocks only with the slab. */
struct way *way_open(uint32_t hops_max, struct slab *slab);
void way_close(struct way *way);

struct way_datagram {
    uint64_t context;     /* the caller's: given back with each copy */
    uint64_t flow;        /* only datagrams of one flow overtake each other: client and direction */
    uint64_t number;      /* the order of sending in the flow: a greater one is later */
    const uint8_t *bytes; /* copied for each copy under way; NULL: the caller keeps them */
    uint32_t size_bytes;
};

/*
 * A datagram departs at now_ns (CLOCK_MONOTONIC, as all times here). settings: those that the fate
 * was drawn from; free_ns: of its direction (impair_depart_ns). due_ns[i] is when copy i arrives if
 * none overtakes it, WAY_LOST if it never does: it is lost, or there was no room. Returns how many
 * copies are under way.
 */
#define WAY_LOST INT64_MIN
unsigned way_depart(struct way *way, const struct way_datagram *datagram,
                    const struct impair_path *settings, const struct impair_fate *fate,
                    atomic_int_fast64_t *free_ns, int64_t now_ns,
                    int64_t due_ns[IMPAIR_COPIES_MAX]);

/* A copy under way. */
struct way_hop {
    uint64_t context, flow, number; /* of its datagram */
    uint8_t *bytes; /* its own, with the bit flipped; NULL if the caller keeps them */
    uint32_t size_bytes;
    uint32_t bit;       /* with corrupt: flipped is bit % 8 of byte bit / 8 */
    uint16_t overtaken; /* how many later datagrams of the flow arrived before it */
    uint8_t copy;       /* which, from 0 */
    bool corrupt;
    bool first; /* its datagram's first to arrive */
    /* ---- the way's own */
    uint8_t gap;
    int64_t due_ns;        /* without the wait to be overtaken; once it is taken: with it */
    int64_t queued_ns;     /* with it */
    uint32_t older, newer; /* waiting hops of its bucket in order of number; older: also the free */
    uint32_t sibling;      /* the other copy while both are under way */
};

/* The same of a datagram that need not wait (impair_path_waits), while no other of its direction is
 * under way: its copies, which arrive now. They have no bytes, and are not for way_free. Returns how
 * many there are. */
unsigned way_pass(const struct way_datagram *datagram, const struct impair_fate *fate,
                  int64_t now_ns, struct way_hop hops[IMPAIR_COPIES_MAX]);

/* When the next copy is due, INT64_MAX if none is under way. */
int64_t way_due_ns(const struct way *way);

/* Takes the next copy that is due at now_ns, NULL if none is. It belongs to the caller until
 * way_free; a caller that wants to keep its bytes (a block of the slab) sets them to NULL. */
struct way_hop *way_take(struct way *way, int64_t now_ns);

/* Asks for the memory of the copies that are probably taken after this one, which has just been.
 * Returns one of them whose memory was asked for earlier, so that a caller can do the same with its
 * own; NULL: there is none, or it is not known. */
const struct way_hop *way_look_ahead(const struct way *way, const struct way_hop *taken);

/* A taken copy has arrived, the first of its datagram (hop->first, or what the caller counts as
 * that): it has overtaken all earlier datagrams of its flow that still wait. */
void way_arrive(struct way *way, const struct way_hop *hop);

/* Gives a taken copy back, with its bytes unless they are NULL. */
void way_free(struct way *way, struct way_hop *hop);

#endif
