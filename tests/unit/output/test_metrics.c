/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/base/array.h"
#include "udptui/output/metrics.h"
#include "udptui/proto/event.h"

enum { TEXT_SIZE = 1 << 16 };

static char text[TEXT_SIZE];

/* ---- a table of one figure a kind */

struct summary {
    uint64_t counted, now;
    uint32_t small;
    bool at_least;
    int64_t known_ns, unknown_ns, sum_ns;
    double rate, percent;
    struct counts counts;
};

#define FIELD(field) offsetof(struct summary, field)

static double no_rate(const void *summary)
{
    (void)summary;
    return -1;
}

static const struct figure rows[] = {
    {.key = "some_bytes", .offset = FIELD(counted), .metric = {.help = "Bytes."}},
    {.key = "hidden", .offset = FIELD(counted)},
    {.key = "now", .offset = FIELD(now), .metric = {.help = "Now.", .gauge = true}},
    {.key = "few",
     .unit = FIGURE_COUNT_32,
     .offset = FIELD(small),
     .at_least = FIELD(at_least),
     .metric = {.help = "Few.", .name = "some_few"}},
    {.key = "held", .unit = FIGURE_HELD, .offset = FIELD(counts), .metric = {.help = "Held."}},
    {.key = "min_ns", .unit = FIGURE_RTT, .offset = FIELD(known_ns), .metric = {.help = "Time."}},
    {.key = "max_ns", .unit = FIGURE_RTT, .offset = FIELD(unknown_ns), .metric = {.help = "No."}},
    {.key = "all_ns", .unit = FIGURE_TIME, .offset = FIELD(sum_ns), .metric = {.help = "Sum."}},
    {.key = "acks_per_s", .unit = FIGURE_RATE, .offset = FIELD(rate), .metric = {.help = "Rate."}},
    {.key = "no_per_s", .unit = FIGURE_RATE, .real = no_rate, .metric = {.help = "No rate."}},
    {.key = "lost_percent",
     .unit = FIGURE_PERCENT,
     .offset = FIELD(percent),
     .metric = {.help = "Lost."}},
};
static const struct figures table = {rows, COUNT_OF(rows)};

static const struct summary summary = {
    .counted = UINT64_MAX,
    .now = 7,
    .small = 3,
    .at_least = true,
    .known_ns = 1234567,
    .unknown_ns = -1,
    .sum_ns = 12 * INT64_C(1000000000) + 5,
    .rate = 1234.5,
    .percent = 12.5,
    .counts = {.held = {[HELD_LOOP] = 2}},
};

