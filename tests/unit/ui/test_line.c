/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* line: typing and erasing whole characters, and the history against a simple list. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../judge.h"
#include "../suite.h"

#include "udptui/base/array.h"
#include "udptui/ui/line.h"

static void control_characters_are_refused(void **state)
{
    static const int32_t refused[] = {INT32_MIN, -1,   0,    '\n', 0x1b,
                                      0x1f,      0x7f, 0x9b, 0x9f, 0x110000};
    static const int32_t taken[] = {' ', '~', 0xa0, 0x7ff, 0x800, 0xffff, 0x10000, 0x10ffff};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        struct line line = {0};
        assert_false(line_type(&line, LINE_MAX_BYTES, refused[i]));
        assert_int_equal(line.length, 0);
    }
    for (size_t i = 0; i < COUNT_OF(taken); i++) {
        struct line line = {0};
        uint8_t expected[4];
        size_t length = judge_encode((uint32_t)taken[i], expected);
        assert_true(line_type(&line, LINE_MAX_BYTES, taken[i]));
        assert_int_equal(line.length, length);
        assert_memory_equal(line.bytes, expected, length);
        assert_int_equal(line.bytes[length], '\0');
    }
}

/* No half of a character at the end of the room. */
static void a_character_fits_whole_or_not(void **state)
{
    (void)state;
    for (size_t most = 0; most < 12; most++) {
        struct line line = {0};
        while (line_type(&line, most, 0x20ac)) /* three bytes */
            ;
        assert_int_equal(line.length, most / 3 * 3);
        assert_int_equal(strlen(line.bytes), line.length);
        assert_int_equal(line_type(&line, most, 'a'), most % 3 > 0);
    }
}

static void the_longest_line_is_terminated(void **state)
{
    struct line line = {0};

    (void)state;
    while (line_type(&line, LINE_MAX_BYTES, 'a'))
        ;
    assert_int_equal(line.length, LINE_MAX_BYTES);
    assert_int_equal(strlen(line.bytes), LINE_MAX_BYTES);
}

/* Typed and erased again at random: the line is that of a list of characters. */
static void erasing_takes_whole_characters(void **state)
{
    enum { MOST = 40 };
    static const int32_t characters[] = {'a', 0xe4, 0x20ac, 0x1f600};
    uint64_t seed = 1;

    (void)state;
    for (int round = 0; round < 200; round++) {
        struct line line = {0};
        size_t lengths[MOST], count = 0;
        for (int step = 0; step < 100; step++) {
            int32_t character = characters[judge_random(&seed) % COUNT_OF(characters)];
            size_t before = line.length;
            if (judge_random(&seed) % 3 == 0) {
                line_erase(&line);
                assert_int_equal(line.length, before - (count > 0 ? lengths[--count] : 0));
            } else if (line_type(&line, MOST, character)) {
                lengths[count++] = line.length - before;
            }
            assert_int_equal(strlen(line.bytes), line.length);
        }
    }
}

static void a_word_is_erased_with_the_blanks_behind_it(void **state)
{
    static const struct {
        const char *before, *after;
    } rows[] = {{"one two", "one "}, {"one two  ", "one "},   {"one", ""}, {"  ", ""}, {"", ""},
                {"  one", "  "},     {"a \xe2\x82\xac", "a "}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct line line;
        line_set(&line, rows[i].before);
        line_erase_word(&line);
        assert_string_equal(line.bytes, rows[i].after);
        assert_int_equal(line.length, strlen(rows[i].after));
    }
}

/* ---- history */

static void keep(struct line_history *history, const char *text)
{
    struct line line;

    line_set(&line, text);
    line_history_keep(history, &line);
}

static void what_was_typed_comes_back(void **state)
{
    struct line_history history = {0};
    struct line line;

    (void)state;
    line_set(&line, "draft");
    assert_false(line_history_older(&history, &line));
    assert_false(line_history_newer(&history, &line));
    keep(&history, "one");
    keep(&history, "");
    keep(&history, "  ");
    keep(&history, "two");
    assert_int_equal(history.count, 2);
    assert_true(line_history_older(&history, &line));
    assert_string_equal(line.bytes, "two");
    assert_true(line_history_older(&history, &line));
    assert_string_equal(line.bytes, "one");
    assert_false(line_history_older(&history, &line));
    assert_string_equal(line.bytes, "one");
    assert_true(line_history_newer(&history, &line));
    assert_true(line_history_newer(&history, &line));
    assert_string_equal(line.bytes, "draft");
    assert_false(line_history_newer(&history, &line));
    line_history_clear(&history);
    assert_int_equal(history.count, 0);
}

/* Each line once, the newest last, LINE_HISTORY_MAX at most. */
static void the_history_is_that_of_a_simple_list(void **state)
{
    enum { WORDS = LINE_HISTORY_MAX + 20 };
    int list[WORDS];
    size_t count = 0;
    struct line_history history = {0};
    uint64_t seed = 1;

    (void)state;
    for (int round = 0; round < 2000; round++) {
        int word = (int)(judge_random(&seed) % WORDS);
        char text[16];
        size_t at = 0;
        while (at < count && list[at] != word)
            at++;
        if (at == count && count == LINE_HISTORY_MAX)
            at = 0;
        if (at < count)
            memmove(&list[at], &list[at + 1], (--count - at) * sizeof *list);
        list[count++] = word;
        snprintf(text, sizeof text, "w%d", word);
        keep(&history, text);
        struct line line = {0};
        for (size_t back = 1; back <= count; back++) {
            assert_true(line_history_older(&history, &line));
            assert_int_equal(atoi(line.bytes + 1), list[count - back]);
        }
        assert_false(line_history_older(&history, &line));
    }
    line_history_clear(&history);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(control_characters_are_refused),
    cmocka_unit_test(a_character_fits_whole_or_not),
    cmocka_unit_test(the_longest_line_is_terminated),
    cmocka_unit_test(erasing_takes_whole_characters),
    cmocka_unit_test(a_word_is_erased_with_the_blanks_behind_it),
    cmocka_unit_test(what_was_typed_comes_back),
    cmocka_unit_test(the_history_is_that_of_a_simple_list),
};

const struct suite suite_line = {
    .name = "line", .tests = tests, .count = sizeof tests / sizeof *tests};
