/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* path_hops: one way of one datagram, from its departure until it arrives or is lost. */
#ifndef UDPTUI_SERVER_PATH_HOPS_INTERNAL_H
#define UDPTUI_SERVER_PATH_HOPS_INTERNAL_H

#include "path_pool_internal.h"

/* All copies of a datagram depart at one moment, or none does. flight: index; hop: its first leg;
 * bytes: of an ack, copied; NULL with a request. now_ns: CLOCK_MONOTONIC. */
void hops_depart(struct path *path, uint32_t flight, struct hop hop, const struct impair_fate *fate,
                 const uint8_t *bytes, int64_t now_ns);

/* The time of an arrival now: not before a departure that was reported already. */
int64_t hops_now_ns(const struct path *path, int64_t now_ns);

/* Notes the arrival, and which datagrams it has overtaken. */
void hops_arrive(struct path *path, const struct hop *hop, int64_t now_ns);

/* Flips one bit, and notes which in the leg; there is none in an empty datagram. */
void hops_corrupt(uint8_t *bytes, size_t size_bytes, uint64_t bit, struct leg *leg);

/* The flight (index) has one hop less; the last one settles it. */
void hops_end(struct path *path, uint32_t flight);

#endif
