/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sharing: hands the state of a server or a relay to those outside: Prometheus, a broker. Each is a
 * sink, which gets the state once a second at most, in the thread of the screen or of the lines.
 * Without a sink every function returns at once.
 *
 * The session calls all of it. A new sink needs: its `open` in session_open_sharing (before the
 * sandbox), which ends with sharing_add, and its `close` beside sharing_close.
 */
#ifndef UDPTUI_UI_SERVE_SHARING_H
#define UDPTUI_UI_SERVE_SHARING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/proto/event.h"
#include "udptui/proto/tally.h"

enum { SHARING_SINKS = 2 };

/* What a sink gets; valid during the call. */
struct shared {
    const struct tally *tally;  /* the clients; their rows only if the sink wants them */
    struct event_totals totals; /* tally_totals, completed with what was not logged, ... */
    int64_t now_ns;             /* CLOCK_MONOTONIC */
};

struct sharing_sink {
    void *context;   /* borrowed */
    bool clients;    /* it wants the rows of clients */
    int64_t idle_ns; /* if nothing changes it is called again after so long; INT64_MAX: it is not */
    /* After the sandbox was entered, before the engines start: the place to start threads. False
     * with the error reported. NULL: there is nothing to do. */
    bool (*begin)(void *context);
    /* Each record of the engines. NULL: the sink needs none. */
    void (*record)(void *context, const void *record);
    /* When it begins, when something has changed (once a second at most), and at the end. */
    void (*share)(void *context, const struct shared *shared);
};

struct sharing {
    struct sharing_sink sinks[SHARING_SINKS];
    size_t count;
    struct tally *tally;     /* from sharing_begin on, if there is a sink */
    uint64_t shared_version; /* of the tally */
    int64_t next_ns;         /* CLOCK_MONOTONIC: not before, unless it is the last time */
    int64_t idle_due_ns;
    int64_t shared_ns; /* when the state was handed over, but for the last time */
};

/* Before sharing_begin; of a zeroed struct. At most SHARING_SINKS. */
void sharing_add(struct sharing *sharing, const struct sharing_sink *sink);

/* engines, clients_max: see tally_open. False with the error reported; sharing_close must follow in
 * any case. */
bool sharing_begin(struct sharing *sharing, size_t engines, uint32_t clients_max);
void sharing_close(struct sharing *sharing);

/* Each record of the engines. */
void sharing_record(struct sharing *sharing, const void *record);

/* When (CLOCK_MONOTONIC) sharing_share is to be called, INT64_MAX: never. */
int64_t sharing_due_ns(const struct sharing *sharing);

/* Hands the state to the sinks. more: what the front end adds to the totals of the engines. The time
 * of the totals is now_ns, also if nothing has come for long; the last time it is the engines'. */
void sharing_share(struct sharing *sharing, const struct event_totals *more, int64_t now_ns,
                   bool last);

/* The time of the totals at the end, for a summary with the same averages: no earlier than one that
 * was handed over before. */
void sharing_complete_time(const struct sharing *sharing, struct event_totals *totals);

#endif
