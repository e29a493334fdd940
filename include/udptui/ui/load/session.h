/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* load_session: shared by the front ends of `udptui load`, the screen and the lines. */
#ifndef UDPTUI_UI_LOAD_SESSION_H
#define UDPTUI_UI_LOAD_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "udptui/base/opts.h"
#include "udptui/base/units.h"
#include "udptui/load/generator.h"
#include "udptui/output/load.h"
#include "udptui/output/outlet.h"
#include "udptui/sys/signals.h"
#include "udptui/ui/look.h"
#include "udptui/ui/meter.h"

struct load_options {
    int64_t clients, window, duration_ns, timeout_ns;
    uint64_t size_bytes;
    struct units_flow rate; /* per_second 0: as fast as acks arrive */
    int family;             /* enum endpoint_family */
    const char *log, *metrics;
    int time;    /* --time */
    int sandbox; /* --sandbox: enum sandbox_mode */
    int json, quiet, no_ui, ascii, no_gso, no_gro;
    struct look look;
};

struct load_run {
    const struct load_options *options;
    const struct generator_config *config;
    const struct load_writer *writer;
    struct generator *generator;
    struct signals signals;
    struct outlet outlet;      /* standard output */
    struct load_output output; /* into it */
    uint64_t not_shown;        /* progress lines that were left out because nobody read them */
    struct logfile *log;       /* of --log, NULL: none */
    struct meter meter;        /* of --metrics */
    int event_fd;
    struct load_snapshot last;
    bool broken; /* output cannot be written: errno in error */
    int error;
};

/* The main loop takes a turn, a sign of progress, at least this often. */
enum { LOAD_BEAT_MS = 250 };

/* Loads the target. rate_per_s: datagrams over all clients, 0: as fast as acks arrive. Exit
 * status. */
int load_run(const struct load_options *options, double rate_per_s, const struct endpoint *target);

/* Writes a snapshot to the log, if there is one: progress, or the summary; and to the metrics. */
void load_log(struct load_run *run, struct load_snapshot *snapshot);

/* Notes why writing has failed, if it has. */
void load_check_output(struct load_run *run, bool written);

/* Each runs until the last snapshot. load_run_screen: false, with a notice on stderr, if the
 * terminal cannot show a screen; the generator runs on. */
void load_run_lines(struct load_run *run);
bool load_run_screen(struct load_run *run);

/* The words of the screen and of the summary, explained; ended by one without a word. */
extern const struct opts_word load_words[];

#endif
