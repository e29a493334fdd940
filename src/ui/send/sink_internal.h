/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sink: receives the reports of a session: to standard output or above the prompt as lines or JSON,
 * to the log, to the capture file, and into memory for /calls, /ladder and /plot. One for each
 * session.
 */
#ifndef UDPTUI_UI_SEND_SINK_INTERNAL_H
#define UDPTUI_UI_SEND_SINK_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "legs_internal.h"
#include "udptui/capture/recorder.h"
#include "udptui/client/expect.h"
#include "udptui/client/session.h"
#include "udptui/output/logfile.h"
#include "udptui/output/send.h"
#include "udptui/proto/quiz_command.h"
#include "udptui/ui/chart.h"
#include "udptui/ui/send/options.h"

enum { SINK_CALLS_MAX = 64 };

/* The latest message that was sent, and the latest reply, which need not be its. */
struct sink_exchange {
    uint64_t sent_seq, reply_seq;
    int64_t sent_wall_ns, reply_wall_ns;
    struct endpoint from; /* of the reply; ENDPOINT_NONE: there is none yet */
    size_t sent_bytes, reply_bytes;
    uint8_t sent[65536], reply[65536];
};

struct sink {
    const struct send_options *options;
    const struct send_writer *writer;
    struct send_output output;
    struct logfile *log; /* of --log, NULL: none. Borrowed */
    struct send_output log_output;
    struct recorder *recorder;         /* of --pcap, NULL: none. Borrowed */
    uint64_t not_recorded;             /* records that did not fit */
    struct call calls[SINK_CALLS_MAX]; /* the latest, a ring */
    uint64_t call_count;
    struct endpoint target;         /* of the latest result */
    struct expect *expect;          /* of --expect, NULL: none. Owned */
    bool prompt;                    /* there is a prompt with /to and /ladder: */
    struct sink_exchange *exchange; /* for /what; NULL: memory is short. Owned */
    char code[QUIZ_CODE_SIZE];      /* to be returned to a class, "ok 482913"; "": none */
    bool in_class;                  /* a code was returned */
    struct legs legs;               /* datagrams sent and received, if so */
    struct chart_points points;     /* round-trip times and losses by seq, then */
    struct endpoint other; /* of the target: another port that replied; ENDPOINT_NONE: none */
    bool broken;           /* the output cannot be written: */
    int output_error;      /* why (errno) */
};

/* scratch: PAYLOAD_SCRATCH bytes, which several sinks may share. zones, options: borrowed. */
void sink_begin(struct sink *sink, const struct send_options *options, const struct zones *zones,
                char *scratch);

/* The listener for the session, after sink_begin and setting `prompt`. The sink must not move. */
struct session_listener sink_listener(struct sink *sink);

/* Notes that the output cannot be written, if it could not (errno). */
void sink_check(struct sink *sink, bool written);

/* Expects a reply that the filter matches to each message from now on; NULL: any will do. False
 * with *problem set, and nothing changed, if the filter is wrong. */
bool sink_expect(struct sink *sink, const char *filter, size_t length_bytes,
                 struct filter_problem *problem);

/* Reports messages whose expected reply did not come. */
void sink_expire(struct sink *sink, int64_t now_ns);

/* Frees what it owns. */
void sink_end(struct sink *sink);

/* The session's figures, with the records missing in log and capture file. */
struct send_totals sink_totals(const struct sink *sink, const struct session *session);

/* Writes the summary, unless --quiet. */
void sink_summarise(struct sink *sink, const struct session *session);

/* ---- the log (log.c); without one these do nothing */

/* Writes to the log from now on, first the calls so far. NULL: no log. */
void sink_start_log(struct sink *sink, struct logfile *log);
void sink_log_result(struct sink *sink, const struct result *result);
void sink_log_call(struct sink *sink, const struct call *call);
void sink_log_summary(struct sink *sink, const struct session *session);

#endif
