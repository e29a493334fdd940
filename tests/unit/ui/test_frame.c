/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* frame: clipping, wide characters and their halves, marks, and what may never get in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/ui/frame.h"

#define WIDE     "\xe4\xbd\xa0" /* you, 2 columns */
#define ELLIPSIS "\xe2\x80\xa6"

static int set_up(void **state)
{
    struct frame *frame = frame_open();

    *state = frame;
    return frame != NULL && frame_resize(frame, 3, 8) ? 0 : -1;
}

static int tear_down(void **state)
{
    frame_close(*state);
    return 0;
}

static void expect(const struct frame *frame, const char *expected)
{
    char text[256];

    assert_int_equal(frame_to_text(frame, text, sizeof text), strlen(expected));
    assert_string_equal(text, expected);
}

static void blank_after_resize(void **state)
{
    struct frame *frame = *state;

    frame_put(frame, 1, 0, 8, STYLE_HELD, "gone");
    assert_true(frame_resize(frame, 2, 4));
    expect(frame, "\n\n");
    assert_int_equal(frame_rows(frame), 2);
    assert_int_equal(frame_columns(frame), 4);
    assert_int_equal(frame_cell(frame, 1, 3)->style, STYLE_NORMAL);
}

/* 8 columns. */
static void puts_whole_items(void **state)
{
    struct frame *frame = *state;

    assert_int_equal(frame_put_items(frame, 0, 0, 8, STYLE_NORMAL, "a 1  b 2"), 8);
    assert_int_equal(frame_put_items(frame, 1, 1, 8, STYLE_NORMAL, "a 1  b 2"), 4);
    assert_int_equal(frame_put_items(frame, 2, 5, 8, STYLE_NORMAL, WIDE WIDE "  b"), 5);
    expect(frame, "a 1  b 2\n a 1\n\n");
    assert_int_equal(frame_put_items(frame, 2, 9, 8, STYLE_NORMAL, "a"), 9);
    assert_int_equal(frame_put_items(frame, 2, 0, 8, STYLE_NORMAL, ""), 0);
}

static void clips(void **state)
{
    struct frame *frame = *state;

    assert_int_equal(frame_put(frame, 0, 0, 3, STYLE_NORMAL, "abcdef"), 3);
    assert_int_equal(frame_put(frame, 1, 6, 100, STYLE_NORMAL, "abcdef"), 8);
    assert_int_equal(frame_put(frame, 2, 2, 2, STYLE_NORMAL, "x"), 2);
    expect(frame, "abc\n      ab\n\n");
}

static void outside(void **state)
{
    struct frame *frame = *state;

    frame_put(frame, -1, 0, 8, STYLE_NORMAL, "x");
    frame_put(frame, 3, 0, 8, STYLE_NORMAL, "x");
    frame_put(frame, 0, -1, 8, STYLE_NORMAL, "x");
    frame_put(frame, 0, 8, 9, STYLE_NORMAL, "x");
    frame_fill(frame, 0, 9, 12, STYLE_NORMAL, "x");
    frame_mark(frame, 5, 0, 8, MARK_SELECTED);
    frame_put_right(frame, 0, 0, 0, STYLE_NORMAL, TEXT_UTF8, "x");
    expect(frame, "\n\n\n");
}

static void wide_at_the_edge(void **state)
{
    struct frame *frame = *state;

    frame_put(frame, 0, 0, 3, STYLE_NORMAL, "a" WIDE "b");
    frame_put(frame, 1, 7, 8, STYLE_NORMAL, WIDE);
    expect(frame, "a" WIDE "\n\n\n");
    assert_int_equal(frame_cell(frame, 0, 1)->columns, 2);
    assert_int_equal(frame_cell(frame, 0, 2)->columns, 0);
}

static void halves_are_blanked(void **state)
{
    struct frame *frame = *state;

    frame_put(frame, 0, 2, 4, STYLE_NORMAL, WIDE);
    frame_put(frame, 0, 3, 4, STYLE_NORMAL, "r"); /* over the right half */
    frame_put(frame, 1, 2, 4, STYLE_NORMAL, WIDE);
    frame_put(frame, 1, 2, 3, STYLE_NORMAL, "l"); /* over the left half */
    frame_put(frame, 2, 1, 5, STYLE_NORMAL, WIDE WIDE);
    frame_put(frame, 2, 2, 4, STYLE_NORMAL, WIDE); /* over a half of each */
    expect(frame, "   r\n  l\n  " WIDE "\n");
    for (int row = 0; row < 3; row++)
        for (int column = 0; column < 8; column++)
            if (frame_cell(frame, row, column)->columns == 0)
                assert_int_equal(frame_cell(frame, row, column - 1)->columns, 2);
}

