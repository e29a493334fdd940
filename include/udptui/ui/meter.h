/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * meter: --metrics of a command with one thread for its figures: an exporter that gets them once a
 * second at most. Without the option each function returns at once.
 */
#ifndef UDPTUI_UI_METER_H
#define UDPTUI_UI_METER_H

#include <stdbool.h>
#include <stdint.h>

#include "udptui/output/exporter.h"
#include "udptui/sys/sandbox.h"

struct meter {
    const char *where;         /* NULL: there is none */
    struct exporter *exporter; /* the same */
    uint64_t version;          /* of what was put last */
    int64_t next_ns, idle_ns;  /* CLOCK_MONOTONIC: when news are due, when the same again */
};

/* where: the option, borrowed, NULL if it was not given. source, first: as of exporter_open. False
 * with the error reported and *status set. meter_close must follow if it is true. */
bool meter_open(struct meter *meter, const char *where, const struct metrics_source *source,
                struct metrics_page *first, int *status);

/* What it needs after the sandbox was entered. */
void meter_add_needs(const struct meter *meter, struct sandbox_needs *needs);

/* After that: starts the server's thread, and says on stderr where it is. False with the error
 * reported. */
bool meter_begin(struct meter *meter);

/* The page to fill, before meter_put, or NULL: nothing is due. version: differs from before if the
 * figures may. last: due in any case. */
struct metrics_page *meter_page(struct meter *meter, uint64_t version, int64_t now_ns, bool last);
void meter_put(struct meter *meter);

/* When (CLOCK_MONOTONIC) a page is due, INT64_MAX: never. */
int64_t meter_due_ns(const struct meter *meter, uint64_t version);

/* True once, if the file cannot be written any more: error (EXPORTER_ERROR_SIZE) says why. */
bool meter_failed(struct meter *meter, char *error);

/* For the title of a screen, "" as long as nothing has failed. The end says why. */
const char *meter_brief(const struct meter *meter);

/* Returns status, or EXIT_SETUP with the error reported if the file is not what it should be. */
int meter_close(struct meter *meter, int status);

#endif
