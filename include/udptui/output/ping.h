/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ping: what `udptui ping` writes if there is no screen: a table of functions a format. */
#ifndef UDPTUI_OUTPUT_PING_H
#define UDPTUI_OUTPUT_PING_H

#include <stdbool.h>
#include <stdio.h>

#include "udptui/output/stamp.h"
#include "udptui/probe/probe.h"

struct ping_output {
    FILE *file;
    struct stamp stamp;
    const struct zones *zones; /* the names of interfaces (proto/endpoint) */
    struct endpoint target;
    size_t size_bytes; /* of each probe's payload */
    int64_t interval_ns, timeout_ns;
    bool several; /* several targets: each line names its target */
    bool first;   /* of them */
};

/* Each writes one record, flushed, and returns false if the file could not be written. */
struct ping_writer {
    bool (*begin)(const struct ping_output *output);
    bool (*event)(const struct ping_output *output, const struct probe_event *event);
    bool (*summary)(const struct ping_output *output, const struct probe_figures *figures);
};

extern const struct ping_writer ping_lines;
extern const struct ping_writer ping_json;
extern const struct ping_writer ping_csv;

/* "stamp", "echo", "text", "auto": the words of --mode, by enum probe_mode; NULL-terminated. */
extern const char *const ping_mode_words[];

/* The outcome of a probe, one word: "reply", "late", "duplicate", "lost", "failed", "stray". */
const char *ping_event_word(const struct probe_event *event);

#endif
