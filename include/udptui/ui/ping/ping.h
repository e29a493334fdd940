/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ping: what a run of `udptui ping` has, and its front ends. */
#ifndef UDPTUI_UI_PING_PING_H
#define UDPTUI_UI_PING_PING_H

#include "udptui/output/logfile.h"
#include "udptui/output/ping.h"
#include "udptui/probe/probe.h"
#include "udptui/sys/signals.h"

enum { PING_TARGETS_MAX = 16 };

struct ping_run;

struct ping_target {
    struct ping_run *run;
    struct probe_config config;
    struct probe *probe;
    struct ping_output output; /* of the lines */
};

struct ping_run {
    struct ping_target targets[PING_TARGETS_MAX];
    size_t target_count;
    const struct ping_writer *writer;
    bool quiet;
    int64_t duration_ns, deadline_ns; /* until no more are sent; until all ends; 0: no such limit */
    FILE *out;
    struct signals signals;
    struct logfile *log; /* NULL: none */
    bool broken;         /* the output cannot be written: */
    int error;           /* why (errno) */
};

/* Runs to the end; the summary is written. Returns an exit status. */
int ping_run_lines(struct ping_run *run);

#endif
