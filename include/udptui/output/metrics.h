/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * metrics: a summary by its table (proto/figure) as text for Prometheus, in its own format
 * (https://prometheus.io/docs/instrumenting/exposition_formats/, version 0.0.4, which a node
 * exporter's textfile collector reads) or as OpenMetrics 1.0.
 *
 * Both have the same metrics. In OpenMetrics the lines that describe a counter name it without
 * "_total", and "# EOF" ends the text.
 */
#ifndef UDPTUI_OUTPUT_METRICS_H
#define UDPTUI_OUTPUT_METRICS_H

#include <stddef.h>
#include <stdint.h>

#include "udptui/base/builder.h"
#include "udptui/output/metrics_page.h"

enum metrics_format { METRICS_PROMETHEUS, METRICS_OPENMETRICS, METRICS_FORMATS };

enum { METRICS_LABELS_SIZE = 2048 };

/* Whose metrics they are. */
struct metrics_source {
    const char *command;              /* "serve" */
    char labels[METRICS_LABELS_SIZE]; /* of each sample, besides command; "" for none */
    int64_t started_ns;               /* CLOCK_REALTIME */
    uint64_t failures;                /* texts that could not be written to their file */
};

/* Adds NAME="VALUE" to a list of labels, with what has to be escaped in a value. value: safe text. */
void metrics_label(struct builder *labels, const char *name, const char *value);

/* Writes the text of all that is in the page to out. A name is described once, whichever tables have
 * it. Returns the length that it has, or would have, as snprintf(3) does. */
size_t metrics_write(const struct metrics_source *source, const struct metrics_page *page,
                     enum metrics_format format, char *out, size_t size_bytes);

/* "text/plain; version=0.0.4; charset=utf-8" */
const char *metrics_content_type(enum metrics_format format);

/* The format that an Accept header prefers (RFC 9110 section 12.5.1); of equal ones, or if it names
 * neither, Prometheus' own. accept: NULL: there is none; untrusted bytes. */
enum metrics_format metrics_choose_format(const char *accept);

#endif
