/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* chart: as text, at fixed sizes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"
#include "udptui/ui/chart.h"

struct points {
    const int64_t *values; /* the newest last; 0: lost, below 0: nothing */
    size_t count;
};

static struct chart_point point_of(const void *context, size_t age)
{
    const struct points *points = context;

    if (age >= points->count || points->values[points->count - 1 - age] < 0)
        return (struct chart_point){.kind = CHART_NOTHING};
    int64_t value = points->values[points->count - 1 - age];
    return (struct chart_point){.value = value, .kind = value == 0 ? CHART_LOST : CHART_VALUE};
}

static const char *format_plain(int64_t value, char *out, size_t size_bytes)
{
    snprintf(out, size_bytes, "%lld", (long long)value);
    return out;
}

static struct chart chart_of(const struct points *points, enum text_charset charset)
{
    return (struct chart){
        .point = point_of, .context = points, .format = format_plain, .charset = charset};
}

static void assert_shows(const struct chart *chart, int rows, int columns, const char *expected)
{
    struct frame *frame = frame_open();
    char text[4096];

    assert_true(frame_resize(frame, rows, columns));
    chart_draw(chart, frame, 0, 0, rows, columns);
    frame_to_text(frame, text, sizeof text);
    assert_string_equal(text, expected);
    frame_close(frame);
}

static void dots_in_ascii(void **state)
{
    static const int64_t values[] = {40, 30, 20, 10, 0, 40};
    const struct points points = {.values = values, .count = 6};
    const struct chart chart = chart_of(&points, TEXT_ASCII);

    (void)state;
    assert_int_equal(chart_capacity(&chart, 19), 6);
    assert_shows(&chart, 5, 19,
                 "          40 *    *\n"
                 "              *\n"
                 "               *\n"
                 "                *\n"
                 "           0     x\n");
}

static void dots_in_braille(void **state)
{
    static const int64_t values[] = {70, 60, 50, 40, 30, 20, 10, 70};
    const struct points points = {.values = values, .count = 8};
    const struct chart chart = chart_of(&points, TEXT_UTF8);

    (void)state;
    assert_int_equal(chart_capacity(&chart, 17), 8);
    /* heights 7 6, 5 4, 3 2, 1 7 of 0 .. 7 */
    assert_shows(&chart, 2, 17,
                 "          70 \xe2\xa0\x91\xe2\xa2\x84 \xe2\xa0\x88\n"
                 "           0   \xe2\xa0\x91\xe2\xa0\x84\n");
}

static void a_line_runs_behind_the_dots(void **state)
{
    static const int64_t values[] = {10, 20, 10};
    const struct points points = {.values = values, .count = 3};
    struct chart chart = chart_of(&points, TEXT_ASCII);

    (void)state;
    chart.lines[0] = (struct chart_line){.name = "p50 ", .value = 10};
    chart.lines[1] = (struct chart_line){.name = "far ", .value = 1000};
    assert_shows(&chart, 3, 18,
                 "          20    *\n"
                 "      p50 10 --*-*\n"
                 "           0\n");
}

static void a_logarithmic_scale(void **state)
{
    static const int64_t values[] = {1, 10, 100, 1000};
    const struct points points = {.values = values, .count = 4};
    struct chart chart = chart_of(&points, TEXT_ASCII);

    (void)state;
    chart.logarithmic = true;
    assert_shows(&chart, 4, 17,
                 "        1000    *\n"
                 "               *\n"
                 "              *\n"
                 "           1 *\n");
}

static void no_points_and_no_room(void **state)
{
    const struct points points = {.count = 0};
    struct chart chart = chart_of(&points, TEXT_UTF8);

    (void)state;
    assert_shows(&chart, 2, 15, "\n\n");
    chart.logarithmic = true;
    assert_shows(&chart, 2, 15, "\n\n");
    assert_shows(&chart, 1, 15, "\n");
    assert_shows(&chart, 4, 13, "\n\n\n\n");
    assert_int_equal(chart_capacity(&chart, 12), 0);
}

static void equal_values(void **state)
{
    static const int64_t values[] = {7, 7};
    const struct points points = {.values = values, .count = 2};
    struct chart chart = chart_of(&points, TEXT_ASCII);

    (void)state;
    assert_shows(&chart, 3, 15,
                 "           7 **\n\n"
                 "           0\n");
    chart.logarithmic = true;
    assert_shows(&chart, 3, 15,
                 "          15\n\n"
                 "           7 **\n");
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(dots_in_ascii),
    cmocka_unit_test(dots_in_braille),
    cmocka_unit_test(a_line_runs_behind_the_dots),
    cmocka_unit_test(a_logarithmic_scale),
    cmocka_unit_test(no_points_and_no_room),
    cmocka_unit_test(equal_values),
};

const struct suite suite_chart = {
    .name = "chart", .tests = tests, .count = sizeof tests / sizeof *tests};
