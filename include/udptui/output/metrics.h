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

#include "udptui/proto/figure.h"

enum metrics_format { METRICS_PROMETHEUS, METRICS_OPENMETRICS, METRICS_FORMATS };

enum {
    METRICS_LABEL_SIZE = 512,
    METRICS_TEXT_SIZE = 1 << 16, /* more than the largest table with the longest labels */
};

/* What the metrics are of. */
struct metrics_source {
    const struct figures *figures;
    const char *command;                /* "serve" */
    char listening[METRICS_LABEL_SIZE]; /* "127.0.0.1:4010, [::1]:4010", safe text */
    int64_t started_ns;                 /* CLOCK_REALTIME */
    uint64_t failures;                  /* texts that could not be written to their file */
};

/* Writes the text to out (METRICS_TEXT_SIZE). Returns its length. */
size_t metrics_write(const struct metrics_source *source, const void *summary,
                     enum metrics_format format, char *out);

/* "text/plain; version=0.0.4; charset=utf-8" */
const char *metrics_content_type(enum metrics_format format);

/* The format that an Accept header prefers (RFC 9110 section 12.5.1); of equal ones, or if it names
 * neither, Prometheus' own. accept: NULL: there is none; untrusted bytes. */
enum metrics_format metrics_choose_format(const char *accept);

#endif
