/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ladder_leg: what became of a datagram in the simulated network, as a leg; legs in their order. */
#include "udptui/proto/ladder_leg.h"

#include <stdio.h>

#include "udptui/base/builder.h"
#include "udptui/base/units.h"

/* All that the arrow's colour says is a word, too. */
static void ladder_leg_note_arrival(const struct leg *from, const struct catalog *catalog,
                                    struct ladder_leg *leg)
{
    struct builder note = builder_begin(leg->note, sizeof leg->note);

    if (from->late_by > 0)
        builder_add_item(&note, ", ", catalog_text(catalog, "late by %u"), (unsigned)from->late_by);
    if (from->corrupt)
        builder_add_item(&note, ", ", "%s", catalog_text(catalog, "corrupt"));
    if (leg->copy)
        builder_add_item(&note, ", ", "%s", catalog_text(catalog, "copy"));
}

static void ladder_leg_note_fate(const struct leg *from, const struct catalog *catalog,
                                 struct ladder_leg *leg)
{
    if (from->state == LEG_LOST)
        snprintf(leg->note, sizeof leg->note, "%s",
                 leg->to_right ? catalog_text(catalog, "LOST request")
                               : catalog_text(catalog, "LOST ack"));
    else
        ladder_leg_note_arrival(from, catalog, leg);
}

bool ladder_leg_of(const struct leg *from, int64_t base_ns, bool to_right, bool copy,
                   const struct catalog *catalog, struct ladder_leg *out)
{
    static const uint8_t ends[] = {
        [LEG_UNDERWAY] = LADDER_UNDERWAY, [LEG_ARRIVED] = LADDER_ARRIVED, [LEG_LOST] = LADDER_LOST};

    if (from->state == LEG_NONE)
        return false;
    *out = (struct ladder_leg){.depart_ns = base_ns + from->depart_us * UNITS_NS_PER_US,
                               .arrive_ns = base_ns + from->arrive_us * UNITS_NS_PER_US,
                               .to_right = to_right,
                               .corrupt = from->corrupt,
                               .copy = copy,
                               .end = ends[from->state]};
    ladder_leg_note_fate(from, catalog, out);
    return true;
}

void ladder_mark_first_ack(struct ladder_leg *legs, size_t count, int64_t asked_ns)
{
    struct ladder_leg *first = NULL;

    for (size_t i = 0; i < count; i++)
        if (!legs[i].to_right && legs[i].end == LADDER_ARRIVED &&
            (first == NULL || legs[i].arrive_ns < first->arrive_ns))
            first = &legs[i];
    if (first != NULL)
        first->rtt_ns = first->arrive_ns - asked_ns;
}

int ladder_by_departure(const void *one, const void *other)
{
    const struct ladder_leg *a = one, *b = other;

    if (a->depart_ns != b->depart_ns)
        return a->depart_ns < b->depart_ns ? -1 : 1;
    if (a->number != b->number)
        return a->number < b->number ? -1 : 1;
    if (a->to_right != b->to_right)
        return (int)b->to_right - (int)a->to_right;
    return a->to_right ? (int)a->right_gap - (int)b->right_gap
                       : (int)b->right_gap - (int)a->right_gap;
}

void ladder_sort_legs(struct ladder_leg *legs, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct ladder_leg leg = legs[i];
        size_t place = i;
        for (; place > 0 && legs[place - 1].depart_ns > leg.depart_ns; place--)
            legs[place] = legs[place - 1];
        legs[place] = leg;
    }
}
