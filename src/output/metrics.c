/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* metrics: see the header. A family is its descriptions and then its samples. */
#include "udptui/output/metrics.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "udptui/base/array.h"
#include "udptui/base/ascii.h"
#include "udptui/base/builder.h"
#include "udptui/base/units.h"
#include "udptui/proto/counts.h"

enum {
    NAME_SIZE = 96,
    LABELS_SIZE = 2 * METRICS_LABEL_SIZE + 64, /* each character may be escaped */
};

enum metric_kind { METRIC_GAUGE, METRIC_COUNTER, METRIC_INFO };

struct family {
    enum metric_kind kind;
    char name[NAME_SIZE]; /* with its unit, without "_total" and "_info" */
    const char *help;
};

struct metrics {
    struct builder text;
    enum metrics_format format;
    char labels[LABELS_SIZE]; /* of every sample, without braces */
};

/* ---- text */

static const char *const kind_suffixes[] = {
    [METRIC_GAUGE] = "", [METRIC_COUNTER] = "_total", [METRIC_INFO] = "_info"};

/* Prometheus' own format knows no info: that is a gauge. */
static const char *metrics_kind_word(const struct metrics *metrics, enum metric_kind kind)
{
    switch (kind) {
    case METRIC_COUNTER:
        return "counter";
    case METRIC_INFO:
        return metrics->format == METRICS_OPENMETRICS ? "info" : "gauge";
    case METRIC_GAUGE:
        break;
    }
    return "gauge";
}

static bool metrics_ends_in(const char *name, const char *end)
{
    size_t length = strlen(name), tail = strlen(end);

    return length >= tail && strcmp(name + length - tail, end) == 0;
}

/* OpenMetrics 1.0, "Unit": the name has to end with it. */
static void metrics_describe_unit(struct metrics *metrics, const char *name)
{
    static const char *const units[] = {"_bytes", "_seconds"};

    for (size_t i = 0; i < COUNT_OF(units); i++)
        if (metrics->format == METRICS_OPENMETRICS && metrics_ends_in(name, units[i]))
            builder_add(&metrics->text, "# UNIT %s %s\n", name, units[i] + 1);
}

static void metrics_describe(struct metrics *metrics, const struct family *family)
{
    const char *suffix = metrics->format == METRICS_OPENMETRICS ? "" : kind_suffixes[family->kind];

    builder_add(&metrics->text, "# HELP %s%s %s\n", family->name, suffix, family->help);
    builder_add(&metrics->text, "# TYPE %s%s %s\n", family->name, suffix,
                metrics_kind_word(metrics, family->kind));
    metrics_describe_unit(metrics, family->name);
}

/* label: another one, NULL: none. Its value needs no escapes. */
static void metrics_begin_sample(struct metrics *metrics, const struct family *family,
                                 const char *label, const char *value)
{
    builder_add(&metrics->text, "%s%s{%s", family->name, kind_suffixes[family->kind],
                metrics->labels);
    if (label != NULL)
        builder_add(&metrics->text, ",%s=\"%s\"", label, value);
    builder_add(&metrics->text, "} ");
}

static void metrics_add_count(struct metrics *metrics, const struct family *family,
                              const char *label, const char *value, uint64_t count)
{
    metrics_begin_sample(metrics, family, label, value);
    builder_add(&metrics->text, "%" PRIu64 "\n", count);
}

/* Nanoseconds as seconds, without rounding. */
static void metrics_add_seconds(struct metrics *metrics, const struct family *family, int64_t ns)
{
    metrics_begin_sample(metrics, family, NULL, NULL);
    builder_add(&metrics->text, "%" PRId64 ".%09" PRId64 "\n", ns / UNITS_NS_PER_S,
                ns % UNITS_NS_PER_S);
}

static void metrics_add_real(struct metrics *metrics, const struct family *family, double value)
{
    metrics_begin_sample(metrics, family, NULL, NULL);
    builder_add(&metrics->text, "%.9g\n", value);
}

/* ---- families of figures */

/* The units of Prometheus in place of those of the JSON. */
static const struct {
    const char *json, *metric;
} unit_names[] = {{"_ns", "_seconds"}, {"_per_s", "_per_second"}, {"_percent", "_ratio"}};

