/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* session: a run of `udptui watch`: the link to the broker, the servers, what is written. */
#ifndef UDPTUI_UI_WATCH_SESSION_H
#define UDPTUI_UI_WATCH_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "udptui/base/opts.h"
#include "udptui/fleet/fleet.h"
#include "udptui/fleet/link.h"
#include "udptui/output/logfile.h"
#include "udptui/output/outlet.h"
#include "udptui/output/snapshot.h"
#include "udptui/output/watch.h"
#include "udptui/proto/filter.h"
#include "udptui/sys/signals.h"
#include "udptui/ui/look.h"
#include "udptui/ui/meter.h"

enum {
    WATCH_BROKER_SIZE = BROKER_TEXT_SIZE + SNAPSHOT_PREFIX_SIZE * TEXT_EXPANSION,
    WATCH_PROBLEM_SIZE = 512,
};

struct watch_config {
    struct broker broker;
    int64_t servers_max, duration_ns; /* 0: no limit */
    const struct watch_writer *writer;
    struct filter *filter;   /* of the servers that are written, borrowed; NULL: all */
    const char *filter_text; /* the same as it was typed, for the screen; NULL: none */
    int time;                /* --time */
    const char *log;         /* --log, NULL: none */
    const char *metrics;     /* --metrics, NULL: none */
    int sandbox;             /* --sandbox: enum sandbox_mode */
    bool screen, ascii, no_mouse;
    struct look look;
};

/* Where records go: standard output and the log. */
struct watch_sink {
    const struct watch_writer *writer;
    struct watch_output output;
    struct logfile *log; /* NULL: it is standard output */
    bool muted;          /* nothing goes there now */
};

enum { WATCH_OUT, WATCH_LOG, WATCH_SINKS };

struct watch_written;  /* what was written of a server */
union watch_documents; /* room for one that is read */

struct watch_session {
    struct watch_config config;
    char broker[WATCH_BROKER_SIZE]; /* "127.0.0.1:1883/school", safe text */
    struct fleet *fleet;
    struct link *link;
    struct link_status status;
    char why[LINK_WHY_SIZE]; /* of the latest failure of the link; "": none yet */
    struct signals signals;
    struct outlet outlet; /* standard output */
    struct watch_sink sinks[WATCH_SINKS];
    uint64_t not_shown; /* records that found no room there */
    bool finishing;     /* the last ones are written, whether there is room or not */
    struct meter meter; /* of --metrics */
    struct watch_written *written;
    union watch_documents *documents;
    uint64_t unreadable;              /* messages of the broker */
    char problem[WATCH_PROBLEM_SIZE]; /* the latest of them: what and why, safe text; "": none */
    int64_t connected_ns;             /* CLOCK_MONOTONIC since when the link is up; 0: it is not */
    int64_t written_ns;               /* of the latest records that come once a second */
    uint64_t written_version;
    int link_written; /* the link's state that was written; -1: none */
    bool broken;      /* standard output cannot be written: */
    int error;        /* why (errno) */
};

/* Runs to the end, with a screen if wanted and possible. Returns an exit status. */
int watch_run(const struct watch_config *config);

/* ---- for the front ends */

/* Takes what came of the broker, and writes what is to be written at once. Returns whether anything
 * has changed; *more: there is more to take. */
bool watch_take(struct watch_session *session, bool *more);

/* Notes that standard output could not be written (errno). */
void watch_check_output(struct watch_session *session, bool written);

/* Writes what is due. */
void watch_write_due(struct watch_session *session, int64_t now_ns);
/* When that is (CLOCK_MONOTONIC), INT64_MAX: nothing is. */
int64_t watch_due_ns(const struct watch_session *session);

/* The counts of the session. */
struct watch_counts watch_session_counts(const struct watch_session *session);

/* Asks the broker to drop what it keeps of a server, and forgets it. False if the link is not up. */
bool watch_forget(struct watch_session *session, uint32_t slot);

/* Writes lines until the end or an output error. */
void watch_run_lines(struct watch_session *session);

/* The same on the terminal. False, with nothing done, if the terminal cannot show a screen. */
bool watch_run_screen(struct watch_session *session);

/* The words of the screen and of the lines, explained; ended by one without a word. */
extern const struct opts_word watch_words[];

#endif
