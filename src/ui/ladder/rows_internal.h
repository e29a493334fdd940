/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ladder_rows: which row each end of a leg is in. */
#ifndef UDPTUI_UI_LADDER_ROWS_INTERNAL_H
#define UDPTUI_UI_LADDER_ROWS_INTERNAL_H

#include "udptui/ui/ladder/ladder.h"

enum { LADDER_LEGS_MAX = 256, LADDER_ROWS_MAX = 2 * LADDER_LEGS_MAX + 1, LADDER_NO_LANE = -1 };

/* Of a row that shows reconstructed legs alone. */
#define LADDER_TIME_UNKNOWN INT64_MIN

/* Where a leg begins and ends; one that is underway ends in the last row, which is now; one that
 * died where it began. */
struct ladder_place {
    int from, to;
    int lane; /* column in which it goes down, LADDER_NO_LANE: in none. See ladder_lanes.c */
};

/*
 * Orders the ends of count legs (at most LADDER_LEGS_MAX) by time. An arrival right behind its own
 * departure shares its row. places: count of them. times_ns: of each row, twice the count and one.
 * Returns the number of rows.
 */
int ladder_place(const struct ladder_leg *legs, size_t count, int64_t now_ns,
                 struct ladder_place *places, int64_t *times_ns);

#endif
