/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * counts: what happened to the datagrams of one client, or of all.
 *
 * Invariant (DESIGN, the README's "What always holds"): received = acked + failed + sum of held +
 * unseen, for each client and in total, whenever the engine is not processing a batch.
 */
#ifndef UDPTUI_PROTO_COUNTS_H
#define UDPTUI_PROTO_COUNTS_H

#include <stdbool.h>
#include <stdint.h>

/* Why an ack was deliberately not sent. */
enum held_reason {
    HELD_LOOP,   /* it is an ack, ours or another server's (proto/loop) */
    HELD_SOURCE, /* its source address must not be answered (proto/source) */
    HELD_LIMIT,  /* the source is over its rate */
    HELD_OFF,    /* acks are switched off, or the policy has no reply to it */
    HELD_LOSS,   /* lost by an impairment */
    HELD_FULL,   /* no room for it in the simulated network or among the planned answers */
    HELD_END,    /* the server stopped before its ack was sent */
    HELD_REASONS
};

struct counts {
    uint64_t received;
    uint64_t acked;  /* of a relay: forwarded */
    uint64_t failed; /* the kernel refused to send the ack */
    uint64_t held[HELD_REASONS];
    uint64_t unseen;         /* of a capture: it holds no reply; always 0 in an engine */
    uint64_t received_bytes; /* payload */
};

/* "loop", "source", "limit", "off", "loss", "full", "end": the words of the screen and the JSON. */
const char *held_reason_name(enum held_reason reason);

/* A clause: "it looks like an ack, and acks are not acknowledged". NULL for no reason of ours. */
const char *held_reason_text(enum held_reason reason);

/* The same of a relay: "it was relayed in a circle". */
const char *held_reason_relayed(enum held_reason reason);

/* The sum over all reasons. */
uint64_t counts_held(const struct counts *counts);

/* into += from. */
void counts_add(struct counts *into, const struct counts *from);

/* Whether received = acked + failed + held + unseen. For tests, which check it after random events:
 * nothing repairs it. */
bool counts_conserved(const struct counts *counts);

#endif