static const char prometheus[] =
    "# HELP udptui_build_info The version of udptui.\n"
    "# TYPE udptui_build_info gauge\n"
    "udptui_build_info{command=\"serve\",listen=\"a\\\"b\\\\c\",version=\"" PACKAGE_VERSION
    "\"} 1\n"
    "# HELP udptui_start_time_seconds When the program was started, since 1970.\n"
    "# TYPE udptui_start_time_seconds gauge\n"
    "udptui_start_time_seconds{command=\"serve\",listen=\"a\\\"b\\\\c\"} 1700000000.000000001\n"
    "# HELP udptui_metrics_failures_total Times that the file of --metrics could not be written.\n"
    "# TYPE udptui_metrics_failures_total counter\n"
    "udptui_metrics_failures_total{command=\"serve\",listen=\"a\\\"b\\\\c\"} 4\n"
    "# HELP udptui_some_bytes_total Bytes.\n"
    "# TYPE udptui_some_bytes_total counter\n"
    "udptui_some_bytes_total{command=\"serve\",listen=\"a\\\"b\\\\c\"} 18446744073709551615\n"
    "# HELP udptui_now Now.\n"
    "# TYPE udptui_now gauge\n"
    "udptui_now{command=\"serve\",listen=\"a\\\"b\\\\c\"} 7\n"
    "# HELP udptui_some_few_total Few.\n"
    "# TYPE udptui_some_few_total counter\n"
    "udptui_some_few_total{command=\"serve\",listen=\"a\\\"b\\\\c\"} 3\n"
    "# HELP udptui_some_few_at_least 1: the counter of the same name may be too low.\n"
    "# TYPE udptui_some_few_at_least gauge\n"
    "udptui_some_few_at_least{command=\"serve\",listen=\"a\\\"b\\\\c\"} 1\n"
    "# HELP udptui_held_total Held.\n"
    "# TYPE udptui_held_total counter\n"
    "udptui_held_total{command=\"serve\",listen=\"a\\\"b\\\\c\",reason=\"loop\"} 2\n"
    "udptui_held_total{command=\"serve\",listen=\"a\\\"b\\\\c\",reason=\"source\"} 0\n"
    "udptui_held_total{command=\"serve\",listen=\"a\\\"b\\\\c\",reason=\"limit\"} 0\n"
    "udptui_held_total{command=\"serve\",listen=\"a\\\"b\\\\c\",reason=\"off\"} 0\n"
    "udptui_held_total{command=\"serve\",listen=\"a\\\"b\\\\c\",reason=\"loss\"} 0\n"
    "udptui_held_total{command=\"serve\",listen=\"a\\\"b\\\\c\",reason=\"full\"} 0\n"
    "udptui_held_total{command=\"serve\",listen=\"a\\\"b\\\\c\",reason=\"end\"} 0\n"
    "# HELP udptui_min_seconds Time.\n"
    "# TYPE udptui_min_seconds gauge\n"
    "udptui_min_seconds{command=\"serve\",listen=\"a\\\"b\\\\c\"} 0.001234567\n"
    "# HELP udptui_all_seconds_total Sum.\n"
    "# TYPE udptui_all_seconds_total counter\n"
    "udptui_all_seconds_total{command=\"serve\",listen=\"a\\\"b\\\\c\"} 12.000000005\n"
    "# HELP udptui_acks_per_second Rate.\n"
    "# TYPE udptui_acks_per_second gauge\n"
    "udptui_acks_per_second{command=\"serve\",listen=\"a\\\"b\\\\c\"} 1234.5\n"
    "# HELP udptui_lost_ratio Lost.\n"
    "# TYPE udptui_lost_ratio gauge\n"
    "udptui_lost_ratio{command=\"serve\",listen=\"a\\\"b\\\\c\"} 0.125\n";

static struct metrics_source make_source(const char *listening)
{
    struct metrics_source source = {
        .command = "serve", .started_ns = INT64_C(1700000000000000001), .failures = 4};
    struct builder labels = builder_begin(source.labels, sizeof source.labels);

    metrics_label(&labels, "listen", listening);
    return source;
}

/* The text of one summary. */
static size_t write_one(const struct metrics_source *source, const struct figures *figures,
                        const void *one, size_t size_bytes, enum metrics_format format)
{
    struct metrics_page page = {.count = 0};
    size_t length;

    assert_true(metrics_page_add(&page, figures, one, size_bytes, ""));
    length = metrics_write(source, &page, format, text, sizeof text);
    metrics_page_free(&page);
    return length;
}

static void each_kind_of_figure_has_its_form(void **state)
{
    struct metrics_source source = make_source("a\"b\\c");
    size_t length = write_one(&source, &table, &summary, sizeof summary, METRICS_PROMETHEUS);

    (void)state;
    assert_string_equal(text, prometheus);
    assert_int_equal(length, strlen(prometheus));
}

static void assert_has(const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("%s\nis not in\n%s", part, text);
}

/* The samples are the same; the descriptions differ. */
static void openmetrics_names_families_and_units(void **state)
{
    struct metrics_source source = make_source("a\"b\\c");
    size_t length = write_one(&source, &table, &summary, sizeof summary, METRICS_OPENMETRICS);

    (void)state;
    assert_int_equal(length, strlen(text));
    assert_has("# HELP udptui_build The version of udptui.\n# TYPE udptui_build info\n"
               "udptui_build_info{");
    assert_has("# HELP udptui_some_bytes Bytes.\n# TYPE udptui_some_bytes counter\n"
               "# UNIT udptui_some_bytes bytes\nudptui_some_bytes_total{");
    assert_has("# TYPE udptui_min_seconds gauge\n# UNIT udptui_min_seconds seconds\n");
    assert_has("# TYPE udptui_all_seconds counter\n# UNIT udptui_all_seconds seconds\n"
               "udptui_all_seconds_total{");
    assert_string_equal(text + length - 6, "# EOF\n");
}

