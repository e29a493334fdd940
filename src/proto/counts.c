/* SPDX-License-Identifier: GPL-3.0-or-later */
/* counts: plain sums; the invariant they keep is checked, not repaired, here. */
#include "udptui/proto/counts.h"

const char *held_reason_name(enum held_reason reason)
{
    static const char *const names[HELD_REASONS] = {
        [HELD_LOOP] = "loop", [HELD_SOURCE] = "source", [HELD_LIMIT] = "limit", [HELD_OFF] = "off",
        [HELD_LOSS] = "loss", [HELD_FULL] = "full",     [HELD_END] = "end",
    };

    return (unsigned)reason < HELD_REASONS ? names[reason] : "unknown";
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
