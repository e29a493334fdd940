/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* watch: what `udptui watch` writes if there is no screen: a table of functions a format. */
#ifndef UDPTUI_OUTPUT_WATCH_H
#define UDPTUI_OUTPUT_WATCH_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "udptui/base/text.h"
#include "udptui/fleet/fleet.h"
#include "udptui/fleet/link.h"
#include "udptui/output/stamp.h"

/* What is counted besides the servers' own figures. */
struct watch_counts {
    uint32_t servers, states[FLEET_STATES];
    uint32_t unreported; /* servers without figures: the sums lack them */
    uint64_t messages;   /* samples of datagrams */
    uint64_t repeated;   /* messages of the broker that said nothing new */
    uint64_t crowded;    /* that are of more servers than --max-servers */
    uint64_t too_large;  /* whose counts would make a sum overflow */
    uint64_t unreadable;
    uint64_t dropped;   /* that came faster than they were read */
    uint64_t not_shown; /* records that found no room in standard output: nobody read it */
    uint64_t not_logged;
};

/* Their figures. */
extern const struct figures watch_figures;

struct watch_output {
    FILE *file;
    enum text_charset charset;
    struct stamp stamp; /* of lines; its time is that of the event */
    char *scratch;      /* PAYLOAD_SCRATCH bytes */
};

/* What is known when something is written. */
struct watch_facts {
    const struct fleet *fleet;
    const struct link_status *link;
    const char *broker; /* "127.0.0.1:1883/school", safe text */
    struct watch_counts counts;
    struct fleet_sums sums; /* of all servers, for the summary */
    int64_t now_ns, wall_ns;
};

/* Each writes one record, flushed, and returns false if the file could not be written. NULL: the
 * format has no such record. */
struct watch_writer {
    /* The connection to the broker has changed. */
    bool (*link)(const struct watch_output *output, const struct watch_facts *facts);
    /* A server is new, or its state has changed. */
    bool (*state)(const struct watch_output *output, const struct watch_facts *facts,
                  const struct fleet_server *server);
    /* A server was forgotten: its retained messages are no longer there. */
    bool (*forgotten)(const struct watch_output *output, const struct watch_facts *facts,
                      const struct fleet_server *server);
    bool (*server)(const struct watch_output *output, const struct watch_facts *facts,
                   const struct fleet_server *server);
    bool (*clients)(const struct watch_output *output, const struct watch_facts *facts,
                    const struct fleet_server *server);
    bool (*message)(const struct watch_output *output, const struct watch_facts *facts,
                    const struct fleet_server *server, const struct snapshot_message *message);
    bool (*summary)(const struct watch_output *output, const struct watch_facts *facts);
};

extern const struct watch_writer watch_lines;
extern const struct watch_writer watch_json;

/* The counts, as far as the fleet knows them; the others are 0. now_ns: CLOCK_MONOTONIC. */
struct watch_counts watch_count(const struct fleet *fleet, int64_t now_ns);

#endif
