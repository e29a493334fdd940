/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* counts: plain sums; the invariant they keep is checked, not repaired, here. */
#include "udptui/proto/counts.h"

#include <stddef.h>

static const struct {
    const char *name, *text, *relayed;
} held_reasons[HELD_REASONS] = {
    [HELD_LOOP] = {"loop", "it is an ack, and acks are not acknowledged",
                   "it has passed too many relays, or is our own"},
    [HELD_SOURCE] = {"source", "its source must not be answered",
                     "its source must not get replies"},
    [HELD_LIMIT] = {"limit", "that source is over its rate", "that client is over its rate"},
    [HELD_OFF] = {"off", "acks are off, or --ack or a rule has no reply to it",
                  "forwarding is off"},
    [HELD_LOSS] = {"loss", "an impairment lost it", "an impairment lost it"},
    [HELD_FULL] = {"full", "too many messages were waiting for their acks",
                   "the simulated network had no room for it"},
    [HELD_END] = {"end", "the server ended before its ack was sent",
                  "the relay or its session ended while it was in the simulated network"},
};

const char *held_reason_name(enum held_reason reason)
{
    return (unsigned)reason < HELD_REASONS ? held_reasons[reason].name : "unknown";
}

const char *held_reason_text(enum held_reason reason)
{
    return (unsigned)reason < HELD_REASONS ? held_reasons[reason].text : NULL;
}

const char *held_reason_relayed(enum held_reason reason)
{
    return (unsigned)reason < HELD_REASONS ? held_reasons[reason].relayed : NULL;
}

uint64_t counts_held(const struct counts *counts)
{
    uint64_t sum = 0;

    for (int reason = 0; reason < HELD_REASONS; reason++)
        sum += counts->held[reason];
    return sum;
}

void counts_add(struct counts *into, const struct counts *from)
{
    into->received += from->received;
    into->acked += from->acked;
    into->failed += from->failed;
    into->unseen += from->unseen;
    into->received_bytes += from->received_bytes;
    for (int reason = 0; reason < HELD_REASONS; reason++)
        into->held[reason] += from->held[reason];
}

bool counts_conserved(const struct counts *counts)
{
    return counts->received ==
           counts->acked + counts->failed + counts_held(counts) + counts->unseen;
}
