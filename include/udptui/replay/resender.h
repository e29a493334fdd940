/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * resender: sends the requests of a recording again, to another server, with their timing, and
 * reports how each reply compares with the recorded one.
 *
 * The pairing gives the requests in order, each with its recorded reply: they stay in a queue until
 * they are due. Each client of the recording has a socket of its own.
 */
#ifndef UDPTUI_REPLAY_RESENDER_H
#define UDPTUI_REPLAY_RESENDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/net/udp.h"
#include "udptui/proto/endpoint.h"
#include "udptui/proto/event.h"
#include "udptui/replay/resend.h"
#include "udptui/replay/source.h"
#include "udptui/sys/signals.h"

/* The outcome of a request, or a reply that no request waited for. */
struct resend_report {
    struct resend_result result;
    struct endpoint client; /* as it was recorded */
    uint32_t client_number; /* 1, 2, 3 ... */
    int64_t wall_ns;
    const uint8_t *answer; /* NULL: none came */
    size_t answer_bytes;
    const char *why; /* with RESEND_SILENT and RESEND_NONE: an error that came instead; or NULL */
};

struct resend_totals {
    uint64_t sent, incomplete, failed; /* incomplete: cut in the recording, and so not sent */
    uint64_t counts[RESEND_OUTCOMES];
};

struct resender_config {
    struct endpoint target;
    double times;          /* the recorded speed, 0: as fast as possible */
    int64_t idle_limit_ns; /* longer gaps are shortened to this, 0: none are */
    int64_t timeout_ns;    /* from a request to its reply */
    uint64_t rounds;       /* how often the recording is sent, at least 1; of a pipe 1 */
    /* Whether a request is sent. payload: event's stored_bytes, then its ack_stored_bytes. */
    bool (*chooses)(void *context, const struct event_message *event, const uint8_t *payload);
    /* Takes a report. False stops the resender. */
    bool (*report)(void *context, const struct resend_report *report);
    void *context;
};

enum { RESENDER_ERROR_SIZE = UDP_ERROR_SIZE };

/* Sends all, until it is done, a signal arrives or report returns false. False with error
 * (RESENDER_ERROR_SIZE) set if a socket cannot be opened or memory is short. *totals: so far. */
bool resender_run(struct replay_source *source, const struct resender_config *config,
                  struct signals *signals, struct resend_totals *totals, char *error);

#endif