static void left_and_right(void **state)
{
    struct frame *frame = *state;

    frame_put(frame, 0, 0, 8, STYLE_NORMAL, "xxxxxxxx");
    frame_put_left(frame, 0, 1, 4, STYLE_NORMAL, TEXT_UTF8, "ab");
    frame_put(frame, 1, 0, 8, STYLE_NORMAL, "xxxxxxxx");
    frame_put_right(frame, 1, 1, 4, STYLE_NORMAL, TEXT_UTF8, "ab");
    frame_put_right(frame, 2, 0, 4, STYLE_NORMAL, TEXT_UTF8, "abcdef");
    expect(frame, "xab  xxx\nx  abxxx\nabc" ELLIPSIS "\n");
}

static void combining_marks_share_a_cell(void **state)
{
    struct frame *frame = *state;

    assert_int_equal(frame_put(frame, 0, 0, 8, STYLE_NORMAL, "e\xcc\x81x"), 2);
    assert_int_equal(frame_cell(frame, 0, 0)->length_bytes, 3);
    expect(frame, "e\xcc\x81x\n\n\n");
}

/* No caller puts such text; a mistake must not reach the terminal either. */
static void controls_never_get_in(void **state)
{
    struct frame *frame = *state;

    frame_put(frame, 0, 0, 8, STYLE_NORMAL, "a\x1b[1m\r\n\x7f");
    frame_put(frame, 1, 0, 8, STYLE_NORMAL,
              "\xc2\x9b"
              "1m\xff\x80");
    expect(frame, "a?[1m???\n?1m??\n\n");
}

static void styles_and_marks(void **state)
{
    struct frame *frame = *state;

    frame_put(frame, 0, 0, 8, STYLE_HELD, "held");
    frame_mark(frame, 0, 2, 6, MARK_SELECTED);
    frame_put(frame, 0, 2, 3, STYLE_ACKED, "x");
    assert_int_equal(frame_cell(frame, 0, 1)->style, STYLE_HELD);
    assert_int_equal(frame_cell(frame, 0, 1)->mark, MARK_NONE);
    assert_int_equal(frame_cell(frame, 0, 2)->style, STYLE_ACKED);
    assert_int_equal(frame_cell(frame, 0, 2)->mark, MARK_SELECTED);
    assert_int_equal(frame_cell(frame, 0, 6)->mark, MARK_NONE);
}

static void equal_cells_are_equal_bytes(void **state)
{
    struct frame *frame = *state;

    frame_put(frame, 0, 0, 8, STYLE_NORMAL, "e\xcc\x81");
    frame_put(frame, 0, 0, 8, STYLE_NORMAL, "a");
    frame_put(frame, 0, 1, 8, STYLE_NORMAL, "a");
    assert_memory_equal(frame_cell(frame, 0, 0), frame_cell(frame, 0, 1), sizeof(struct cell));
}

static void cursor(void **state)
{
    struct frame *frame = *state;
    int row, column;

    assert_false(frame_cursor(frame, &row, &column));
    frame_set_cursor(frame, 2, 7);
    assert_true(frame_cursor(frame, &row, &column));
    assert_int_equal(row, 2);
    assert_int_equal(column, 7);
    frame_set_cursor(frame, 2, 8);
    assert_false(frame_cursor(frame, &row, &column));
}

static void text_is_cut(void **state)
{
    struct frame *frame = *state;
    char text[4];

    frame_put(frame, 0, 0, 8, STYLE_NORMAL, "abcdef");
    assert_int_equal(frame_to_text(frame, text, sizeof text), 9);
    assert_string_equal(text, "abc");
}

static void no_room_at_all(void **state)
{
    struct frame *frame = *state;

    assert_true(frame_resize(frame, 0, 80));
    assert_int_equal(frame_rows(frame), 0);
    assert_true(frame_resize(frame, -1, -1));
    frame_put(frame, 0, 0, 8, STYLE_NORMAL, "x");
    expect(frame, "");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static const struct CMUnitTest tests[] = {
    CASE(blank_after_resize),
    CASE(clips),
    CASE(puts_whole_items),
    CASE(outside),
    CASE(wide_at_the_edge),
    CASE(halves_are_blanked),
    CASE(left_and_right),
    CASE(combining_marks_share_a_cell),
    CASE(controls_never_get_in),
    CASE(styles_and_marks),
    CASE(equal_cells_are_equal_bytes),
    CASE(cursor),
    CASE(text_is_cut),
    CASE(no_room_at_all),
};

const struct suite suite_frame = {
    .name = "frame", .tests = tests, .count = sizeof tests / sizeof *tests};