static void metrics_name_figure(const struct figure *figure, char *out)
{
    const char *key = figure->metric.name != NULL ? figure->metric.name : figure->key;
    struct builder name = builder_begin(out, NAME_SIZE);

    for (size_t i = 0; i < COUNT_OF(unit_names); i++) {
        if (!metrics_ends_in(key, unit_names[i].json))
            continue;
        builder_add(&name, "udptui_%.*s%s", (int)(strlen(key) - strlen(unit_names[i].json)), key,
                    unit_names[i].metric);
        return;
    }
    builder_add(&name, "udptui_%s", key);
}

static enum metric_kind metrics_kind_of(const struct figure *figure)
{
    switch (figure->unit) {
    case FIGURE_COUNT:
    case FIGURE_COUNT_32:
    case FIGURE_COUNTS:
    case FIGURE_HELD:
    case FIGURE_TIME:
        return figure->metric.gauge ? METRIC_GAUGE : METRIC_COUNTER;
    case FIGURE_RTT:
    case FIGURE_FLAG:
    case FIGURE_RATE:
    case FIGURE_BIT_RATE:
    case FIGURE_PERCENT:
        break;
    }
    return METRIC_GAUGE;
}

static void metrics_add_held(struct metrics *metrics, const struct family *family,
                             const struct counts *counts)
{
    for (int i = 0; i < HELD_REASONS; i++)
        metrics_add_count(metrics, family, "reason", held_reason_name((enum held_reason)i),
                          counts->held[i]);
}

static void metrics_add_samples(struct metrics *metrics, const struct family *family,
                                const struct figure *figure, const void *summary)
{
    switch (figure->unit) {
    case FIGURE_COUNT:
    case FIGURE_COUNT_32:
    case FIGURE_FLAG:
        metrics_add_count(metrics, family, NULL, NULL, (uint64_t)figure_whole(figure, summary));
        break;
    case FIGURE_COUNTS:
        for (size_t i = 0; i < figure->name_count; i++)
            metrics_add_count(metrics, family, "status", figure->names[i].key,
                              figure_counts(figure, summary)[i]);
        break;
    case FIGURE_HELD:
        metrics_add_held(metrics, family, (const void *)((const char *)summary + figure->offset));
        break;
    case FIGURE_TIME:
    case FIGURE_RTT:
        metrics_add_seconds(metrics, family, figure_whole(figure, summary));
        break;
    case FIGURE_RATE:
        metrics_add_real(metrics, family, figure_real(figure, summary));
        break;
    case FIGURE_BIT_RATE: /* bytes are the unit of Prometheus */
        metrics_add_real(metrics, family, figure_real(figure, summary) / 8);
        break;
    case FIGURE_PERCENT:
        metrics_add_real(metrics, family, figure_real(figure, summary) / 100);
        break;
    }
}

/* Whether a count may be too low is a metric of its own. */
static void metrics_add_floor(struct metrics *metrics, const struct family *counted,
                              const struct figure *figure, const void *summary)
{
    struct family family = {.kind = METRIC_GAUGE, .help = "1: that count may be too low."};
    struct builder name = builder_begin(family.name, NAME_SIZE);

    builder_add(&name, "%s_at_least", counted->name);
    metrics_describe(metrics, &family);
    metrics_add_count(metrics, &family, NULL, NULL, figure_is_floor(figure, summary));
}

static void metrics_add_figure(struct metrics *metrics, const struct figure *figure,
                               const void *summary)
{
    struct family family = {.kind = metrics_kind_of(figure), .help = figure->metric.help};

    if (family.help == NULL || !figure_applies(figure, summary) ||
        !figure_is_known(figure, summary))
        return;
    metrics_name_figure(figure, family.name);
    metrics_describe(metrics, &family);
    metrics_add_samples(metrics, &family, figure, summary);
    if (figure->at_least != 0)
        metrics_add_floor(metrics, &family, figure, summary);
}

/* ---- all of it */

/* A label's value: '"', '\' and line ends are escaped. */
static void metrics_add_label(struct builder *labels, const char *name, const char *value)
{
    builder_add(labels, "%s=\"", name);
    for (const char *at = value; *at != '\0'; at++) {
        if (*at == '"' || *at == '\\')
            builder_add_bytes(labels, "\\", 1);
        if (*at == '\n')
            builder_add_bytes(labels, "\\n", 2);
        else
            builder_add_bytes(labels, at, 1);
    }
    builder_add_bytes(labels, "\"", 1);
}

