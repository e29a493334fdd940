/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* figure: each unit gives its value, or is known not to have one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/base/array.h"
#include "udptui/base/units.h"
#include "udptui/proto/counts.h"
#include "udptui/proto/figure.h"

struct figure_summary {
    uint64_t sent;
    bool more;
    uint32_t few;
    uint64_t by_state[2];
    struct counts held;
    int64_t waited_ns, rtt_ns;
    double rate, bit_rate, percent;
};

static uint64_t figure_twice_sent(const void *summary)
{
    return 2 * ((const struct figure_summary *)summary)->sent;
}

static double figure_half_rate(const void *summary)
{
    return ((const struct figure_summary *)summary)->rate / 2;
}

static bool figure_is_relayed(const void *summary)
{
    return ((const struct figure_summary *)summary)->few > 0;
}

#define FIGURE_AT(name) offsetof(struct figure_summary, name)

static const struct figure_name states[] = {{"up", "up", false}, {"down", "down", true}};

static const struct figure figure_rows[] = {
    {.key = "sent", .unit = FIGURE_COUNT, .offset = FIGURE_AT(sent), .at_least = FIGURE_AT(more)},
    {.key = "few", .unit = FIGURE_COUNT_32, .offset = FIGURE_AT(few)},
    {.unit = FIGURE_COUNTS, .offset = FIGURE_AT(by_state), .names = states, .name_count = 2},
    {.key = "held", .unit = FIGURE_HELD, .offset = FIGURE_AT(held)},
    {.key = "more", .unit = FIGURE_FLAG, .offset = FIGURE_AT(more)},
    {.key = "twice", .unit = FIGURE_COUNT, .count = figure_twice_sent},
    {.key = "waited_ns", .unit = FIGURE_TIME, .offset = FIGURE_AT(waited_ns)},
    {.key = "rtt_ns", .unit = FIGURE_RTT, .offset = FIGURE_AT(rtt_ns)},
    {.key = "rate", .unit = FIGURE_RATE, .offset = FIGURE_AT(rate)},
    {.key = "half", .unit = FIGURE_RATE, .real = figure_half_rate, .applies = figure_is_relayed},
    {.key = "bits", .unit = FIGURE_BIT_RATE, .offset = FIGURE_AT(bit_rate)},
    {.key = "percent", .unit = FIGURE_PERCENT, .offset = FIGURE_AT(percent)},
};

static const struct figures all_figures = {figure_rows, COUNT_OF(figure_rows)};

/* How many of the rows are counts, which are known in any case. */
enum { FIGURES_OF_COUNTS = 6 };

static void figure_expect(const struct figure_summary *summary, const char *const *texts)
{
    char text[UNITS_TEXT_SIZE];

    for (size_t i = 0; i < COUNT_OF(figure_rows); i++)
        assert_string_equal(figure_format(&figure_rows[i], summary, text, sizeof text), texts[i]);
}

static void test_values_of_each_unit(void **state)
{
    const struct figure_summary summary = {.sent = 3,
                                           .more = true,
                                           .few = 4,
                                           .by_state = {5, 6},
                                           .held.held = {1, 2},
                                           .waited_ns = 0,
                                           .rtt_ns = 1250000,
                                           .rate = 4100000,
                                           .bit_rate = 820,
                                           .percent = 25};
    static const char *const texts[] = {"3",        "4",        "11",        "3",
                                        "1",        "6",        "0 ns",      "1.25 ms",
                                        "4.10 M/s", "2.05 M/s", "820 bit/s", "25.0%"};

    (void)state;
    figure_expect(&summary, texts);
    assert_ptr_equal(figure_held(&figure_rows[3], &summary), &summary.held);
    for (size_t i = 0; i < COUNT_OF(figure_rows); i++) {
        assert_true(figure_is_known(&figure_rows[i], &summary));
        assert_true(figure_applies(&figure_rows[i], &summary));
        assert_int_equal(figure_is_floor(&figure_rows[i], &summary), i == 0);
    }
}

static void test_what_is_not_known(void **state)
{
    const struct figure_summary summary = {
        .waited_ns = -1, .rtt_ns = INT64_MIN, .rate = -1, .bit_rate = -0.5, .percent = -1};
    static const char *const texts[] = {"0", "0", "0", "0", "0", "0", "-", "-", "-", "-", "-", "-"};

    (void)state;
    figure_expect(&summary, texts);
    for (size_t i = 0; i < COUNT_OF(figure_rows); i++) {
        assert_int_equal(figure_is_known(&figure_rows[i], &summary), i < FIGURES_OF_COUNTS);
        assert_int_equal(figure_applies(&figure_rows[i], &summary), figure_rows[i].applies == NULL);
        assert_false(figure_is_floor(&figure_rows[i], &summary));
    }
}

static void test_rows_by_key(void **state)
{
    (void)state;
    assert_ptr_equal(figures_find(&all_figures, "sent_and_more", 4), &figure_rows[0]);
    assert_ptr_equal(figures_find(&all_figures, "percent", 7), &figure_rows[11]);
    assert_null(figures_find(&all_figures, "sent", 3));
    assert_null(figures_find(&all_figures, "up", 2)); /* a name of counts is no key */
    assert_null(figures_find(&all_figures, "", 0));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_values_of_each_unit),
    cmocka_unit_test(test_what_is_not_known),
    cmocka_unit_test(test_rows_by_key),
};

const struct suite suite_figure = {
    .name = "figure", .tests = tests, .count = sizeof tests / sizeof *tests};
