/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* config: each form of a line, each mistake with its line, and random files that are read back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/base/builder.h"
#include "udptui/base/config.h"

enum { TEXT_SIZE = 1 << 16, VALUE_SIZE = 32, ROUNDS = 300 };

/* What a file says, as text: "1:[serve] 2:no-ui 3:on=a"; a problem is "4!why". */
static const char *config_describe(const char *text, size_t size_bytes, char *out)
{
    char *copy = malloc(size_bytes + 1);
    struct builder all = builder_begin(out, TEXT_SIZE);
    struct config_reader reader;
    enum config_kind kind;

    assert_non_null(copy);
    memcpy(copy, text, size_bytes);
    reader = config_begin(copy, size_bytes);
    while ((kind = config_next(&reader)) != CONFIG_END && kind != CONFIG_PROBLEM) {
        if (kind == CONFIG_SECTION)
            builder_add_item(&all, " ", "%zu:[%s]", reader.line, reader.section);
        else
            builder_add_item(&all, " ", "%zu:%s%s%s", reader.line, reader.name,
                             reader.value != NULL ? "=" : "",
                             reader.value != NULL ? reader.value : "");
    }
    if (kind == CONFIG_PROBLEM) {
        builder_add_item(&all, " ", "%zu!%s", reader.line, reader.why);
        assert_int_equal(config_next(&reader), CONFIG_END); /* nothing more is read */
    }
    free(copy);
    return out;
}

static void config_reads(const char *text, const char *expected)
{
    static char out[TEXT_SIZE];

    assert_string_equal(config_describe(text, strlen(text), out), expected);
}

static void lines_are_settings_sections_or_comments(void **state)
{
    (void)state;
    config_reads("", "");
    config_reads("\n\n  \t\n# x\n  # y", "");
    config_reads("time = full", "1:time=full");
    config_reads("time=full\r\nno-ui\r\n", "1:time=full 2:no-ui");
    config_reads("\xef\xbb\xbftime = full\n", "1:time=full");
    config_reads("a = 1\n[serve]\n\tb = 2 \n[ ping ] # x\nc", "1:a=1 2:[serve] 3:b=2 4:[ping] 5:c");
    config_reads("no-ui # always", "1:no-ui");
    config_reads("no-ui#always", "1:no-ui");
}

static void values_end_before_blanks_and_comments(void **state)
{
    (void)state;
    config_reads("a = two words \t\n", "1:a=two words");
    config_reads("a = b # c\n", "1:a=b");
    config_reads("a = b#c # d\n", "1:a=b#c");
    config_reads("a = from:::1 => \"x\" 'y'\n", "1:a=from:::1 => \"x\" 'y'");
    config_reads("a = = [b]\n", "1:a== [b]");
    config_reads("a = \xff\x01\n", "1:a=\xff\x01");
}

static void quotes_are_those_of_a_shell(void **state)
{
    (void)state;
    config_reads("a = ' b # '  # c\n", "1:a= b # ");
    config_reads("a = \"say \\\"hi\\\" \\\\ \\n\"\n", "1:a=say \"hi\" \\ \\n");
    config_reads("a = 'a\\\\b \"'\n", "1:a=a\\\\b \"");
    config_reads("a = ''\nb=\"\"\n", "1:a= 2:b=");
}