static void metrics_add_program(struct metrics *metrics, const struct metrics_source *source)
{
    static const struct family build = {
        .kind = METRIC_INFO, .name = "udptui_build", .help = "The version of udptui."};
    static const struct family start = {.kind = METRIC_GAUGE,
                                        .name = "udptui_start_time_seconds",
                                        .help = "When the program was started, since 1970."};
    static const struct family failures = {
        .kind = METRIC_COUNTER,
        .name = "udptui_metrics_failures",
        .help = "Times that the file of --metrics could not be written."};

    metrics_describe(metrics, &build);
    metrics_add_count(metrics, &build, "version", PACKAGE_VERSION, 1);
    metrics_describe(metrics, &start);
    metrics_add_seconds(metrics, &start, source->started_ns);
    metrics_describe(metrics, &failures);
    metrics_add_count(metrics, &failures, NULL, NULL, source->failures);
}

size_t metrics_write(const struct metrics_source *source, const void *summary,
                     enum metrics_format format, char *out)
{
    struct metrics metrics = {.text = builder_begin(out, METRICS_TEXT_SIZE), .format = format};
    struct builder labels = builder_begin(metrics.labels, LABELS_SIZE);

    metrics_add_label(&labels, "command", source->command);
    builder_add_bytes(&labels, ",", 1);
    metrics_add_label(&labels, "listen", source->listening);
    metrics_add_program(&metrics, source);
    for (size_t i = 0; i < source->figures->count; i++)
        metrics_add_figure(&metrics, &source->figures->rows[i], summary);
    if (format == METRICS_OPENMETRICS)
        builder_add(&metrics.text, "# EOF\n");
    return metrics.text.length;
}

/* ---- which format */

static const struct {
    const char *media, *content;
} format_types[METRICS_FORMATS] = {
    [METRICS_PROMETHEUS] = {"text/plain", "text/plain; version=0.0.4; charset=utf-8"},
    [METRICS_OPENMETRICS] = {"application/openmetrics-text",
                             "application/openmetrics-text; version=1.0.0; charset=utf-8"},
};

const char *metrics_content_type(enum metrics_format format)
{
    return format_types[format].content;
}

/* Whether an item of a header, up to its first ';', is this word. */
static bool metrics_item_is(const char *item, size_t length, const char *word)
{
    size_t media = strcspn(item, ";, \t");

    if (media > length || media != strlen(word))
        return false;
    for (size_t i = 0; i < media; i++)
        if (ascii_lower((uint8_t)item[i]) != (uint8_t)word[i])
            return false;
    return true;
}

/* "0.25" in thousandths; at most 1. */
static int metrics_parse_weight(const char *text, const char *end)
{
    int weight = 0;

    for (int unit = 1000; text < end && unit > 0; text++) {
        if (*text == '.')
            continue;
        if (*text < '0' || *text > '9')
            break;
        weight += (*text - '0') * unit;
        unit /= 10;
    }
    return weight < 1000 ? weight : 1000;
}

/* The parameter q of an item; 1000 without one. */
static int metrics_item_weight(const char *item, size_t length)
{
    const char *end = item + length;

    for (const char *at = item; end - at > 2; at++)
        if ((*at == ';' || *at == ' ' || *at == '\t') && ascii_lower((uint8_t)at[1]) == 'q' &&
            at[2] == '=')
            return metrics_parse_weight(at + 3, end);
    return 1000;
}

enum metrics_format metrics_choose_format(const char *accept)
{
    int weights[METRICS_FORMATS] = {0};

    while (accept != NULL && *accept != '\0') {
        accept += strspn(accept, ", \t");
        size_t length = strcspn(accept, ",");
        for (int i = 0; i < METRICS_FORMATS; i++) {
            int weight = metrics_item_weight(accept, length);
            if (metrics_item_is(accept, length, format_types[i].media) && weight > weights[i])
                weights[i] = weight;
        }
        accept += length;
    }
    return weights[METRICS_OPENMETRICS] > weights[METRICS_PROMETHEUS] ? METRICS_OPENMETRICS
                                                                      : METRICS_PROMETHEUS;
}
