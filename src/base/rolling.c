/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rolling: a ring of parts, by their number since the clock's beginning; one is emptied when its
 * place is used again. */
#include "udptui/base/rolling.h"

#include <stdbool.h>
#include <stdlib.h>

struct rolling_slot {
    int64_t number; /* of the part; -1: unused */
    struct rtt *times;
    uint64_t counts[ROLLING_COUNTS];
};

struct rolling {
    int64_t slot_ns, began_ns; /* began_ns -1: nothing was added */
    struct rtt *all;           /* for rolling_times */
    struct rolling_slot slots[ROLLING_SLOTS];
};

struct rolling *rolling_open(int64_t span_ns)
{
    struct rolling *rolling = calloc(1, sizeof *rolling);
    bool open;

    if (rolling == NULL)
        return NULL;
    rolling->slot_ns = span_ns / ROLLING_SLOTS;
    rolling->began_ns = -1;
    rolling->all = rtt_open();
    open = rolling->all != NULL;
    for (size_t i = 0; i < ROLLING_SLOTS; i++) {
        rolling->slots[i] = (struct rolling_slot){.number = -1, .times = rtt_open()};
        open &= rolling->slots[i].times != NULL;
    }
    if (open)
        return rolling;
    rolling_close(rolling);
    return NULL;
}

void rolling_close(struct rolling *rolling)
{
    if (rolling == NULL)
        return;
    rtt_close(rolling->all);
    for (size_t i = 0; i < ROLLING_SLOTS; i++)
        rtt_close(rolling->slots[i].times);
    free(rolling);
}

/* The present part, emptied if it is new. */
static struct rolling_slot *rolling_present(struct rolling *rolling, int64_t now_ns)
{
    int64_t number = now_ns / rolling->slot_ns;
    struct rolling_slot *slot = &rolling->slots[number % ROLLING_SLOTS];

    if (rolling->began_ns < 0)
        rolling->began_ns = now_ns;
    if (slot->number == number)
        return slot;
    rtt_clear(slot->times);
    *slot = (struct rolling_slot){.number = number, .times = slot->times};
    return slot;
}

void rolling_add(struct rolling *rolling, int64_t now_ns, int64_t rtt_ns)
{
    rtt_add(rolling_present(rolling, now_ns)->times, rtt_ns);
}

void rolling_count(struct rolling *rolling, int64_t now_ns, size_t which)
{
    rolling_present(rolling, now_ns)->counts[which]++;
}

static bool rolling_is_within(const struct rolling *rolling, const struct rolling_slot *slot,
                              int64_t now_ns)
{
    return slot->number >= 0 && now_ns / rolling->slot_ns - slot->number < ROLLING_SLOTS;
}

const struct rtt *rolling_times(struct rolling *rolling, int64_t now_ns)
{
    rtt_clear(rolling->all);
    for (size_t i = 0; i < ROLLING_SLOTS; i++)
        if (rolling_is_within(rolling, &rolling->slots[i], now_ns))
            rtt_merge(rolling->all, rolling->slots[i].times);
    return rolling->all;
}

uint64_t rolling_total(const struct rolling *rolling, int64_t now_ns, size_t which)
{
    uint64_t total = 0;

    for (size_t i = 0; i < ROLLING_SLOTS; i++)
        if (rolling_is_within(rolling, &rolling->slots[i], now_ns))
            total += rolling->slots[i].counts[which];
    return total;
}

int64_t rolling_covers_ns(const struct rolling *rolling, int64_t now_ns)
{
    int64_t first_ns = (now_ns / rolling->slot_ns - (ROLLING_SLOTS - 1)) * rolling->slot_ns;

    if (rolling->began_ns < 0)
        return 0;
    return now_ns - (first_ns > rolling->began_ns ? first_ns : rolling->began_ns);
}
