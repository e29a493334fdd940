/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* exporter: what --metrics names: a file that is replaced, or an address and a port where an HTTP
 * server offers the metrics. Its owner puts summaries into it now and then. */
#ifndef UDPTUI_OUTPUT_EXPORTER_H
#define UDPTUI_OUTPUT_EXPORTER_H

#include <stdbool.h>
#include <stddef.h>

#include "udptui/base/problem.h"
#include "udptui/output/metrics.h"

enum { EXPORTER_ERROR_SIZE = 320 };

struct exporter;

/* Whether the option names an address and a port (":9464", "127.0.0.1:9464", "[::1]:9464",
 * "host:9464"), not a file: it has no slash, and ends in a colon and digits. */
bool exporter_is_address(const char *where);

/* False with the problem if the option names neither: an address without a port ("127.0.0.1") or a
 * port alone ("9464"), which would make a file of that name; "./127.0.0.1" is one. */
bool exporter_check(const char *where, struct problem *problem);

/*
 * Opens the port, or writes the file for the first time, so that what cannot be written is known at
 * once. where: borrowed. source: copied. first: what is known so far; it is taken over, and freed.
 * NULL with the error reported and *status set. exporter_close must follow.
 */
struct exporter *exporter_open(const char *where, const struct metrics_source *source,
                               struct metrics_page *first, int *status);

/* After the sandbox was entered: starts the server's thread, if there is one. False with the error
 * reported. */
bool exporter_begin(struct exporter *exporter);

/* "http://127.0.0.1:9464/metrics" to out, "" if it is a file. */
void exporter_describe(const struct exporter *exporter, char *out, size_t size_bytes);

/* An empty page, for the owner to fill and to put. */
struct metrics_page *exporter_page(struct exporter *exporter);

/* Takes what is in that page in place of what there was; writes the file. */
void exporter_put(struct exporter *exporter);

/* True once, if the file cannot be written any more: error (EXPORTER_ERROR_SIZE) says why. NULL is
 * allowed. */
bool exporter_failed(struct exporter *exporter, char *error);

/* Whether it could not be written at least once. NULL is allowed. */
bool exporter_has_failed(const struct exporter *exporter);

/* Returns status, or EXIT_SETUP with the error reported if the file is not what it should be. NULL
 * is allowed. */
int exporter_close(struct exporter *exporter, int status);

#endif
