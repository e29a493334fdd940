/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * prober: a thread that probes one or more targets (probe/probe), so that the display and the
 * output cannot delay the schedule. Events go through a ring; those that do not fit are counted
 * (probe_figures.not_shown).
 */
#ifndef UDPTUI_PROBE_PROBER_H
#define UDPTUI_PROBE_PROBER_H

#include "udptui/probe/probe.h"

enum { PROBER_TARGETS_MAX = 16 };

struct prober_config {
    const struct probe_config *targets; /* borrowed for the call */
    size_t count;                       /* 1 .. PROBER_TARGETS_MAX */
    int64_t duration_ns;                /* no more probes after it; 0: no such limit */
    int64_t deadline_ns;                /* it ends after it; 0: no such limit */
    int64_t tick_ns;                    /* interval of each target's figures */
    bool events;                        /* report events as well */
    int event_fd;                       /* the owner's eventfd, written when records are new */
};

enum prober_record_kind { PROBER_EVENT, PROBER_FIGURES, PROBER_END };

struct prober_record {
    enum prober_record_kind kind;
    uint32_t target;
    union {
        struct probe_event event;     /* PROBER_EVENT */
        struct probe_figures figures; /* PROBER_FIGURES; the last ones come before PROBER_END */
    };
};

struct prober;

/* Opens the sockets. NULL with error (PROBE_ERROR_SIZE): "what: why". */
struct prober *prober_open(const struct prober_config *config, char *error);

/* Starts the thread. False with error set. */
bool prober_start(struct prober *prober, char *error);

/* Requests the end at once, without waiting for probes in flight. The last records still follow. */
void prober_stop(struct prober *prober);

/* Takes the next record. False if there is none. */
bool prober_next(struct prober *prober, struct prober_record *out);

/* Stops, waits and frees (NULL allowed). */
void prober_close(struct prober *prober);

#endif
