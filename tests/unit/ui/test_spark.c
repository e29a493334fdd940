/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* spark: the newest second at the right, heights in proportion, and what is not 0 is visible. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/ui/spark.h"

static uint64_t count_of(const void *context, int age_s)
{
    const uint64_t *counts = context;

    return counts[age_s];
}

static const char *drawn(const struct spark *spark, int width)
{
    static char text[256];
    struct frame *frame = frame_open();

    assert_true(frame_resize(frame, 1, 12));
    frame_put(frame, 0, 0, 12, STYLE_NORMAL, "[");
    spark_draw(spark, frame, 0, 1, width);
    frame_put(frame, 0, width + 1, 12, STYLE_NORMAL, "]");
    frame_to_text(frame, text, sizeof text);
    frame_close(frame);
    return text;
}

static void heights_are_in_proportion(void **state)
{
    static const uint64_t counts[] = {0, 1, 20, 40, 60, 80, 100, 119, 120};
    const struct spark ascii = {
        .count = count_of, .context = counts, .top = 120, .charset = TEXT_ASCII};
    struct spark utf8 = ascii;

    (void)state;
    assert_string_equal(drawn(&ascii, 9), "[#**+=-:. ]\n");
    utf8.charset = TEXT_UTF8;
    utf8.context = counts + 7;
    assert_string_equal(drawn(&utf8, 2), "[\xe2\x96\x87\xe2\x96\x86]\n");
}

static void the_newest_second_is_at_the_right(void **state)
{
    static const uint64_t counts[] = {9, 9, 0, 1, 9};
    const struct spark spark = {
        .count = count_of, .context = counts, .top = 9, .newest_s = 2, .charset = TEXT_ASCII};

    (void)state;
    assert_string_equal(drawn(&spark, 3), "[#. ]\n");
    assert_string_equal(drawn(&spark, 0), "[]\n");
}

static void the_top_is_that_of_what_is_drawn(void **state)
{
    static const uint64_t counts[] = {99, 3, 7, 5, 88};
    const struct spark spark = {.count = count_of, .context = counts, .newest_s = 1};

    (void)state;
    assert_int_equal(spark_top(&spark, 0), 0);
    assert_int_equal(spark_top(&spark, 1), 3);
    assert_int_equal(spark_top(&spark, 3), 7);
    assert_int_equal(spark_top(&spark, 4), 88);
}

/* Also beside a top so great that the smallest bar would have no height, and above the top. */
static void what_is_not_0_is_visible(void **state)
{
    static const uint64_t counts[] = {1, UINT64_MAX, 0};
    struct spark spark = {
        .count = count_of, .context = counts, .top = UINT64_MAX, .charset = TEXT_ASCII};

    (void)state;
    assert_string_equal(drawn(&spark, 3), "[ #.]\n");
    spark.top = 0;
    assert_string_equal(drawn(&spark, 3), "[ ##]\n");
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(heights_are_in_proportion),
    cmocka_unit_test(the_newest_second_is_at_the_right),
    cmocka_unit_test(the_top_is_that_of_what_is_drawn),
    cmocka_unit_test(what_is_not_0_is_visible),
};

const struct suite suite_spark = {
    .name = "spark", .tests = tests, .count = sizeof tests / sizeof *tests};
