/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dissected: the records of lines and JSON, which with --dissect wait for what Wireshark's
 * dissectors say of them. Without, they pass at once. */
#ifndef UDPTUI_UI_SERVE_DISSECTED_H
#define UDPTUI_UI_SERVE_DISSECTED_H

#include "udptui/dissect/stream.h"
#include "udptui/sys/signals.h"
#include "udptui/ui/serve/display.h"

struct dissected {
    struct dissect_stream *stream; /* NULL: without --dissect */
    dissect_deliver *deliver;
    void *context;
    struct signals *signals;
    bool patient;                  /* a record waits for room, instead of pushing out the oldest */
    char noted[DISSECT_NOTE_SIZE]; /* reported */
};

/* deliver gets every record, in order. On true dissected_close must follow. False with the error
 * reported and *status set: sharkd is not there, or memory is short. */
bool dissected_open(struct dissected *dissected, const struct display_options *options,
                    struct launcher *launcher, struct signals *signals, dissect_deliver *deliver,
                    void *context, int *status);

/* Takes the next record, which is copied, and delivers it with its explanation; at once if there is
 * no dissector. If there is no room: see patient; a signal ends the wait. */
void dissected_put(struct dissected *dissected, const void *record, size_t size_bytes);

/* Takes answers and delivers what they were for; to be called when the descriptor is readable or
 * the time (INT64_MAX: never) has come. */
void dissected_turn(struct dissected *dissected);
int dissected_fd(const struct dissected *dissected); /* -1: none */
int64_t dissected_due_ns(const struct dissected *dissected);

/* Waits for the answers to all records, as long as the dissectors may take, and delivers them. If
 * it must be quick, those that are not answered within some seconds go on without. */
void dissected_finish(struct dissected *dissected, bool quick);

/* Reports how many went on without an answer. */
void dissected_close(struct dissected *dissected);

#endif