/* A label as long as it can be, of which each character is escaped. */
static void the_longest_text_fits(void **state)
{
    static const struct figures *const tables[] = {&served_figures, &relayed_figures};
    struct event_totals totals;

    (void)state;
    memset(&totals, 0x7f, sizeof totals);
    totals.dropped_at_least = totals.back_dropped_at_least = totals.acks_on = true;
    for (size_t i = 0; i < COUNT_OF(tables); i++) {
        char listening[256] = "";
        memset(listening, '"', sizeof listening - 1);
        struct metrics_source source = make_source(listening);
        assert_true(write_one(&source, tables[i], &totals, sizeof totals, METRICS_OPENMETRICS) <
                    TEXT_SIZE);
        assert_string_equal(text + strlen(text) - 6, "# EOF\n");
    }
}

/* A node exporter reads the files of several programs: one name has one type and one HELP. */
static void a_name_means_the_same_in_each_table(void **state)
{
    size_t both = 0;

    (void)state;
    for (size_t i = 0; i < served_figures.count; i++) {
        const struct figure *served = &served_figures.rows[i];
        const struct figure *relayed =
            served->key != NULL ? figures_find(&relayed_figures, served->key, strlen(served->key))
                                : NULL;
        if (relayed == NULL)
            continue;
        assert_string_equal(served->metric.help, relayed->metric.help);
        assert_int_equal(served->unit, relayed->unit);
        assert_int_equal(served->metric.gauge, relayed->metric.gauge);
        both++;
    }
    assert_true(both > 10);
}

static void every_figure_is_a_metric(void **state)
{
    (void)state;
    for (size_t i = 0; i < served_figures.count; i++)
        assert_non_null(served_figures.rows[i].metric.help);
    for (size_t i = 0; i < relayed_figures.count; i++)
        assert_non_null(relayed_figures.rows[i].metric.help);
}

/* ---- several summaries */

struct trip {
    uint64_t count, sent;
    int64_t sum_ns, median_ns;
    uint64_t states[2];
};

static const struct figure_name trip_names[] = {{"up", NULL, false}, {"down", NULL, false}};

static const struct figure trip_rows[] = {
    {.key = "some_bytes", .offset = offsetof(struct trip, sent), .metric = {.help = "Bytes."}},
    {.unit = FIGURE_RTT,
     .offset = offsetof(struct trip, median_ns),
     .metric = {.help = "Trips.", .name = "trip_ns", .part = "0.5"}},
    {.unit = FIGURE_RTT,
     .offset = offsetof(struct trip, sum_ns),
     .metric = {.help = "Trips.", .name = "trip_ns", .part = "sum"}},
    {.offset = offsetof(struct trip, count),
     .metric = {.help = "Trips.", .name = "trip_ns", .part = "count"}},
    {.unit = FIGURE_COUNTS,
     .names = trip_names,
     .name_count = 2,
     .offset = offsetof(struct trip, states),
     .metric = {.help = "State.", .name = "state", .label = "state", .gauge = true}},
};
static const struct figures trips = {trip_rows, COUNT_OF(trip_rows)};

static void fill_page(struct metrics_page *page)
{
    const struct trip known = {2, 5, 3000, 1500, {1, 0}}, unknown = {0, 6, 0, -1, {0, 1}};

    assert_true(metrics_page_add(page, &trips, &known, sizeof known, "to=\"a\""));
    assert_true(metrics_page_add(page, &table, &summary, sizeof summary, ""));
    assert_true(metrics_page_add(page, &trips, &unknown, sizeof unknown, "to=\"b\""));
}

static void each_family_is_described_once(void **state)
{
    struct metrics_source source = {.command = "x"};
    struct metrics_page page = {.count = 0};

    (void)state;
    fill_page(&page);
    size_t length = metrics_write(&source, &page, METRICS_PROMETHEUS, text, sizeof text);
    assert_int_equal(length, strlen(text));
    assert_has("# TYPE udptui_some_bytes_total counter\n"
               "udptui_some_bytes_total{command=\"x\",to=\"a\"} 5\n"
               "udptui_some_bytes_total{command=\"x\"} 18446744073709551615\n"
               "udptui_some_bytes_total{command=\"x\",to=\"b\"} 6\n"
               "# HELP udptui_trip_seconds Trips.\n# TYPE udptui_trip_seconds summary\n"
               "udptui_trip_seconds{command=\"x\",to=\"a\",quantile=\"0.5\"} 0.000001500\n"
               "udptui_trip_seconds_sum{command=\"x\",to=\"a\"} 0.000003000\n"
               "udptui_trip_seconds_count{command=\"x\",to=\"a\"} 2\n"
               "udptui_trip_seconds_sum{command=\"x\",to=\"b\"} 0.000000000\n"
               "udptui_trip_seconds_count{command=\"x\",to=\"b\"} 0\n"
               "# HELP udptui_state State.\n# TYPE udptui_state gauge\n"
               "udptui_state{command=\"x\",to=\"a\",state=\"up\"} 1\n"
               "udptui_state{command=\"x\",to=\"a\",state=\"down\"} 0\n"
               "udptui_state{command=\"x\",to=\"b\",state=\"up\"} 0\n"
               "udptui_state{command=\"x\",to=\"b\",state=\"down\"} 1\n"
               "# HELP udptui_now Now.\n");
    metrics_page_free(&page);
}

