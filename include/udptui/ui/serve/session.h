/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* serve_session: the front end of a server or a relay: the screen or the lines, the log, the capture
 * file, host names; and its end. */
#ifndef UDPTUI_UI_SERVE_SESSION_H
#define UDPTUI_UI_SERVE_SESSION_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "udptui/capture/recorder.h"
#include "udptui/output/exporter.h"
#include "udptui/output/outlet.h"
#include "udptui/proto/event.h"
#include "udptui/proto/filter.h"
#include "udptui/sys/names.h"
#include "udptui/sys/notify.h"
#include "udptui/sys/signals.h"
#include "udptui/ui/serve/backend.h"
#include "udptui/ui/serve/classroom.h"
#include "udptui/ui/serve/display.h"
#include "udptui/ui/serve/log.h"
#include "udptui/ui/serve/publishing.h"
#include "udptui/ui/serve/sharing.h"

/* What the option tables of serve, demo and relay fill in. */
struct serve_session_options {
    bool memory_fixed; /* the command has no --max-clients and --history */
    struct display_options display;
    const char *pcap; /* NULL: nothing is recorded */
    int force;
    const char *metrics; /* a file, or ADDRESS:PORT; NULL: none */
    int64_t duration_ns; /* 0: no limit */
    struct classroom_options classroom;
    struct announcer_options publish;
    int64_t count; /* ends it once so many datagrams came from clients; 0: never */
    /* Begins what the command has besides, as threads that are to be in the sandbox as well: called
     * before the engines start. NULL: there is nothing. False with error (BACKEND_ERROR_SIZE). */
    bool (*begin)(void *context, char *error);
    void *begin_context;
};

/* It must not move from serve_session_open to serve_session_close. */
struct serve_session {
    struct serve_session_options options;
    const char *title; /* "udptui serve" */
    struct backend backend;
    struct backend_facts facts;  /* once it runs */
    const struct filter *filter; /* of --filter, borrowed; NULL: none */
    struct names names;          /* of the clients' addresses */
    struct lookup *lookup;       /* of the names of a relay's targets; NULL: they have none */
    struct notify notify;        /* towards the service manager */
    struct launcher *launcher;   /* of the dissectors' program, NULL: none */
    struct signals signals;
    struct recorder *recorder; /* of --pcap, NULL: none */
    bool recording_failure_reported;
    struct serve_log log;
    struct classroom classroom;
    struct publishing publishing; /* of --publish */
    struct sharing sharing;
    struct exporter *exporter;  /* of --metrics, NULL: none */
    struct event_totals before; /* what was counted before resets of the counts */
    uint64_t not_chosen;        /* messages that --filter left out of lines and JSON */
    struct outlet outlet;       /* while it runs */
    FILE *output;               /* its stream, before that stdout */
    uint64_t not_published;     /* samples that could not be sent, as last shared */
    uint64_t not_shown;         /* records that were not written because nobody read them */
    int64_t started_ns;         /* CLOCK_MONOTONIC */
    int64_t deadline_ns;        /* of --duration, INT64_MAX without */
    bool quit_asked;
    bool counted; /* options.count is reached */
};

/* title, filter (NULL: none) and the backend's context are borrowed. It opens nothing;
 * serve_session_close must follow. */
void serve_session_open(struct serve_session *session, const struct serve_session_options *options,
                        const char *title, const struct filter *filter,
                        const struct backend *backend);
void serve_session_close(struct serve_session *session);

/* Handles signals, then shows the screen or writes lines until the engines have stopped. The
 * backend is open. Returns the exit status. */
int serve_session_run(struct serve_session *session);

/* ---- for the screen and the lines */

/* Lines or JSON on standard output until the engines have stopped. Exit status. */
int serve_run_lines(struct serve_session *session);

/* Writes the calls of a failed open, with --calls. */
void serve_write_calls(struct serve_session *session);

/* The screen until the engines have stopped. False, with a notice on stderr and nothing started, if
 * the terminal cannot show one. */
bool serve_run_screen(struct serve_session *session, int *status);

/* Starts the engines: lines and a log get every message, a screen alone gets samples. False with
 * the reason in error (BACKEND_ERROR_SIZE), to be reported once no screen hides it. */
bool serve_session_start(struct serve_session *session, bool screen, char *error);

/* Of each record of totals: notes whether options.count is reached. */
void serve_session_note_totals(struct serve_session *session, const struct event_totals *totals);

/* Of each record of a reset: what files lack of before stays missing. */
void serve_session_note_reset(struct serve_session *session, const struct event_reset *reset);

/* Since the start: lines that the log lacks and datagrams that the capture file lacks, besides those
 * that the engines' totals count since the latest reset. 0 without such a file. */
uint64_t serve_session_not_logged(const struct serve_session *session);
uint64_t serve_session_not_recorded(const struct serve_session *session);

/* Asks the engines to stop; may be called again. */
void serve_session_quit(struct serve_session *session);

/* Does so if --duration or a signal says so, or one of them could not go on. A sign of life for the
 * service manager as well: each turn of the loop calls it. */
void serve_session_check_end(struct serve_session *session, int64_t now_ns);

/* When (CLOCK_MONOTONIC) to check again even if no descriptor is ready; INT64_MAX: never. */
int64_t serve_session_due_ns(const struct serve_session *session, int64_t now_ns);

/* True once, if the capture file cannot be written any more: error (RECORDER_ERROR_SIZE) says
 * why. */
bool serve_session_recording_failed(struct serve_session *session, char *error);

/* After the last record: completes the totals with what was not recorded, logged or published,
 * writes the log's summary, and shares the state for the last time. */
void serve_session_complete_totals(struct serve_session *session, struct event_totals *totals);

/* 0, or 128 + the signal that ended it, or EXIT_SETUP with the error reported if an engine
 * failed. */
int serve_session_exit_status(const struct serve_session *session);

#endif
