/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * outlet: standard output as a stream, for readers that are slow or do not read at all.
 *
 * An outlet that waits blocks until the reader has taken all. The inherited pipe may be
 * non-blocking: a full pipe is then not an error, but waited for. Every piece that a reader takes is
 * a sign of progress, so that writing much at the end may take as long as the reader needs.
 *
 * An outlet that holds never blocks: what the reader does not take now is held in memory and
 * written once there is room (outlet_fd, outlet_turn). Its owner asks outlet_is_full before each
 * record, and leaves out and counts those for which there is no room, so that what is written are
 * whole records in their order. A terminal or a pipe is opened a second time for that, since
 * O_NONBLOCK on the inherited description would change it for other programs, too.
 *
 * Once a write has failed, every later one fails with the same error: what follows would have a gap
 * before it. report_lost_output makes the exit status of it.
 */
#ifndef UDPTUI_OUTPUT_OUTLET_H
#define UDPTUI_OUTPUT_OUTLET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "udptui/sys/signals.h"

enum outlet_manner { OUTLET_WAITS, OUTLET_HOLDS };

/* From outlet_open to outlet_close it must not move. */
struct outlet {
    FILE *file; /* to write to; stdout itself if memory was short at the beginning */

    /* its own */
    struct signals *signals;
    enum outlet_manner manner;
    int fd;
    bool asks;  /* fd may block: poll(2) has to allow each piece */
    int error;  /* errno of the write that failed, 0: none has */
    char *held; /* a ring of bytes; NULL: nothing is held */
    size_t held_first, held_bytes;
};

/* signals: gets the signs of progress, and must live as long; it may be opened later. To be called
 * before the sandbox is entered if it holds. */
void outlet_open(struct outlet *outlet, enum outlet_manner manner, struct signals *signals);

/* Whether it holds so much (OUTLET_HELD_BYTES) that a record has to be left out. */
enum { OUTLET_HELD_BYTES = 32 << 20 };
bool outlet_is_full(const struct outlet *outlet);

/* Reports on standard error how many lines were left out for that, if any were and no summary has
 * their number. */
void outlet_report_left_out(uint64_t lines);

/* Whether a record that could not be written (errno, asked at once) is only to be counted as not shown:
 * memory ran out while it was made, nothing of it was written, and the output has not failed. */
bool outlet_lacks_record(const struct outlet *outlet);

/* To wait for with POLLOUT before outlet_turn; -1: nothing is held. */
int outlet_fd(const struct outlet *outlet);

/* Writes what the reader takes of what is held. False with errno if that failed. */
bool outlet_turn(struct outlet *outlet);

/*
 * Writes what is left, however long the reader needs, but no longer than a second without progress
 * once the program is to end: the rest is lost then. Check for earlier write errors before. Returns
 * status, or that of the output that was lost now, which is reported.
 */
int outlet_finish(struct outlet *outlet, int status);

/* The same, if it was not done; closes and frees. */
int outlet_close(struct outlet *outlet, int status);

#endif
