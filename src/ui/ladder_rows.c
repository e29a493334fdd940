/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ladder_rows: see the header. */
#include "ladder_rows.h"

#include <stdlib.h>

/* One end of a leg. */
struct end {
    int64_t time_ns;
    int leg;
    bool arrival;
};

/* What happens at one moment is told in the order of the legs, each departure before its
 * arrival. */
static int compare(const void *one, const void *other)
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
        /* nothing arrives before it left, whatever two clocks say */
        ends[listed] = (struct end){.time_ns = legs[i].arrive_ns, .leg = (int)i, .arrival = true};
        if (ends[listed].time_ns < legs[i].depart_ns)
            ends[listed].time_ns = legs[i].depart_ns;
        listed++;
    }
    return listed;
}

static bool shares_row(const struct end *before, const struct end *end)
{
    return end->arrival && !before->arrival && before->leg == end->leg;
}

/* Those that travel have a row of their own at the bottom, so that one sees how far they are. */
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

    qsort(ends, (size_t)listed, sizeof *ends, compare);
    for (int i = 0; i < listed; i++) {
        struct ladder_place *place = &places[ends[i].leg];
        if (i == 0 || !shares_row(&ends[i - 1], &ends[i]))
            times_ns[++row] = ends[i].time_ns;
        place->to = row;
        if (!ends[i].arrival)
            place->from = row;
    }
    return place_underway(legs, count, now_ns, row + 1, places, times_ns);
}