static void mistakes_are_named_with_their_line(void **state)
{
    static const struct {
        const char *text, *expected;
    } rows[] = {
        {"\n--a = 1\n",
         "2!a line is NAME = VALUE, with the name of a long option without the '--'"},
        {"= 1\n", "1!a line is NAME = VALUE, with the name of a long option without the '--'"},
        {"A = 1\n", "1!a line is NAME = VALUE, with the name of a long option without the '--'"},
        {"x\na b\n", "1:x 2!after the name of an option there is '=', or nothing"},
        {"a: 1\n", "1!after the name of an option there is '=', or nothing"},
        {"a =\n", "1!the value is missing: '' is an empty one"},
        {"a = # b\n", "1!the value is missing: '' is an empty one"},
        {"a = 'b\nc'\n", "1!the closing quote is missing"},
        {"a = \"b\\\"\n", "1!the closing quote is missing"},
        {"a = 'b' c\n",
         "1!text after the closing quote: put quotes around the whole value, '...' if "
         "it has \" in it"},
        {"[serve\n", "1!a section is the name of a command in brackets: [serve]"},
        {"[]\n", "1!a section is the name of a command in brackets: [serve]"},
        {"[a] b\n", "1!a section is the name of a command in brackets: [serve]"},
        {"[a b]\n", "1!a section is the name of a command in brackets: [serve]"},
    };
    static char out[TEXT_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        config_reads(rows[i].text, rows[i].expected);
    assert_string_equal(config_describe("a\nb\0c\n", 6, out),
                        "1:a 2!there is a NUL byte: this is no text file");
}

/* ---- random files */

struct dice {
    uint32_t state;
};

static unsigned roll(struct dice *dice, unsigned sides)
{
    dice->state = dice->state * 1664525u + 1013904223u;
    return (dice->state >> 8) % sides;
}

static void add_blanks(struct dice *dice, struct builder *file)
{
    for (unsigned i = roll(dice, 3); i > 0; i--)
        builder_add(file, "%c", roll(dice, 2) ? ' ' : '\t');
}

static void add_comment(struct dice *dice, struct builder *file)
{
    if (roll(dice, 4) == 0)
        builder_add(file, " # '\"[x] = y");
}

/* Whether a value may stand without quotes. */
static bool is_plain(const char *value)
{
    size_t length = strlen(value);

    return length > 0 && strchr(" \t#'\"", value[0]) == NULL &&
           strchr(" \t", value[length - 1]) == NULL && strstr(value, " #") == NULL &&
           strstr(value, "\t#") == NULL;
}

static void config_add_value(struct dice *dice, struct builder *file, const char *value)
{
    unsigned way = roll(dice, 3);

    if (way == 0 && is_plain(value)) {
        builder_add(file, "%s", value);
    } else if (way == 1 && strchr(value, '\'') == NULL) {
        builder_add(file, "'%s'", value);
    } else {
        builder_add(file, "\"");
        for (; *value != '\0'; value++)
            builder_add(file, "%s%c", strchr("\"\\", *value) != NULL ? "\\" : "", *value);
        builder_add(file, "\"");
    }
}

/* Adds a line to the file, and what it says to expected. */
static void add_line(struct dice *dice, struct builder *file, struct builder *expected, size_t line)
{
    static const char letters[] = "ab #'\"\\=[]\t-\xc3";
    char value[VALUE_SIZE];
    size_t length = roll(dice, VALUE_SIZE);
    unsigned what = roll(dice, 5);

    for (size_t i = 0; i < length; i++)
        value[i] = letters[roll(dice, sizeof letters - 1)];
    value[length] = '\0';
    add_blanks(dice, file);
    if (what == 0) {
        builder_add(file, "[ s%u]", (unsigned)length);
        builder_add_item(expected, " ", "%zu:[s%u]", line, (unsigned)length);
    } else if (what == 1) {
        builder_add(file, "n%u", (unsigned)length);
        builder_add_item(expected, " ", "%zu:n%u", line, (unsigned)length);
    } else if (what < 4) {
        builder_add(file, "n%u", (unsigned)length);
        add_blanks(dice, file);
        builder_add(file, "=");
        add_blanks(dice, file);
        config_add_value(dice, file, value);
        builder_add_item(expected, " ", "%zu:n%u=%s", line, (unsigned)length, value);
    }
    add_blanks(dice, file);
    add_comment(dice, file);
    builder_add(file, "%s", roll(dice, 2) ? "\r\n" : "\n");
}

static void what_is_written_is_read(void **state)
{
    static char text[TEXT_SIZE], said[TEXT_SIZE], out[TEXT_SIZE];

    (void)state;
    for (uint32_t seed = 0; seed < ROUNDS; seed++) {
        struct dice dice = {seed};
        struct builder file = builder_begin(text, sizeof text);
        struct builder expected = builder_begin(said, sizeof said);

        for (size_t line = 1; line <= 20; line++)
            add_line(&dice, &file, &expected, line);
        assert_string_equal(config_describe(text, strlen(text), out), said);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(lines_are_settings_sections_or_comments),
    cmocka_unit_test(values_end_before_blanks_and_comments),
    cmocka_unit_test(quotes_are_those_of_a_shell),
    cmocka_unit_test(mistakes_are_named_with_their_line),
    cmocka_unit_test(what_is_written_is_read),
};

const struct suite suite_config = {
    .name = "config", .tests = tests, .count = sizeof tests / sizeof *tests};
