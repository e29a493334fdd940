/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quiz_file: questions, and the places of what is wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/proto/quiz_file.h"

#include "udptui/base/array.h"
#include "udptui/proto/quiz_event.h"

static size_t read_file(const char *text, struct quiz_question *questions, size_t most,
                        struct quiz_file_problem *problem)
{
    return quiz_file_read(text, strlen(text), false, questions, most, problem);
}

static void a_file(void **state)
{
    struct quiz_question questions[3];
    struct quiz_file_problem problem;

    (void)state;
    assert_int_equal(read_file("# a comment\n"
                               "Question: What does\n"
                               "  the sender know?\r\n"
                               "Choice: lost\n"
                               "Answer: nothing\n"
                               "\n"
                               "Question: Tea?\n"
                               "Choice: yes\n"
                               "Choice:\n"
                               "\tno",
                               questions, 3, &problem),
                     2);
    assert_string_equal(questions[0].text, "What does the sender know?");
    assert_int_equal(questions[0].option_count, 2);
    assert_int_equal(questions[0].right, 2);
    assert_string_equal(questions[0].options[1], "nothing");
    assert_string_equal(questions[1].options[1], "no");
    assert_int_equal(questions[1].right, 0);
}

static void of_a_lesson(void **state)
{
    static const char text[] = "Name: loss\nQuestion: What\n  now?\nChoice: a\nAnswer: b\nScript:\n"
                               "  network kurose\n\n  Choice: no field\nSource: a = b\n";
    struct quiz_question question;
    struct quiz_file_problem problem;

    (void)state;
    assert_int_equal(quiz_file_read(text, sizeof text - 1, true, &question, 1, &problem), 1);
    assert_string_equal(question.text, "What now?");
    assert_int_equal(question.right, 2);
    assert_int_equal(quiz_file_read(text, sizeof text - 1, false, &question, 1, &problem), 0);
    assert_int_equal(problem.line, 1);
}

static void problems(void **state)
{
    static const struct {
        const char *text;
        size_t line, column;
        const char *why;
    } rows[] = {
        {"", 1, 1, "there is no question"},
        {"# only\n\n", 1, 1, "there is no question"},
        {"Choice: a\n", 1, 9, "behind its Question"},
        {"\nQuestion: a\nFoo: b\n", 3, 1, "not a field"},
        {"no colon\n", 1, 1, "not a field"},
        {"  indented\n", 1, 1, "none stands above"},
        {"Question:\n", 1, 10, "no text"},
        {"Question: a\nChoice: b\n", 1, 1, "at least 2 choices"},
        {"#\nQuestion: a\nChoice: b\nQuestion: c\n", 2, 1, "at least 2 choices"},
        {"Question: a\nAnswer: b\nAnswer: c\n", 3, 9, "one Answer"},
        {"Question: a\nChoice: b\nChoice: c\nQuestion: a\nChoice: b\nChoice: c\n"
         "Question: a\nChoice: b\nChoice: c\n",
         7, 11, "too many questions"},
    };
    struct quiz_question questions[2];
    struct quiz_file_problem problem;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_int_equal(read_file(rows[i].text, questions, 2, &problem), 0);
        if (strstr(problem.why, rows[i].why) == NULL)
            fail_msg("'%s': %s", rows[i].text, problem.why);
        assert_int_equal(problem.line, rows[i].line);
        assert_int_equal(problem.column, rows[i].column);
    }
}

static void any_text_is_read(void **state)
{
    static const char *const parts[] = {"Question:", "Choice:", "Answer:", " ",    "x", "\n",
                                        "\n",        "#",       "\r\n",    "\xff", ":", "\t"};
    static char text[1 << 16];
    struct quiz_question questions[4];
    struct quiz_file_problem problem;

    (void)state;
    srand(2);
    for (int round = 0; round < 5000; round++) {
        size_t length = 0;
        for (int i = rand() % 60; i > 0; i--)
            length += (size_t)sprintf(text + length, "%s", parts[(size_t)rand() % COUNT_OF(parts)]);
        char *exact = malloc(length + 1);
        memcpy(exact, text, length);
        size_t count = quiz_file_read(exact, length, round % 2, questions, 4, &problem);
        for (size_t i = 0; i < count; i++)
            assert_null(quiz_question_check(&questions[i]));
        if (count == 0)
            assert_true(problem.line > 0 && problem.column > 0);
        free(exact);
    }
    memset(text, 'x', sizeof text);
    memcpy(text, "Question:", 9);
    assert_int_equal(quiz_file_read(text, sizeof text, false, questions, 4, &problem), 0);
    assert_string_equal(problem.why, "the text is too long");
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_file),
    cmocka_unit_test(of_a_lesson),
    cmocka_unit_test(problems),
    cmocka_unit_test(any_text_is_read),
};

const struct suite suite_quiz_file = {
    .name = "quiz_file", .tests = tests, .count = sizeof tests / sizeof *tests};
