/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* serve_log: writes the JSON of --json to the file of --log, in addition to the screen or the lines
 * of serve, demo, relay and replay. */
#ifndef UDPTUI_UI_SERVE_LOG_H
#define UDPTUI_UI_SERVE_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "udptui/output/logfile.h"
#include "udptui/output/serve.h"
#include "udptui/proto/event.h"
#include "udptui/proto/filter.h"
#include "udptui/proto/quiz_book.h"
#include "udptui/sys/signals.h"
#include "udptui/ui/serve/backend.h"
#include "udptui/ui/serve/display.h"

struct serve_log {
    struct logfile *file; /* NULL: there is no --log, and the functions do nothing */
    struct serve_output output;
    const struct serve_writer *writer; /* from serve_log_start on */
    bool calls;                        /* --calls */
    uint64_t not_chosen;               /* messages that the filter left out of it */
};

/* After signals_open. clients_max: rows of the roster; filter: NULL for none, must live as long.
 * On true serve_log_close must follow. False with the error reported and *status set: nothing is
 * open, and serve_log_close does nothing. */
bool serve_log_open(struct serve_log *log, const struct display_options *options,
                    uint32_t clients_max, const struct filter *filter, struct signals *signals,
                    int *status);

/* Returns status, or EXIT_SETUP with the error reported if lines are missing. */
int serve_log_close(struct serve_log *log, int status);

/* Notes the client of a message. False if the filter leaves it out, which is counted. Only with a
 * log. */
bool serve_log_chooses(struct serve_log *log, const struct event_message *message);

/* Writes the first lines of --json, addresses and groups; and a record. */
void serve_log_start(struct serve_log *log, const struct backend *backend);
void serve_log_record(struct serve_log *log, const void *record);

/* The tallies and totals of a class; NULL: there is none. Before the summary. */
void serve_log_class(struct serve_log *log, const struct quiz_book *book);

/* Lines that are missing: what could not be written, and messages that found no room on their way to
 * the log (event_totals.messages_skipped). 0 without a log. */
uint64_t serve_log_lost(const struct serve_log *log, uint64_t skipped);

/* Completes the totals with what was not logged, and writes them. skipped_before: messages that found
 * no room before the totals began to count. */
void serve_log_summary(struct serve_log *log, struct event_totals *totals, uint64_t skipped_before);

#endif
