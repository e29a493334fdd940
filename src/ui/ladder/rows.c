/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rows: which row each end of a leg is in. */
#include "ladder_internal.h"

#include <stdlib.h>

#include "udptui/base/units.h"

/* One end of a leg. */
struct end {
    int64_t time_ns;
    int leg;
    bool arrival;
};

/* Events at the same time are in the order of the legs, each departure before its arrival. */
static int ladder_compare(const void *one, const void *other)
{
    const struct end *a = one, *b = other;

    if (a->time_ns != b->time_ns)
        return a->time_ns < b->time_ns ? -1 : 1;
    if (a->leg != b->leg)
        return a->leg < b->leg ? -1 : 1;
    return (int)a->arrival - (int)b->arrival;
}

static int list_ends(const struct ladder_leg *legs, size_t count, struct end *ends)
{
    int listed = 0;

    for (size_t i = 0; i < count; i++) {
        ends[listed++] = (struct end){.time_ns = legs[i].depart_ns, .leg = (int)i};
        if (legs[i].end != LADDER_ARRIVED)
            continue;
        /* no arrival before the departure, even if two clocks differ */
        ends[listed] = (struct end){.time_ns = legs[i].arrive_ns, .leg = (int)i, .arrival = true};
        if (ends[listed].time_ns < legs[i].depart_ns)
            ends[listed].time_ns = legs[i].depart_ns;
        listed++;
    }
    return listed;
}

static bool is_copy_of(const struct ladder_leg *copy, const struct ladder_leg *leg)
{
    return copy->copy && !leg->copy && copy->number == leg->number &&
           copy->to_right == leg->to_right && copy->right_gap == leg->right_gap &&
           copy->depart_ns == leg->depart_ns;
}

/* What a relay takes to pass a datagram on is not worth a row, even on a busy machine. */
static const int64_t at_once_ns = 20 * UNITS_NS_PER_MS;

/* A departure at the relay when the datagram arrives there. */
static bool is_passed_on(const struct ladder_leg *leg, const struct ladder_leg *before)
{
    return before->number == leg->number && before->to_right == leg->to_right &&
           before->right_gap != leg->right_gap && before->right_gap != leg->to_right &&
           before->end == LADDER_ARRIVED && leg->depart_ns - before->arrive_ns < at_once_ns;
}

/* An arrival right behind its own departure; a copy that the network made of what departs; what a
 * relay forwards at once. */
static bool shares_row(const struct ladder_leg *legs, const struct end *before,
                       const struct end *end)
{
    const struct ladder_leg *one = &legs[before->leg], *leg = &legs[end->leg];

    if (!end->arrival)
        return is_copy_of(leg, one) || (before->arrival && is_passed_on(leg, one));
    return !before->arrival && (before->leg == end->leg || is_copy_of(one, leg));
}

/* Legs underway have an extra row at the bottom, which shows their progress. */
static int place_underway(const struct ladder_leg *legs, size_t count, int64_t now_ns, int rows,
                          struct ladder_place *places, int64_t *times_ns)
{
    bool any = false;

    for (size_t i = 0; i < count; i++) {
        if (legs[i].end != LADDER_UNDERWAY)
            continue;
        places[i].to = rows;
        any = true;
    }
    if (any)
        times_ns[rows] = now_ns;
    return rows + any;
}

int ladder_place(const struct ladder_leg *legs, size_t count, int64_t now_ns,
                 struct ladder_place *places, int64_t *times_ns)
{
    struct end ends[2 * LADDER_LEGS_MAX];
    int listed = list_ends(legs, count, ends), row = -1;

    qsort(ends, (size_t)listed, sizeof *ends, ladder_compare);
    for (int i = 0; i < listed; i++) {
        struct ladder_place *place = &places[ends[i].leg];
        if (i == 0 || !shares_row(legs, &ends[i - 1], &ends[i]))
            times_ns[++row] =
                legs[ends[i].leg].reconstructed ? LADDER_TIME_UNKNOWN : ends[i].time_ns;
        else if (!legs[ends[i].leg].to_right && times_ns[row] != LADDER_TIME_UNKNOWN)
            times_ns[row] = ends[i].time_ns; /* a round-trip time ends when the ack is here */
        place->to = row;
        if (!ends[i].arrival)
            place->from = row;
    }
    return place_underway(legs, count, now_ns, row + 1, places, times_ns);
}

size_t ladder_reveal(const struct ladder_leg *legs, size_t count, int rows, struct ladder_leg *out,
                     int64_t *now_ns)
{
    struct ladder_place places[LADDER_LEGS_MAX];
    int64_t times_ns[LADDER_ROWS_MAX];
    size_t shown = 0;
    int all;

    if (count > LADDER_LEGS_MAX)
        count = LADDER_LEGS_MAX;
    all = ladder_place(legs, count, *now_ns, places, times_ns);
    if (rows < 1)
        return 0;
    if (rows <= all && times_ns[rows - 1] != LADDER_TIME_UNKNOWN)
        *now_ns = times_ns[rows - 1];
    for (size_t i = 0; i < count; i++) {
        if (places[i].from >= rows)
            continue;
        out[shown] = legs[i];
        if (legs[i].end == LADDER_ARRIVED && places[i].to >= rows)
            out[shown].end = LADDER_UNDERWAY;
        shown++;
    }
    return shown;
}
