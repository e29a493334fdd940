/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* session: a run of `udptui ping`: the prober, the log, and the figures of each target. */
#ifndef UDPTUI_UI_PING_SESSION_H
#define UDPTUI_UI_PING_SESSION_H

#include "udptui/base/opts.h"
#include "udptui/output/logfile.h"
#include "udptui/output/outlet.h"
#include "udptui/output/ping.h"
#include "udptui/probe/prober.h"
#include "udptui/sys/signals.h"
#include "udptui/ui/announcer.h"
#include "udptui/ui/look.h"
#include "udptui/ui/meter.h"

struct ping_config {
    struct probe_config targets[PROBER_TARGETS_MAX];
    size_t count;
    int64_t duration_ns, deadline_ns; /* see prober_config */
    const struct ping_writer *writer;
    int time;        /* --time */
    const char *log; /* --log, NULL: none */
    int sandbox;     /* --sandbox: enum sandbox_mode */
    struct announcer_options publish;
    const char *metrics; /* --metrics, NULL: none */
    const struct zones *zones;
    bool quiet, screen, ascii;
    struct look look;
};

struct ping_target {
    struct ping_output output; /* of the lines */
    struct probe_figures figures;
    uint64_t not_shown; /* lines that were left out because nobody read them */
};

struct ping_session {
    struct ping_config config;
    struct ping_target targets[PROBER_TARGETS_MAX];
    struct prober *prober;
    struct signals signals;
    struct outlet outlet;       /* standard output */
    struct logfile *log;        /* NULL: none */
    struct announcer announcer; /* of --publish */
    bool unpublished;           /* figures have come since the last snapshot */
    int64_t publish_ns;         /* CLOCK_MONOTONIC: not before */
    struct meter meter;         /* of --metrics */
    uint64_t figures_version;   /* differs if figures have come */
    int event_fd;               /* readable when the prober has reported something */
    bool ended;                 /* the prober has reported everything */
    bool broken;                /* the output cannot be written: */
    int error;                  /* why (errno) */
};

/* Runs to the end, with a screen if wanted and possible. Returns an exit status. */
int ping_run(const struct ping_config *config);

/* ---- for the front ends */

/* Takes the prober's next record: logs it, and keeps the target's figures. False if there is
 * nothing; session->ended is set after the last. */
bool ping_take(struct ping_session *session, struct prober_record *record);

/* Publishes the figures, and gives them to the metrics, if they have changed and a second has
 * passed, or `last`. */
void ping_share(struct ping_session *session, int64_t now_ns, bool last);

/* When (CLOCK_MONOTONIC) that is due, INT64_MAX: not before there are others. */
int64_t ping_share_due_ns(const struct ping_session *session);

/* Notes that the output could not be written (errno). */
void ping_check_output(struct ping_session *session, bool written);

/* Writes the figures of each target, as they are known. */
void ping_write_summaries(struct ping_session *session);

/* Writes lines until the end or an output error, and the summaries. */
void ping_run_lines(struct ping_session *session);

/* The same on the terminal. False, with nothing done, if the terminal cannot show a screen. */
bool ping_run_screen(struct ping_session *session);

/* The words of the screen and of the summary, explained; ended by one without a word. */
extern const struct opts_word ping_words[];

#endif
