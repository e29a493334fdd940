/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/base/text.h"
#include "udptui/base/wrap.h"

/* All lines, joined by '|'. */
static const char *wrapped(const char *text, size_t columns, char *out)
{
    char line[WRAP_LINE_SIZE];

    out[0] = '\0';
    for (bool first = true; wrap_next(&text, columns, line); first = false) {
        if (!first)
            strcat(out, "|");
        strcat(out, line);
    }
    return out;
}

static void words_stay_whole(void **state)
{
    static const struct {
        const char *text;
        size_t columns;
        const char *lines;
    } rows[] = {
        {"", 10, ""},
        {"   ", 10, ""},
        {"one", 3, "one"},
        {"one two", 7, "one two"},
        {"one two", 6, "one|two"},
        {"one two three", 8, "one two|three"},
        {"one  two", 20, "one  two"},
        {"one   two", 4, "one|two"},
        {" one ", 9, "one"},
        {"abcdefgh", 3, "abc|def|gh"},
        {"ab cdefgh", 3, "ab|cde|fgh"},
        {"a", 1, "a"},
        {"\xe4\xbd\xa0\xe5\xa5\xbd", 3, "\xe4\xbd\xa0|\xe5\xa5\xbd"},
        {"\xe4\xbd\xa0", 1, "\xe4\xbd\xa0"},
    };
    char out[256];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_string_equal(wrapped(rows[i].text, rows[i].columns, out), rows[i].lines);
}

/* Words behind others: a first word that does not fit there waits for a line of its own. */
static void a_line_may_be_taken_in_part(void **state)
{
    static const struct {
        const char *text;
        size_t columns, used;
        const char *line, *rest;
    } rows[] = {
        {"one two", 10, 3, "one two", ""},
        {"one two", 10, 4, "one", "two"},
        {"one two", 10, 8, "", "one two"},
        {"  one", 5, 3, "", "one"},
        {"a b", 5, 5, "", "a b"},
        {"a b", 5, 9, "", "a b"},
        {"longer", 4, 1, "", "longer"},
        {"longer", 4, 0, "long", "er"},
        {"\xe4\xbd\xa0", 3, 2, "", "\xe4\xbd\xa0"},
        {"\xe4\xbd\xa0", 4, 2, "\xe4\xbd\xa0", ""},
    };
    char line[WRAP_LINE_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *cursor = rows[i].text;
        assert_true(wrap_next_behind(&cursor, rows[i].columns, rows[i].used, line));
        assert_string_equal(line, rows[i].line);
        assert_string_equal(cursor, rows[i].rest);
    }
    const char *nothing = " ";
    assert_false(wrap_next_behind(&nothing, 10, 3, line));
}

/*
 * Random words: nothing is lost, no line is too wide, and no line could have taken the next
 * word.
 */
static void random_texts(void **state)
{
    unsigned seed = 7;
    char text[1024], out[4096], line[WRAP_LINE_SIZE];

    (void)state;
    for (int round = 0; round < 2000; round++) {
        size_t length = (size_t)(rand_r(&seed) % 200), columns = (size_t)(rand_r(&seed) % 40) + 12;
        for (size_t i = 0; i < length; i++)
            text[i] = rand_r(&seed) % 5 == 0 || i % 11 == 10 ? ' ' : (char)('a' + i % 26);
        text[length] = '\0';
        const char *cursor = text;
        out[0] = '\0';
        while (wrap_next(&cursor, columns, line)) {
            size_t next = strcspn(cursor, " ");
            assert_true(strlen(line) <= columns);
            assert_true(line[0] != ' ' && line[strlen(line) - 1] != ' ');
            assert_true(*cursor == '\0' || strlen(line) + 1 + next > columns ||
                        cursor[-2] == ' '); /* several blanks count */
            strcat(out, line);
        }
        for (char *blank = out; (blank = strchr(blank, ' ')) != NULL;)
            memmove(blank, blank + 1, strlen(blank));
        for (char *blank = text; (blank = strchr(blank, ' ')) != NULL;)
            memmove(blank, blank + 1, strlen(blank));
        assert_string_equal(out, text);
    }
}

static void a_long_line_is_cut_to_its_room(void **state)
{
    char text[3 * WRAP_LINE_SIZE], line[WRAP_LINE_SIZE];
    const char *cursor = text;
    size_t total = 0;

    (void)state;
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    while (wrap_next(&cursor, 100000, line))
        total += strlen(line);
    assert_int_equal(total, sizeof text - 1);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(words_stay_whole),
    cmocka_unit_test(a_line_may_be_taken_in_part),
    cmocka_unit_test(random_texts),
    cmocka_unit_test(a_long_line_is_cut_to_its_room),
};

const struct suite suite_wrap = {
    .name = "wrap", .tests = tests, .count = sizeof tests / sizeof *tests};
