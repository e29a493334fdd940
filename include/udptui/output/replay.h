/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay: what `udptui replay` writes about the capture itself; its messages are written as
 * serve's. */
#ifndef UDPTUI_OUTPUT_REPLAY_H
#define UDPTUI_OUTPUT_REPLAY_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* The frames of a capture: each is one of the others. */
struct capture_counts {
    uint64_t frames, datagrams;
    uint64_t others;    /* not UDP, or not IP */
    uint64_t fragments; /* later fragments: without a UDP header */
    uint64_t malformed;
    uint64_t unknown_links; /* of a link type that is not known here */
    uint64_t filtered;      /* of the datagrams: neither to nor from --port */
};

/* A line, or a JSON object (event "capture"). False where the file could not be written. */
bool replay_write_lines(FILE *file, const struct capture_counts *counts);
bool replay_write_json(FILE *file, const struct capture_counts *counts);

#endif
