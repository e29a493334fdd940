/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* path_hops: one way of one datagram, from its departure until it arrives or is lost. */
#ifndef UDPTUI_SERVER_PATH_HOPS_INTERNAL_H
#define UDPTUI_SERVER_PATH_HOPS_INTERNAL_H

#include "path_pool_internal.h"

/* What departs. */
struct departure {
    uint32_t flight; /* index */
    enum impair_way way;
    unsigned leg;         /* of its first copy, in the fate's requests or acks */
    const uint8_t *bytes; /* copied; NULL if the flight has them */
    uint32_t size_bytes;
};

/* All copies of a datagram depart at one moment, or none does. now_ns: CLOCK_MONOTONIC. */
void hops_depart(struct path *path, const struct departure *departure,
                 const struct impair_fate *fate, int64_t now_ns);

/* The same of a datagram that need not wait: hops are its copies, which arrive now. Returns how many
 * there are. */
unsigned hops_pass(struct path *path, const struct departure *departure,
                   const struct impair_fate *fate, int64_t now_ns,
                   struct way_hop hops[IMPAIR_COPIES_MAX]);

/* The same of an ack that waits before it departs, which is no part of the simulated network: it is
 * due after wait_ns, as a hop of HOPS_THINKING. False: no room. */
enum { HOPS_THINKING = IMPAIR_WAYS };
bool hops_wait(struct path *path, const struct departure *departure, int64_t wait_ns,
               int64_t now_ns);

/* A copy under way belongs to a leg of a flight in a direction: where they are in its context. */
enum { CONTEXT_LEG = 32, CONTEXT_WAY = 40 };

static inline uint32_t hops_flight(const struct way_hop *hop)
{
    return (uint32_t)hop->context;
}

static inline enum impair_way hops_way(const struct way_hop *hop)
{
    return (enum impair_way)(hop->context >> CONTEXT_WAY);
}

static inline bool hops_is_thinking(const struct way_hop *hop)
{
    return hop->context >> CONTEXT_WAY == HOPS_THINKING;
}

static inline unsigned hops_leg_number(const struct way_hop *hop)
{
    return (uint8_t)(hop->context >> CONTEXT_LEG) + hop->copy;
}

/* The time of an arrival now: not before a departure that was reported already. */
int64_t hops_now_ns(const struct path *path, int64_t now_ns);

/* Notes the arrival, and which datagrams it has overtaken. */
void hops_arrive(struct path *path, const struct way_hop *hop, int64_t now_ns);

/* The flight (index) has one hop less; the last one settles it. */
void hops_end(struct path *path, uint32_t flight);

#endif
