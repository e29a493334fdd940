/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stamp: date and time at the beginning of a line, for people: local time, as --time asks for
 * it. */
#ifndef UDPTUI_OUTPUT_STAMP_H
#define UDPTUI_OUTPUT_STAMP_H

#include <stdint.h>
#include <stdio.h>

enum stamp_style {
    STAMP_NONE,
    STAMP_TIME, /* "10:31:02.114" */
    STAMP_FULL, /* "2024-02-29 10:31:02.114" */
};

struct stamp {
    enum stamp_style style;
    int32_t utc_offset_s; /* of the local time */
    int64_t wall_ns;      /* of lines that have no time of their own; 0: they get none */
};

/* Writes the stamp of a line that tells of wall_ns (CLOCK_REALTIME), and two blanks; nothing for
 * STAMP_NONE. */
void stamp_write(FILE *file, const struct stamp *stamp, int64_t wall_ns);

/* The same, as wide, for a line whose time is not known. */
void stamp_write_unknown(FILE *file, const struct stamp *stamp);

/* The same for a line that has no time of its own. */
void stamp_write_now(FILE *file, const struct stamp *stamp);

#endif
