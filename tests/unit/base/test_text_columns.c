/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* text: cells, widths, and cutting and padding to a width. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "../judge.h"
#include "udptui/base/text.h"

#define ACUTE "\xcc\x81"

#define WIDE "\xe4\xb8\xad" /* a Chinese character, two columns */

static void test_cells(void **state)
{
    const char *cursor = "ae" ACUTE ACUTE WIDE ACUTE "\xe0\xa4\x95\xe0\xa4\xbe";
    static const struct {
        uint8_t length_bytes, columns;
    } wanted[] = {{1, 1}, {5, 1}, {5, 2}, {3, 1}, {3, 1}};
    struct text_cell cell;

    (void)state;
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        const char *before = cursor;
        assert_true(text_next(&cursor, &cell));
        assert_ptr_equal(cell.bytes, before);
        assert_int_equal(cell.length_bytes, wanted[i].length_bytes);
        assert_int_equal(cell.columns, wanted[i].columns);
    }
    assert_false(text_next(&cursor, &cell));
    assert_false(text_next(&cursor, &cell));
}

static void test_columns(void **state)
{
    (void)state;
    assert_int_equal(text_columns(""), 0);
    assert_int_equal(text_columns("hello"), 5);
    assert_int_equal(text_columns("e" ACUTE), 1);
    assert_int_equal(text_columns(WIDE WIDE "x"), 5);
    assert_int_equal(text_columns("\xe2\x96\x81\xe2\x96\x82"), 2); /* a chart's blocks */
    assert_int_equal(text_columns("\xf0\x9f\x98\x80"), 2);
}

/* A fifth mark, which text_render never leaves, is a cell of its own: a cell's size is bounded. */
static void test_a_cell_has_four_marks(void **state)
{
    const char *cursor = "e" ACUTE ACUTE ACUTE ACUTE ACUTE "f";
    static const uint8_t lengths[] = {9, 2, 1};
    struct text_cell cell;

    (void)state;
    for (size_t i = 0; i < sizeof lengths; i++) {
        assert_true(text_next(&cursor, &cell));
        assert_int_equal(cell.length_bytes, lengths[i]);
        assert_int_equal(cell.columns, 1);
    }
    assert_false(text_next(&cursor, &cell));
}

/* Not what text_render makes, but nothing may go wrong: it ends, and each byte counts. */
static void test_columns_of_broken_text(void **state)
{
    (void)state;
    assert_int_equal(text_columns("\xe2\x82"), 2);
    assert_int_equal(text_columns("\xff\xff\xff"), 3);
    assert_int_equal(text_columns(ACUTE "e"), 2);
}

static void test_fit(void **state)
{
    static const struct {
        const char *safe;
        size_t columns;
        const char *utf8, *ascii;
    } cases[] = {
        {"", 0, "", ""},
        {"", 3, "   ", "   "},
        {"abc", 0, "", ""},
        {"abc", 1, "\xe2\x80\xa6", "~"},
        {"abc", 2, "a\xe2\x80\xa6", "a~"},
        {"abc", 3, "abc", "abc"},
        {"abc", 5, "abc  ", "abc  "},
        {WIDE, 1, "\xe2\x80\xa6", "~"},
        {WIDE, 2, WIDE, WIDE},
        {WIDE, 3, WIDE " ", WIDE " "},
        {WIDE WIDE, 2, " \xe2\x80\xa6", " ~"}, /* no half of it */
        {WIDE WIDE, 3, WIDE "\xe2\x80\xa6", WIDE "~"},
        {"a" WIDE, 2, "a\xe2\x80\xa6", "a~"},
        {"ab" WIDE "c", 4, "ab \xe2\x80\xa6", "ab ~"},
        {"e" ACUTE "fg", 2, "e" ACUTE "\xe2\x80\xa6", "e" ACUTE "~"},
        {"e" ACUTE, 1, "e" ACUTE, "e" ACUTE}, /* the mark takes no column */
        {"e" ACUTE, 2, "e" ACUTE " ", "e" ACUTE " "},
    };
    char out[64];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t written = text_fit(out, sizeof out, cases[i].safe, cases[i].columns, TEXT_UTF8);
        assert_string_equal(out, cases[i].utf8);
        assert_int_equal(written, strlen(out));
        assert_int_equal(text_columns(out), cases[i].columns);
        text_fit(out, sizeof out, cases[i].safe, cases[i].columns, TEXT_ASCII);
        assert_string_equal(out, cases[i].ascii);
    }
}

/* Too small a buffer: a beginning of what would have been, whole characters, no hole. */
static void test_fit_in_a_small_buffer(void **state)
{
    char whole[64], out[64];

    (void)state;
    text_fit(whole, sizeof whole, "ab" WIDE "cd" WIDE "efg", 9, TEXT_UTF8);
    for (size_t size = 0; size < sizeof out; size++) {
        memset(out, '#', sizeof out);
        size_t written = text_fit(out, size, "ab" WIDE "cd" WIDE "efg", 9, TEXT_UTF8);
        assert_int_equal(out[size], '#');
        if (size == 0)
            continue;
        assert_int_equal(strlen(out), written);
        assert_memory_equal(out, whole, written);
        judge_safe(out, size - 1, TEXT_UTF8);
    }
    assert_string_equal(out, whole);
}

static void test_fit_fills_exactly(void **state)
{
    uint64_t seed = 4;

    (void)state;
    for (int round = 0; round < 5000; round++) {
        static const char *const parts[] = {"a", "~", WIDE, ("e" ACUTE), "\xf0\x9f\x98\x80"};
        char safe[256] = "", out[512];
        for (uint32_t left = judge_random(&seed) % 30; left > 0; left--)
            strcat(safe, parts[judge_random(&seed) % 5]);
        size_t columns = judge_random(&seed) % 40;
        text_fit(out, sizeof out, safe, columns, TEXT_UTF8);
        assert_int_equal(text_columns(out), columns);
        if (text_columns(safe) <= columns)
            assert_memory_equal(out, safe, strlen(safe));
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_cells),
    cmocka_unit_test(test_a_cell_has_four_marks),
    cmocka_unit_test(test_columns),
    cmocka_unit_test(test_columns_of_broken_text),
    cmocka_unit_test(test_fit),
    cmocka_unit_test(test_fit_in_a_small_buffer),
    cmocka_unit_test(test_fit_fills_exactly),
};

const struct suite suite_text_columns = {
    .name = "text_columns", .tests = tests, .count = sizeof tests / sizeof *tests};
