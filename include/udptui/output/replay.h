/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay: what `udptui replay` writes about the capture itself; its messages are written as
 * serve's. */
#ifndef UDPTUI_OUTPUT_REPLAY_H
#define UDPTUI_OUTPUT_REPLAY_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "udptui/core/packet_stream.h"

struct capture_counts {
    struct packet_counts packets;
    uint64_t filtered; /* of the datagrams: neither to nor from --port */
};

/* A line, and one for each kind of frame that is not read; or a JSON object (event "capture"). False where the file could not be written. */
bool replay_write_lines(FILE *file, const struct capture_counts *counts);
bool replay_write_json(FILE *file, const struct capture_counts *counts);

#endif
