/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* parser: the smallest parts of a lesson file: blanks, lines, words, quoted texts, and the place of a
 * problem. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../../src/lesson/parser_internal.h"
#include "../suite.h"

#include "udptui/base/array.h"

/* A parser of a text; close_parser frees its lesson. */
static struct parser open_parser(const char *text, struct lesson_problem *problem)
{
    struct parser parser = {.file = {text, text + strlen(text)},
                            .lesson = calloc(1, sizeof *parser.lesson),
                            .problem = problem};

    assert_non_null(parser.lesson);
    *problem = (struct lesson_problem){0};
    return parser;
}

static void close_parser(struct parser *parser)
{
    free(parser->lesson);
}

static struct span span_of(const char *text)
{
    return (struct span){text, text + strlen(text)};
}

static void assert_span(struct span span, const char *text)
{
    if (!parser_is(span, text))
        fail_msg("\"%.*s\", not \"%s\"", (int)(span.end - span.at), span.at, text);
}

static void a_comment_begins_in_the_first_column(void **state)
{
    static const struct {
        const char *text, *rest;
    } rows[] = {
        {"", ""},
        {" \t\r\n a", "a"},
        {"\n# comment\n#\n\n  a", "a"},
        {"\n # a", "# a"},
        {"# a", "# a"}, /* the text begins behind a colon, not in a first column */
        {"\n# comment without an end", ""},
        {"\n#", ""},
        {"\n# one\n # two", "# two"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct span span = span_of(rows[i].text);
        parser_skip_blanks(&span);
        assert_span(span, rows[i].rest);
    }
    assert_span(parser_trim(span_of("\n# c\n a b \n\t")), "a b");
    assert_span(parser_trim(span_of(" \n ")), "");
}

static void lines_words_and_keys(void **state)
{
    struct span rest = span_of("\n one  two\r\n\n# comment\nthree"), part;

    (void)state;
    assert_true(parser_next_line(&rest, &part));
    assert_span(part, "one  two");
    struct span words = part;
    assert_true(parser_next_word(&words, &part));
    assert_span(part, "one");
    assert_true(parser_next_word(&words, &part));
    assert_span(part, "two");
    assert_false(parser_next_word(&words, &part));
    assert_true(parser_next_line(&rest, &part));
    assert_span(part, "three");
    assert_false(parser_next_line(&rest, &part));
    rest = span_of(" a_1BzZ=_c 2");
    assert_true(parser_next_key(&rest, &part));
    assert_span(part, "a_1BzZ");
    assert_false(parser_next_key(&rest, &part)); /* at = */
    rest.at++;
    assert_true(parser_next_key(&rest, &part));
    assert_span(part, "_c");
    assert_false(parser_next_key(&rest, &part)); /* no digit first */
    assert_span(rest, "2");
}

static void the_place_counts_characters(void **state)
{
    static const char text[] = "one\n\xc3\xa4\xe2\x82\xac two\n";
    struct lesson_problem problem;
    struct parser parser = open_parser(text, &problem);

    (void)state;
    assert_false(parser_complain(&parser, strstr(text, "two"), "%s %d", "number", 1));
    assert_string_equal(problem.text, "number 1");
    assert_int_equal(problem.line, 2);
    assert_int_equal(problem.column, 4);
    assert_false(parser_complain(&parser, text, "another"));
    assert_string_equal(problem.text, "number 1"); /* the first one sticks */
    close_parser(&parser);
    parser = open_parser(text, &problem);
    parser_complain(&parser, parser.file.end, "at the end");
    assert_int_equal(problem.line, 3);
    assert_int_equal(problem.column, 1);
    close_parser(&parser);
}

static void texts_are_kept_on_one_line(void **state)
{
    static const struct {
        const char *text, *kept;
    } rows[] = {
        {"  a b ", "a b"},
        {"a\n  b\n\n c", "a b c"},
        {"a  \r\n# comment\n b", "a b"},
        {"a\tb", "a b"},
        {"", ""},
        {" \n ", ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct lesson_problem problem;
        struct parser parser = open_parser(rows[i].text, &problem);
        assert_string_equal(parser_keep(&parser, parser.file), rows[i].kept);
        assert_false(parser.failed);
        close_parser(&parser);
    }
}

static void what_is_too_long_is_a_problem(void **state)
{
    struct lesson_problem problem;
    struct parser parser = open_parser("  four", &problem);

    (void)state;
    assert_string_equal(parser_keep_short(&parser, parser.file, 4, "a word"), "four");
    assert_false(parser.failed);
    parser_keep_short(&parser, parser.file, 3, "a word");
    assert_string_equal(problem.text, "a word has at most 3 bytes");
    assert_int_equal(problem.column, 3);
    close_parser(&parser);
}

/* A text that fills the arena to its last byte is kept; one byte more is a problem, and no write
 * beyond it. */
static void the_arena_has_an_end(void **state)
{
    struct lesson_problem problem;
    struct parser parser = open_parser("abc", &problem);
    size_t size = sizeof parser.lesson->arena;

    (void)state;
    parser.lesson->arena_used = size - 4;
    assert_string_equal(parser_keep(&parser, parser.file), "abc");
    assert_int_equal(parser.lesson->arena_used, size);
    assert_false(parser.failed);
    parser.lesson->arena_used = size - 3;
    assert_string_equal(parser_keep(&parser, parser.file), "");
    assert_string_equal(problem.text, "the lesson's texts are too long");
    assert_string_equal(parser_keep_bytes(&parser, "abc", 3), "");
    assert_string_equal(parser_keep_bytes(&parser, "ab", 2), "ab");
    close_parser(&parser);
}

static void quotes_are_on_one_line(void **state)
{
    static const struct {
        const char *text, *kept; /* NULL: a problem */
        const char *rest;        /* or the problem */
    } rows[] = {
        {" \"a b\" c", "a b", " c"},
        {"\"\"", "", ""},
        {"\"a\\\"b\\\\\"", "a\"b\\", ""},
        {"\"a\\nb\"x", "a\\nb", "x"}, /* no other escape */
        {"a", NULL, "the label in quotes is missing: write \"...\", with straight quotes"},
        {"", NULL, "the label in quotes is missing: write \"...\", with straight quotes"},
        {"\"a", NULL, "the quotes of the label are not closed on this line"},
        {"\"a\n\"", NULL, "the quotes of the label are not closed on this line"},
        {"\"a\\\"", NULL, "the quotes of the label are not closed on this line"},
        {"\"", NULL, "the quotes of the label are not closed on this line"},
        {"\"\\", NULL, "the quotes of the label are not closed on this line"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct lesson_problem problem;
        struct parser parser = open_parser(rows[i].text, &problem);
        struct span rest = parser.file;
        const char *kept = parser_quoted(&parser, &rest, "the label");
        assert_int_equal(kept == NULL, rows[i].kept == NULL);
        if (kept != NULL) {
            assert_string_equal(kept, rows[i].kept);
            assert_span(rest, rows[i].rest);
        } else {
            assert_string_equal(problem.text, rows[i].rest);
        }
        close_parser(&parser);
    }
}

/* A mark that combines with nothing in front of it, and a control character. */
static void what_cannot_be_shown_is_a_problem(void **state)
{
    static const char *const texts[] = {"\xcc\x81 a", "a\x1b", "a\xff", "\xe2\x80\xae"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct lesson_problem problem;
        struct parser parser = open_parser(texts[i], &problem);
        parser_keep(&parser, parser.file);
        assert_true(parser.failed);
        assert_string_equal(problem.text, "a character here cannot be shown by itself");
        close_parser(&parser);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_comment_begins_in_the_first_column),
    cmocka_unit_test(lines_words_and_keys),
    cmocka_unit_test(the_place_counts_characters),
    cmocka_unit_test(texts_are_kept_on_one_line),
    cmocka_unit_test(what_is_too_long_is_a_problem),
    cmocka_unit_test(the_arena_has_an_end),
    cmocka_unit_test(quotes_are_on_one_line),
    cmocka_unit_test(what_cannot_be_shown_is_a_problem),
};

const struct suite suite_parser = {
    .name = "parser", .tests = tests, .count = sizeof tests / sizeof *tests};
