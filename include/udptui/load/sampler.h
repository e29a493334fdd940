/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sampler: which datagrams of the load the kernel times: the first one, and then about
 * SAMPLER_PER_S a second, or all if there are fewer.
 *
 * The gap from one to the next is a random number of datagrams, so that no pattern of the traffic
 * can coincide with it (RFC 2330 section 11.1.1), and each datagram is as likely as any other if
 * the rate is steady. The first moments, which are slow, are not sampled more than others. Pure.
 */
#ifndef UDPTUI_LOAD_SAMPLER_H
#define UDPTUI_LOAD_SAMPLER_H

#include <stdbool.h>
#include <stdint.h>

enum { SAMPLER_PER_S = 1000, SAMPLER_BURST = 20 };

/* How many datagrams had been sent at a time. */
struct sampler_point {
    int64_t at_ns;
    uint64_t sent;
};

/* Read the fields through the functions below. */
struct sampler {
    uint64_t next;  /* the number of the next one */
    uint64_t taken; /* never more than twice SAMPLER_PER_S and SAMPLER_BURST */
    uint64_t random;
    int64_t began_ns;
    struct sampler_point before, since; /* the rate is that since `before` */
};

/* seed: any number. */
struct sampler sampler_begin(uint64_t seed, int64_t now_ns);

/* `count` datagrams, 1 or more, are about to be sent after `sent` others. Returns whether one of
 * them is of the sample: *place, from 0 on. */
bool sampler_choose(struct sampler *sampler, uint64_t sent, uint32_t count, int64_t now_ns,
                    uint32_t *place);

#endif
