/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quiz_question: limits, and what a datagram of it says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/proto/quiz_question.h"

static struct quiz_question make_question(void)
{
    struct quiz_question question = {.right = 2};

    assert_null(quiz_question_set_text(&question, " What? \n", 8));
    assert_null(quiz_question_add_option(&question, "this", 4));
    assert_null(quiz_question_add_option(&question, "that", 4));
    return question;
}

static size_t write_question(const struct quiz_question *question, enum quiz_state state, char *out)
{
    struct builder text = builder_begin(out, QUIZ_DATAGRAM_MAX + 1);

    quiz_question_write(question, 7, state, &text);
    return strlen(out);
}

static void as_a_datagram(void **state)
{
    const struct quiz_question question = make_question();
    char text[QUIZ_DATAGRAM_MAX + 1];

    (void)state;
    write_question(&question, QUIZ_OPEN, text);
    assert_string_equal(text, "question 7: What?\n1 this\n2 that\nanswer with: answer N\n");
    write_question(&question, QUIZ_CLOSED, text);
    assert_string_equal(text, "question 7: What?\n1 this\n2 that\nclosed\n");
    write_question(&question, QUIZ_SHOWN, text);
    assert_string_equal(text, "question 7: What?\n1 this\n2 that\nright: 2\n");
}

static void it_is_read_back(void **state)
{
    const struct quiz_question question = make_question();
    char text[QUIZ_DATAGRAM_MAX + 1];
    struct quiz_shown shown;

    (void)state;
    for (enum quiz_state s = QUIZ_OPEN; s <= QUIZ_SHOWN; s++) {
        size_t length = write_question(&question, s, text);
        assert_true(quiz_question_read(text, length, &shown));
        assert_int_equal(shown.number, 7);
        assert_int_equal(shown.state, s);
        assert_int_equal(shown.question.option_count, 2);
        assert_string_equal(shown.question.options[1], "that");
        assert_int_equal(shown.question.right, s == QUIZ_SHOWN ? 2 : 0);
        for (size_t cut = 0; cut < length; cut++)
            assert_false(quiz_question_read(text, cut, &shown));
    }
}

static void what_is_no_question(void **state)
{
    static const char *const texts[] = {
        "",
        "Message received",
        "question 0: What?\n1 this\n2 that\nclosed\n",
        "question x: What?\n1 this\n2 that\nclosed\n",
        "question 1: What?\n1 this\nclosed\n",
        "question 1: What?\n2 this\n1 that\nclosed\n",
        "question 1: What?\n1 this\n2 that\nright: 3\n",
        "question 1: What?\n1 this\n2 that\nclosed\nmore\n",
    };
    struct quiz_shown shown;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_false(quiz_question_read(texts[i], strlen(texts[i]), &shown));
}

static void limits(void **state)
{
    struct quiz_question question = {.right = 0};
    char text[1024];

    (void)state;
    memset(text, 'x', sizeof text);
    assert_non_null(quiz_question_check(&question));
    assert_non_null(quiz_question_set_text(&question, " ", 1));
    assert_non_null(quiz_question_set_text(&question, text, QUIZ_TEXT_SIZE));
    assert_null(quiz_question_set_text(&question, text, QUIZ_TEXT_SIZE - 1));
    assert_non_null(quiz_question_add_option(&question, text, QUIZ_OPTION_SIZE));
    assert_null(quiz_question_add_option(&question, text, QUIZ_OPTION_SIZE - 1));
    assert_non_null(quiz_question_check(&question));
    for (int i = 1; i < QUIZ_OPTIONS_MAX; i++) {
        assert_null(quiz_question_add_option(&question, text, QUIZ_OPTION_SIZE - 1));
        assert_int_equal(quiz_question_check(&question) == NULL, i < 4); /* 1200 bytes */
    }
    assert_non_null(quiz_question_add_option(&question, "tenth", 5));
    assert_null(quiz_question_set_text(&question, "\x1b[2J", 4));
    assert_string_equal(question.text, "\\x1B[2J");
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(as_a_datagram),
    cmocka_unit_test(it_is_read_back),
    cmocka_unit_test(what_is_no_question),
    cmocka_unit_test(limits),
};

const struct suite suite_quiz_question = {
    .name = "quiz_question", .tests = tests, .count = sizeof tests / sizeof *tests};
