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

static char text[METRICS_TEXT_SIZE];

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
    "# HELP udptui_some_few_at_least 1: that count may be too low.\n"
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

static struct metrics_source source_of(const struct figures *figures)
{
    return (struct metrics_source){.figures = figures,
                                   .command = "serve",
                                   .listening = "a\"b\\c",
                                   .started_ns = INT64_C(1700000000000000001),
                                   .failures = 4};
}

static void each_kind_of_figure_has_its_form(void **state)
{
    struct metrics_source source = source_of(&table);
    size_t length = metrics_write(&source, &summary, METRICS_PROMETHEUS, text);

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
    struct metrics_source source = source_of(&table);
    size_t length = metrics_write(&source, &summary, METRICS_OPENMETRICS, text);

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
        struct metrics_source source = source_of(tables[i]);
        memset(source.listening, '"', sizeof source.listening - 1);
        assert_true(metrics_write(&source, &totals, METRICS_OPENMETRICS, text) < METRICS_TEXT_SIZE);
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
    cmocka_unit_test(a_name_means_the_same_in_each_table),
    cmocka_unit_test(every_figure_is_a_metric),
    cmocka_unit_test(the_preferred_format_is_chosen),
    cmocka_unit_test(any_header_gives_a_format),
};

const struct suite suite_metrics = {
    .name = "metrics", .tests = tests, .count = sizeof tests / sizeof *tests};
