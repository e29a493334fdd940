/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ladder_lanes: the columns in which arrows of more than one row go down.
 *
 * Arrows to the right take lanes from the right end, each to the left of those already underway;
 * arrows to the left the reverse. So arrows that arrive in order do not cross, and a crossing among
 * arrows of one direction means that one overtook another.
 */
#include "ladder_internal.h"

enum { LANE_GAP_MAX = 4, LANE_GAP_MIN = 2 };

static bool is_long(struct ladder_place place)
{
    return place.to > place.from;
}

/* Whether both are on their way in some row. */
static bool ladder_meet(struct ladder_place one, struct ladder_place other)
{
    return one.from <= other.to && other.from <= one.to;
}

/*
 * One lane further than all of its direction that are on their way when it departs. Those of later
 * legs are not known yet: legs are in order of departure.
 */
static int choose_lane(const struct ladder_leg *legs, const struct ladder_place *places,
                       size_t index)
{
    int lane = 0;

    for (size_t i = 0; i < index; i++)
        if (is_long(places[i]) && legs[i].to_right == legs[index].to_right &&
            legs[i].right_gap == legs[index].right_gap && ladder_meet(places[i], places[index]) &&
            places[i].lane >= lane)
            lane = places[i].lane + 1;
    return lane;
}

static void choose_lanes(const struct ladder_leg *legs, size_t count, struct ladder_place *places)
{
    for (size_t i = 0; i < count; i++) {
        places[i].lane = LADDER_NO_LANE;
        if (is_long(places[i]))
            places[i].lane = choose_lane(legs, places, i);
    }
}

/* How many lanes both directions of a gap take. */
static int count_lanes(const struct ladder_leg *legs, size_t count,
                       const struct ladder_place *places, bool right_gap)
{
    int most[2] = {0, 0};

    for (size_t i = 0; i < count; i++)
        if (legs[i].right_gap == right_gap && places[i].lane >= most[legs[i].to_right])
            most[legs[i].to_right] = places[i].lane + 1;
    return most[0] + most[1];
}

/* From the numbers of the lanes of a gap to columns between its lines. */
static void spread_lanes(const struct ladder *ladder, const struct ladder_leg *legs, size_t count,
                         struct ladder_place *places, bool right_gap)
{
    const struct ladder_leg in_gap = {.right_gap = right_gap};
    int left = ladder_left_of(ladder, &in_gap), right = ladder_right_of(ladder, &in_gap);
    int span = right - left, first = left + span / 5, last = right - span / 5;
    int lanes = count_lanes(legs, count, places, right_gap), gap = LANE_GAP_MAX;

    while (gap > LANE_GAP_MIN && (lanes - 1) * gap > last - first)
        gap--;
    for (size_t i = 0; i < count; i++) {
        if (places[i].lane == LADDER_NO_LANE || legs[i].right_gap != right_gap)
            continue;
        places[i].lane =
            legs[i].to_right ? last - gap * places[i].lane : first + gap * places[i].lane;
        if (places[i].lane < first || places[i].lane > last)
            places[i].lane = LADDER_NO_LANE;
    }
}

void ladder_place_lanes(const struct ladder *ladder, const struct ladder_leg *legs, size_t count,
                        struct ladder_place *places)
{
    choose_lanes(legs, count, places);
    spread_lanes(ladder, legs, count, places, false);
    spread_lanes(ladder, legs, count, places, true);
}
