/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stamp: date and time at the beginning of a line, for people: local time, in the style of
 * --time. */
#ifndef UDPTUI_OUTPUT_STAMP_H
#define UDPTUI_OUTPUT_STAMP_H

#include <stddef.h>
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
    int64_t wall_ns;      /* for lines without a time; 0: they get none */
    size_t columns;       /* of the terminal that they are for; 0: of a file or a pipe */
};

/* Writes the stamp of a line about wall_ns (CLOCK_REALTIME), and two blanks; nothing for
 * STAMP_NONE. */
void stamp_write(FILE *file, const struct stamp *stamp, int64_t wall_ns);

/* The same width for a line with an unknown time. */
void stamp_write_unknown(FILE *file, const struct stamp *stamp);

/* The same for a line without a time. */
void stamp_write_now(FILE *file, const struct stamp *stamp);

#endif
