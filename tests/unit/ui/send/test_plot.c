/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plot: which results are points, which are marks, and the drawing of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../suite.h"

#include "../../../../src/ui/send/plot_internal.h"

static struct chart_points *points_of(const struct result *results, size_t count)
{
    struct chart_points *points = calloc(1, sizeof *points);

    assert_non_null(points);
    for (size_t i = 0; i < count; i++)
        plot_add_result(points, &results[i]);
    return points;
}

static void results_are_points_or_marks(void **state)
{
    static const struct result results[] = {
        {.status = RESULT_ACKED, .seq = 1, .rtt_ns = 500},
        {.status = RESULT_TIMEOUT, .seq = 2, .rtt_ns = -1},
        {.status = RESULT_REFUSED, .seq = 3, .rtt_ns = -1},
        {.status = RESULT_ACKED, .seq = 4, .rtt_ns = 700, .ambiguous = true},
        {.status = RESULT_TIMEOUT, .seq = 5, .rtt_ns = -1},
        {.status = RESULT_LATE, .seq = 5, .rtt_ns = 9000},
        {.status = RESULT_ACKED, .seq = 7, .rtt_ns = 0},
        {.status = RESULT_DUPLICATE, .seq = 7, .rtt_ns = 50},
        {.status = RESULT_UNSOLICITED, .rtt_ns = -1},
    };
    static const struct chart_point expected[] = {
        {.kind = CHART_NOTHING}, {.value = 500, .kind = CHART_VALUE},
        {.kind = CHART_LOST},    {.kind = CHART_LOST},
        {.kind = CHART_NOTHING}, {.value = 9000, .kind = CHART_VALUE},
        {.kind = CHART_NOTHING}, {.value = 1, .kind = CHART_VALUE},
    };
    struct chart_points *points = points_of(results, sizeof results / sizeof *results);

    (void)state;
    assert_int_equal(points->end, 8);
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        struct chart_point point = chart_points_at(points, points->end - 1 - i);
        assert_int_equal(point.kind, expected[i].kind);
        assert_int_equal(point.value, expected[i].value);
    }
    free(points);
}

static void times_that_are_withdrawn_are_no_points(void **state)
{
    static const struct result results[] = {
        {.status = RESULT_ACKED, .seq = 1, .rtt_ns = 100},
        {.status = RESULT_ACKED, .seq = 2, .rtt_ns = 200, .provisional = true},
        {.status = RESULT_TIMEOUT, .seq = 3, .rtt_ns = -1},
        {.status = RESULT_UNCERTAIN, .seq = 2, .last_seq = 3, .rtt_ns = -1},
    };
    struct chart_points *points = points_of(results, sizeof results / sizeof *results);

    (void)state;
    assert_int_equal(chart_points_at(points, 2).kind, CHART_VALUE);
    assert_int_equal(chart_points_at(points, 1).kind, CHART_NOTHING);
    assert_int_equal(chart_points_at(points, 0).kind, CHART_LOST);
    free(points);
}

static void the_chart_has_values_marks_and_lines(void **state)
{
    static const struct result results[] = {
        {.status = RESULT_ACKED, .seq = 1, .rtt_ns = 1000},
        {.status = RESULT_TIMEOUT, .seq = 2, .rtt_ns = -1},
        {.status = RESULT_ACKED, .seq = 3, .rtt_ns = 3000},
    };
    const struct send_totals totals = {.rtt_p50_ns = 1500, .rtt_p99_ns = -1};
    struct chart_points *points = points_of(results, 3);
    struct frame *frame = frame_open();
    char text[1024];

    (void)state;
    assert_non_null(frame);
    assert_true(frame_resize(frame, 5, 20));
    plot_draw(points, &totals, TEXT_ASCII, frame);
    frame_to_text(frame, text, sizeof text);
    assert_string_equal(text, " Round-trip times of\n"
                              "     3.00 us      *\n"
                              " p50 1.50 us ------\n"
                              "                *\n"
                              "           0     x\n");
    frame_close(frame);
    free(points);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(results_are_points_or_marks),
    cmocka_unit_test(times_that_are_withdrawn_are_no_points),
    cmocka_unit_test(the_chart_has_values_marks_and_lines),
};

const struct suite suite_send_plot = {
    .name = "send_plot", .tests = tests, .count = sizeof tests / sizeof *tests};
