/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* large: figures in large digits at any size, and the rest of the screen below them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/base/array.h"
#include "udptui/ui/banner.h"
#include "udptui/ui/large.h"
#include "udptui/ui/small.h"

enum { TEXT = 1 << 16 };

static char text[TEXT];

static const char *drawn(const struct large_figures *figures, int rows, int columns, bool alone)
{
    struct frame *frame = frame_open();

    assert_true(frame_resize(frame, rows, columns));
    large_draw(frame, figures, alone);
    assert_true(frame_to_text(frame, text, sizeof text) < sizeof text);
    frame_close(frame);
    return text;
}

static void a_count_and_its_label(void **state)
{
    struct large_figures figures = {.charset = TEXT_ASCII};

    (void)state;
    large_add_count(&figures, "sent", 12);
    assert_string_equal(drawn(&figures, 7, 24, false), "      ##    ########\n"
                                                       "    ####          ##\n"
                                                       "      ##    ########\n"
                                                       "      ##    ##\n"
                                                       "    ######  ########\n"
                                                       "          sent\n"
                                                       "\n");
}

static void large_counts_are_short(void **state)
{
    static const struct {
        uint64_t count;
        const char *figure;
    } rows[] = {{0, "0"},
                {9999999, "9999999"},
                {10000000, "10.0M"},
                {1234567890, "1.2G"},
                {UINT64_MAX, "18.4E"}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct large_figures figures = {.count = 0};
        large_add_count(&figures, "", rows[i].count);
        assert_string_equal(figures.each[0].figure, rows[i].figure);
        assert_true(banner_text_columns(figures.each[0].figure) > 0);
    }
}

/* Every label is there at some size; alone, at all sizes of a screen; nothing is cut. */
static void what_does_not_fit_is_in_words(void **state)
{
    struct large_figures figures = {.charset = TEXT_UTF8};
    struct large_rest rest;

    (void)state;
    large_add_count(&figures, "messages", 123456);
    large_add_count(&figures, "acked", 9999999);
    large_add(&figures, "loss", "0.01%");
    large_add(&figures, "latest, ms", "-");
    large_add(&figures, "too many", "1");
    assert_int_equal(figures.count, LARGE_FIGURES_MAX);
    for (int columns = SMALL_COLUMNS; columns < 200; columns += 7)
        for (size_t i = 0; i < figures.count; i++)
            assert_non_null(strstr(drawn(&figures, 12, columns, true), figures.each[i].label));
    assert_true(large_leaves(24, 80, &rest));
    assert_int_equal(rest.columns, 72);
    assert_int_equal(rest.row + rest.rows, 24);
    assert_true(large_leaves(17, 40, &rest));
    assert_false(large_leaves(16, 80, &rest));
    assert_false(large_leaves(10, 40, &rest));
}

static void any_size(void **state)
{
    struct large_figures figures = {.charset = TEXT_ASCII};

    (void)state;
    for (int i = 0; i < LARGE_FIGURES_MAX; i++) {
        large_add_count(&figures, "a label", 1U << (6 * i));
        for (int rows = 1; rows < 12; rows++)
            for (int columns = 1; columns < 130; columns += 3)
                drawn(&figures, rows, columns, rows % 2 > 0);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_count_and_its_label),
    cmocka_unit_test(large_counts_are_short),
    cmocka_unit_test(what_does_not_fit_is_in_words),
    cmocka_unit_test(any_size),
};

const struct suite suite_large = {.name = "large", .tests = tests, .count = COUNT_OF(tests)};
