/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* variation: a ring of delays by the probe's number. */
#include "udptui/probe/variation.h"

#include <stdbool.h>
#include <stdlib.h>

struct variation_slot {
    uint64_t number_end; /* the probe's number and 1; 0: unused */
    struct variation_delays delays;
};

struct variation {
    struct variation_slot *slots;
    uint64_t mask;
    struct rtt *times[VARIATIONS];
};

struct variation *variation_open(uint32_t capacity)
{
    struct variation *variation = calloc(1, sizeof *variation);
    bool open;

    if (variation == NULL)
        return NULL;
    variation->mask = capacity - 1;
    variation->slots = calloc(capacity, sizeof *variation->slots);
    open = variation->slots != NULL;
    for (size_t i = 0; i < VARIATIONS; i++)
        open &= (variation->times[i] = rtt_open()) != NULL;
    if (open)
        return variation;
    variation_close(variation);
    return NULL;
}

void variation_close(struct variation *variation)
{
    if (variation == NULL)
        return;
    for (size_t i = 0; i < VARIATIONS; i++)
        rtt_close(variation->times[i]);
    free(variation->slots);
    free(variation);
}

static int64_t variation_between(int64_t before_ns, int64_t after_ns)
{
    int64_t difference_ns;

    if (before_ns == VARIATION_UNKNOWN || after_ns == VARIATION_UNKNOWN ||
        __builtin_sub_overflow(after_ns, before_ns, &difference_ns))
        return VARIATION_UNKNOWN;
    return difference_ns;
}

/* The delays of a probe less those of the one before it; either may be unknown. */
static struct variation_delays variation_of_pair(const struct variation *variation, uint64_t number)
{
    const struct variation_slot *before = &variation->slots[(number - 1) & variation->mask];
    const struct variation_slot *after = &variation->slots[number & variation->mask];
    bool known = number > 0 && before->number_end == number && after->number_end == number + 1;
    struct variation_delays differences;

    for (size_t i = 0; i < VARIATIONS; i++) {
        differences.ns[i] = VARIATION_UNKNOWN;
        if (known)
            differences.ns[i] = variation_between(before->delays.ns[i], after->delays.ns[i]);
    }
    return differences;
}

static void variation_count(struct variation *variation, const struct variation_delays *differences)
{
    for (size_t i = 0; i < VARIATIONS; i++)
        if (differences->ns[i] != VARIATION_UNKNOWN)
            rtt_add(variation->times[i], llabs(differences->ns[i]));
}

struct variation_delays variation_add(struct variation *variation, uint64_t number,
                                      const struct variation_delays *delays)
{
    struct variation_delays before, after;

    variation->slots[number & variation->mask] =
        (struct variation_slot){.number_end = number + 1, .delays = *delays};
    before = variation_of_pair(variation, number);
    after = variation_of_pair(variation, number + 1);
    variation_count(variation, &before);
    variation_count(variation, &after);
    return before;
}

const struct rtt *variation_times(const struct variation *variation, enum variation_kind kind)
{
    return variation->times[kind];
}