/* A text that does not fit is measured, at every size. */
static void a_text_is_measured(void **state)
{
    struct metrics_source source = {.command = "x"};
    struct metrics_page page = {.count = 0};

    (void)state;
    fill_page(&page);
    size_t length = metrics_write(&source, &page, METRICS_OPENMETRICS, text, sizeof text);
    for (size_t size = 0; size <= length + 1; size += 7) {
        char *small = malloc(size + 1);
        assert_non_null(small);
        assert_int_equal(metrics_write(&source, &page, METRICS_OPENMETRICS, small, size), length);
        free(small);
    }
    metrics_page_clear(&page);
    assert_true(metrics_write(&source, &page, METRICS_OPENMETRICS, text, sizeof text) < length);
    metrics_page_free(&page);
}

/* ---- the choice */

static void the_preferred_format_is_chosen(void **state)
{
    static const struct {
        const char *accept;
        enum metrics_format format;
    } cases[] = {
        {NULL, METRICS_PROMETHEUS},
        {"", METRICS_PROMETHEUS},
        {"*/*", METRICS_PROMETHEUS},
        {"text/html,application/xhtml+xml,*/*;q=0.8", METRICS_PROMETHEUS},
        {"application/openmetrics-text", METRICS_OPENMETRICS},
        {"Application/OpenMetrics-Text; version=1.0.0", METRICS_OPENMETRICS},
        {"application/openmetrics-textual", METRICS_PROMETHEUS},
        {"application/openmetrics", METRICS_PROMETHEUS},
        {"application/openmetrics-text;q=0", METRICS_PROMETHEUS},
        {"application/openmetrics-text;q=0.3,text/plain;q=0.4", METRICS_PROMETHEUS},
        {"application/openmetrics-text;q=0.4, text/plain;version=0.0.4;q=0.3", METRICS_OPENMETRICS},
        {"text/plain;q=0.30,application/openmetrics-text;q=0.301", METRICS_OPENMETRICS},
        {"text/plain, application/openmetrics-text", METRICS_PROMETHEUS},
        /* Prometheus 2.42 and 3.0 */
        {"application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q="
         "0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
         METRICS_OPENMETRICS},
        {"application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/"
         "openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q="
         "0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
         METRICS_OPENMETRICS},
        {",,;;q=,=q,;q=9", METRICS_PROMETHEUS},
        {"application/openmetrics-text;q=", METRICS_PROMETHEUS},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        if (metrics_choose_format(cases[i].accept) != cases[i].format)
            fail_msg("%s", cases[i].accept);
}

static void any_header_gives_a_format(void **state)
{
    static const char letters[] = "aq=;, .0129*/\ttext/plain";
    char accept[64];

    (void)state;
    srand(1);
    for (int i = 0; i < 20000; i++) {
        size_t length = (size_t)rand() % sizeof accept;
        for (size_t j = 0; j < length; j++)
            accept[j] = letters[(size_t)rand() % (sizeof letters - 1)];
        accept[length < sizeof accept ? length : sizeof accept - 1] = '\0';
        assert_true(metrics_choose_format(accept) < METRICS_FORMATS);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(each_kind_of_figure_has_its_form),
    cmocka_unit_test(openmetrics_names_families_and_units),
    cmocka_unit_test(the_longest_text_fits),
    cmocka_unit_test(each_family_is_described_once),
    cmocka_unit_test(a_text_is_measured),
    cmocka_unit_test(a_name_means_the_same_in_each_table),
    cmocka_unit_test(every_figure_is_a_metric),
    cmocka_unit_test(the_preferred_format_is_chosen),
    cmocka_unit_test(any_header_gives_a_format),
};

const struct suite suite_metrics = {
    .name = "metrics", .tests = tests, .count = sizeof tests / sizeof *tests};
