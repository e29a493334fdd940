/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stamp: base/units knows the calendar. */
#include "udptui/output/stamp.h"

#include "udptui/base/units.h"

void stamp_write(FILE *file, const struct stamp *stamp, int64_t wall_ns)
{
    char date[UNITS_TEXT_SIZE], clock[UNITS_TEXT_SIZE];

    if (stamp->style == STAMP_FULL)
        fprintf(file, "%s ", units_date(wall_ns, stamp->utc_offset_s, date, sizeof date));
    if (stamp->style != STAMP_NONE)
        fprintf(file, "%s  ", units_clock(wall_ns, stamp->utc_offset_s, clock, sizeof clock));
}

void stamp_write_unknown(FILE *file, const struct stamp *stamp)
{
    if (stamp->style == STAMP_FULL)
        fputs("---------- ", file);
    if (stamp->style != STAMP_NONE)
        fputs(UNITS_NO_CLOCK "  ", file);
}

void stamp_write_now(FILE *file, const struct stamp *stamp)
{
    if (stamp->wall_ns != 0)
        stamp_write(file, stamp, stamp->wall_ns);
}
