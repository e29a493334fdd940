/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* metrics: see the header. A family is its descriptions and then the samples of each summary that has
 * it. */
#include "udptui/output/metrics.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "udptui/base/array.h"
#include "udptui/base/ascii.h"
#include "udptui/base/builder.h"
#include "udptui/base/units.h"
#include "udptui/proto/counts.h"

enum { NAME_SIZE = 96 };

enum metric_kind { METRIC_GAUGE, METRIC_COUNTER, METRIC_INFO, METRIC_SUMMARY };

struct family {
    enum metric_kind kind;
    char name[NAME_SIZE]; /* with its unit, without "_total" and "_info" */
    const char *help;
};

struct metrics {
    const struct metrics_page *page;
    struct builder text;
    enum metrics_format format;
    char labels[METRICS_LABELS_SIZE + 64]; /* of each sample, without braces */
};

/* ---- text */

static const char *const kind_suffixes[] = {[METRIC_GAUGE] = "",
                                            [METRIC_COUNTER] = "_total",
                                            [METRIC_INFO] = "_info",
                                            [METRIC_SUMMARY] = ""};

/* Prometheus' own format knows no info: that is a gauge. */
static const char *metrics_kind_word(const struct metrics *metrics, enum metric_kind kind)
{
    switch (kind) {
    case METRIC_COUNTER:
        return "counter";
    case METRIC_SUMMARY:
        return "summary";
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

/* What one sample has besides its family. */
struct sample {
    const char *labels;                   /* of its summary */
    const char *suffix;                   /* of the name */
    const char *label_name, *label_value; /* another one, NULL: none. The value needs no escapes */
};

static void metrics_begin_sample(struct metrics *metrics, const struct family *family,
                                 const struct sample *sample)
{
    builder_add(&metrics->text, "%s%s{%s", family->name, sample->suffix, metrics->labels);
    if (sample->labels[0] != '\0')
        builder_add(&metrics->text, ",%s", sample->labels);
    if (sample->label_name != NULL)
        builder_add(&metrics->text, ",%s=\"%s\"", sample->label_name, sample->label_value);
    builder_add(&metrics->text, "} ");
}

static void metrics_add_count(struct metrics *metrics, const struct family *family,
                              const struct sample *sample, uint64_t count)
{
    metrics_begin_sample(metrics, family, sample);
    builder_add(&metrics->text, "%" PRIu64 "\n", count);
}

static void metrics_add_labelled(struct metrics *metrics, const struct family *family,
                                 const struct sample *sample, const char *name, const char *value,
                                 uint64_t count)
{
    struct sample labelled = *sample;

    labelled.label_name = name;
    labelled.label_value = value;
    metrics_add_count(metrics, family, &labelled, count);
}

/* Nanoseconds as seconds, without rounding. */
static void metrics_add_seconds(struct metrics *metrics, const struct family *family,
                                const struct sample *sample, int64_t ns)
{
    metrics_begin_sample(metrics, family, sample);
    builder_add(&metrics->text, "%" PRId64 ".%09" PRId64 "\n", ns / UNITS_NS_PER_S,
                ns % UNITS_NS_PER_S);
}

static void metrics_add_real(struct metrics *metrics, const struct family *family,
                             const struct sample *sample, double value)
{
    metrics_begin_sample(metrics, family, sample);
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
    if (figure->metric.part != NULL)
        return METRIC_SUMMARY;
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

static struct family metrics_family_of(const struct figure *figure)
{
    struct family family = {.kind = metrics_kind_of(figure), .help = figure->metric.help};

    if (family.help != NULL)
        metrics_name_figure(figure, family.name);
    return family;
}

/* Of a part of a summary; else only the suffix is set. */
static struct sample metrics_sample_of(const struct figure *figure, const struct family *family,
                                       const char *labels)
{
    const char *part = figure->metric.part;
    struct sample sample = {.labels = labels, .suffix = kind_suffixes[family->kind]};

    if (part == NULL)
        return sample;
    if (strcmp(part, "sum") == 0)
        sample.suffix = "_sum";
    else if (strcmp(part, "count") == 0)
        sample.suffix = "_count";
    else
        sample.label_name = "quantile", sample.label_value = part;
    return sample;
}

static void metrics_add_held(struct metrics *metrics, const struct family *family,
                             const struct sample *sample, const struct counts *counts)
{
    for (int i = 0; i < HELD_REASONS; i++)
        metrics_add_labelled(metrics, family, sample, "reason",
                             held_reason_name((enum held_reason)i), counts->held[i]);
}

static void metrics_add_named(struct metrics *metrics, const struct family *family,
                              const struct sample *sample, const struct figure *figure,
                              const void *summary)
{
    const char *label = figure->metric.label != NULL ? figure->metric.label : "status";

    for (size_t i = 0; i < figure->name_count; i++)
        metrics_add_labelled(metrics, family, sample, label, figure->names[i].key,
                             figure_counts(figure, summary)[i]);
}

static void metrics_add_samples(struct metrics *metrics, const struct family *family,
                                const struct sample *sample, const struct figure *figure,
                                const void *summary)
{
    switch (figure->unit) {
    case FIGURE_COUNT:
    case FIGURE_COUNT_32:
    case FIGURE_FLAG:
        metrics_add_count(metrics, family, sample, (uint64_t)figure_whole(figure, summary));
        break;
    case FIGURE_COUNTS:
        metrics_add_named(metrics, family, sample, figure, summary);
        break;
    case FIGURE_HELD:
        metrics_add_held(metrics, family, sample, figure_held(figure, summary));
        break;
    case FIGURE_TIME:
    case FIGURE_RTT:
        metrics_add_seconds(metrics, family, sample, figure_whole(figure, summary));
        break;
    case FIGURE_RATE:
        metrics_add_real(metrics, family, sample, figure_real(figure, summary));
        break;
    case FIGURE_BIT_RATE: /* bytes are the unit of Prometheus */
        metrics_add_real(metrics, family, sample, figure_real(figure, summary) / 8);
        break;
    case FIGURE_PERCENT:
        metrics_add_real(metrics, family, sample, figure_real(figure, summary) / 100);
        break;
    }
}

/* ---- families of a page */

/* The rows of a table that are of a family: from first on, count of them. */
struct family_rows {
    size_t first, count;
};

static struct family_rows metrics_find_rows(const struct figures *figures, const char *name)
{
    struct family_rows rows = {.first = 0};

    while (rows.first < figures->count &&
           strcmp(metrics_family_of(&figures->rows[rows.first]).name, name) != 0)
        rows.first++;
    while (rows.first + rows.count < figures->count &&
           strcmp(metrics_family_of(&figures->rows[rows.first + rows.count]).name, name) == 0)
        rows.count++;
    return rows;
}

static void metrics_describe_once(struct metrics *metrics, const struct family *family,
                                  bool *described)
{
    if (!*described)
        metrics_describe(metrics, family);
    *described = true;
}

/* The samples of one row of one summary. */
static void metrics_add_row(struct metrics *metrics, const struct family *family,
                            const struct figure *figure, size_t index, bool *described)
{
    const void *summary = metrics_page_summary(metrics->page, index);
    const struct sample sample =
        metrics_sample_of(figure, family, metrics_page_labels(metrics->page, index));

    if (!figure_applies(figure, summary) || !figure_is_known(figure, summary))
        return;
    metrics_describe_once(metrics, family, described);
    metrics_add_samples(metrics, family, &sample, figure, summary);
}

/* Whether a count may be too low is a metric of its own. */
static void metrics_add_floor(struct metrics *metrics, const struct family *family,
                              const struct figure *figure, size_t index, bool *described)
{
    const void *summary = metrics_page_summary(metrics->page, index);
    const struct sample sample = {.labels = metrics_page_labels(metrics->page, index),
                                  .suffix = ""};

    if (figure->at_least == 0 || !figure_applies(figure, summary))
        return;
    metrics_describe_once(metrics, family, described);
    metrics_add_count(metrics, family, &sample, figure_is_floor(figure, summary));
}

typedef void add_row(struct metrics *metrics, const struct family *family,
                     const struct figure *figure, size_t index, bool *described);

/* Of each summary whose table has the family. rows: by table. */
static void metrics_add_rows(struct metrics *metrics, const struct family *family,
                             const struct family_rows *rows, add_row *add)
{
    const struct metrics_page *page = metrics->page;
    bool described = false;

    for (size_t i = 0; i < page->count; i++) {
        size_t table = page->items[i].table;

        for (size_t row = 0; row < rows[table].count; row++)
            add(metrics, family, &page->tables[table]->rows[rows[table].first + row], i,
                &described);
    }
}

static void metrics_add_family(struct metrics *metrics, const struct family *family,
                               const struct family_rows *rows)
{
    struct family floor = {.kind = METRIC_GAUGE,
                           .help = "1: the counter of the same name may be too low."};
    struct builder name = builder_begin(floor.name, NAME_SIZE);

    metrics_add_rows(metrics, family, rows, metrics_add_row);
    builder_add(&name, "%s_at_least", family->name);
    metrics_add_rows(metrics, &floor, rows, metrics_add_floor);
}

/* The families of a table that no earlier one has. */
static void metrics_add_table(struct metrics *metrics, size_t table)
{
    const struct metrics_page *page = metrics->page;
    struct family_rows rows[METRICS_TABLES];

    for (size_t row = 0; row < page->tables[table]->count; row++) {
        const struct family family = metrics_family_of(&page->tables[table]->rows[row]);
        bool new = family.help != NULL;

        for (size_t i = 0; new &&i < page->table_count; i++) {
            rows[i] = metrics_find_rows(page->tables[i], family.name);
            new = i < table ? rows[i].count == 0 : i > table || rows[i].first == row;
        }
        if (new)
            metrics_add_family(metrics, &family, rows);
    }
}

/* ---- all of it */

void metrics_label(struct builder *labels, const char *name, const char *value)
{
    builder_add_item(labels, ",", "%s=\"", name);
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
    metrics_add_count(metrics, &build, &(struct sample){"", "_info", "version", PACKAGE_VERSION},
                      1);
    metrics_describe(metrics, &start);
    metrics_add_seconds(metrics, &start, &(struct sample){"", "", NULL, NULL}, source->started_ns);
    metrics_describe(metrics, &failures);
    metrics_add_count(metrics, &failures, &(struct sample){"", "_total", NULL, NULL},
                      source->failures);
}

size_t metrics_write(const struct metrics_source *source, const struct metrics_page *page,
                     enum metrics_format format, char *out, size_t size_bytes)
{
    struct metrics metrics = {
        .page = page, .text = builder_begin(out, size_bytes), .format = format};
    struct builder labels = builder_begin(metrics.labels, sizeof metrics.labels);

    metrics_label(&labels, "command", source->command);
    if (source->labels[0] != '\0')
        builder_add_item(&labels, ",", "%s", source->labels);
    metrics_add_program(&metrics, source);
    for (size_t table = 0; table < page->table_count; table++)
        metrics_add_table(&metrics, table);
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
