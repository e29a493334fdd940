/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* load: what `udptui load` writes if there is no screen: a table of functions a format. */
#ifndef UDPTUI_OUTPUT_LOAD_H
#define UDPTUI_OUTPUT_LOAD_H

#include <stdbool.h>
#include <stdio.h>

#include "udptui/load/snapshot.h"
#include "udptui/output/stamp.h"

struct load_output {
    FILE *file;
    struct stamp stamp; /* of lines; its time is the snapshot's */
};

/* Each writes one record, flushed, and returns false if the file could not be written. */
struct load_writer {
    bool (*progress)(const struct load_output *output, const struct load_snapshot *snapshot);
    bool (*summary)(const struct load_output *output, const struct load_snapshot *snapshot);
};

extern const struct load_writer load_lines;
extern const struct load_writer load_json;

/* Why the run ended, as text: "the time is over", "nothing was acknowledged for a second". */
const char *load_end_text(enum load_end end);

#endif
