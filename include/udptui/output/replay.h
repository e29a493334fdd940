/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay: what `udptui replay` writes; messages are written as by serve. */
#ifndef UDPTUI_OUTPUT_REPLAY_H
#define UDPTUI_OUTPUT_REPLAY_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "udptui/output/serve.h"
#include "udptui/replay/counts.h"

/* Of struct replay_counts. */
extern const struct figures capture_figures;

/* The words for people, and one JSON object a line. Each function writes one record and returns
 * false if the file could not be written. columns: of the terminal that lines are for, 0: none. */
struct replay_writer {
    /* As in output/serve; with MESSAGE_UPDATE the new facts about a message that was written before
     * (JSON: event "ack"). */
    bool (*message)(const struct serve_output *output, const struct event_message *event,
                    const uint8_t *payload);
    /* A line, and one for each kind of frame that cannot be parsed; or an object (event
     * "capture"). */
    bool (*capture)(FILE *file, size_t columns, const struct replay_counts *counts);
    bool (*summary)(FILE *file, size_t columns, const struct event_totals *totals);
};

extern const struct replay_writer replay_lines;
extern const struct replay_writer replay_json;

#endif
