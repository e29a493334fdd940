/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quiz_command: what is a command, and what is a message. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/proto/quiz_command.h"

#include "udptui/base/array.h"

static void commands(void **state)
{
    static const struct {
        const char *sent;
        struct quiz_command expected;
    } rows[] = {
        {"name kim", {.verb = QUIZ_NAME, .name = "kim"}},
        {"NAME  Kim Lee \r\n", {.verb = QUIZ_NAME, .name = "Kim Lee"}},
        {"name \x1b[31m", {.verb = QUIZ_NAME, .name = "\\x1B[31m", .cleaned = true}},
        {"hello kim\n", {.verb = QUIZ_NAME, .name = "kim"}},
        {"Hello, kim!", {.verb = QUIZ_NAME, .name = "kim"}},
        {"name \xe2\x80\x80", {.verb = QUIZ_NAME, .cleaned = true}},
        {"ok 482913", {.verb = QUIZ_CONFIRM, .code = 482913}},
        {"question", {.verb = QUIZ_ASK}},
        {"?\n", {.verb = QUIZ_ASK}},
        {"Question ..... ..", {.verb = QUIZ_ASK}},
        {"question....", {.verb = QUIZ_ASK}},
        {"answer 2", {.verb = QUIZ_ANSWER, .choice = 2}},
        {"Answer b.", {.verb = QUIZ_ANSWER, .choice = 2}},
        {"2", {.verb = QUIZ_ANSWER, .choice = 2, .bare = true}},
        {"I\n", {.verb = QUIZ_ANSWER, .choice = 9, .bare = true}},
        {"answer 12", {.verb = QUIZ_ANSWER, .choice = 12}},
        {"answer perhaps", {.verb = QUIZ_ANSWER}},
        {"answer 2 to 3", {.verb = QUIZ_ANSWER, .choice = 2, .question = 3}},
        {"answer 2 to question 13 kim",
         {.verb = QUIZ_ANSWER, .choice = 2, .question = 13, .name = "kim"}},
        {"answer 2 kim", {.verb = QUIZ_ANSWER, .choice = 2, .name = "kim"}},
        {"answer 2 to kim", {.verb = QUIZ_ANSWER, .choice = 2, .name = "to kim"}},
        {"kim: answer 2", {.verb = QUIZ_ANSWER, .choice = 2, .name = "kim"}},
        {"Kim Lee: answer c to 1",
         {.verb = QUIZ_ANSWER, .choice = 3, .question = 1, .name = "Kim Lee"}},
        /* messages */
        {"", {.verb = QUIZ_MESSAGE}},
        {" \n", {.verb = QUIZ_MESSAGE}},
        {"0", {.verb = QUIZ_MESSAGE}},
        {"12", {.verb = QUIZ_MESSAGE}},
        {"j", {.verb = QUIZ_MESSAGE}},
        {"2 bananas", {.verb = QUIZ_MESSAGE}},
        {"name", {.verb = QUIZ_MESSAGE}},
        {"names kim", {.verb = QUIZ_MESSAGE}},
        {"hello world", {.verb = QUIZ_MESSAGE}},
        {"ok", {.verb = QUIZ_MESSAGE}},
        {"ok then", {.verb = QUIZ_MESSAGE}},
        {"ok 48291x", {.verb = QUIZ_MESSAGE}},
        {"question everything", {.verb = QUIZ_MESSAGE}},
        {"? why", {.verb = QUIZ_MESSAGE}},
        {"answer", {.verb = QUIZ_MESSAGE}},
        {"kim: 2", {.verb = QUIZ_MESSAGE}},
        {": answer 2", {.verb = QUIZ_MESSAGE}},
        /* our own replies: an echo of them must not be answered for ever */
        {"kim: answer 2 to question 1 counted", {.verb = QUIZ_MESSAGE}},
        {"kim: answer 2 to question 1 was already counted", {.verb = QUIZ_MESSAGE}},
        {"kim: changed from 1 to 2, and counted", {.verb = QUIZ_MESSAGE}},
        {"kim: registered; to get questions: ok 123456", {.verb = QUIZ_MESSAGE}},
        {"answers are 1 to 4", {.verb = QUIZ_MESSAGE}},
        {"no question is open", {.verb = QUIZ_MESSAGE}},
        {"question 1: What?\n1 this\n2 that\nanswer with: answer N\n", {.verb = QUIZ_MESSAGE}},
        {"question 1 is closed", {.verb = QUIZ_MESSAGE}},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct quiz_command *expected = &rows[i].expected;
        struct quiz_command read = quiz_command_read(rows[i].sent, strlen(rows[i].sent));
        if (read.verb != expected->verb)
            fail_msg("'%s' is verb %d", rows[i].sent, (int)read.verb);
        if (read.verb == QUIZ_MESSAGE)
            continue;
        assert_int_equal(read.choice, expected->choice);
        assert_int_equal(read.question, expected->question);
        assert_int_equal(read.code, expected->code);
        assert_int_equal(read.bare, expected->bare);
        assert_int_equal(read.cleaned, expected->cleaned);
        assert_string_equal(read.name, expected->name);
    }
}

static void codes_in_replies(void **state)
{
    static const char whole[] = "kim: registered; to get questions: ok 482913";
    char code[QUIZ_CODE_SIZE];

    (void)state;
    assert_true(quiz_command_code(whole, sizeof whole - 1, code));
    assert_string_equal(code, "ok 482913");
    for (size_t cut = 0; cut < sizeof whole - 1; cut++)
        assert_false(quiz_command_code(whole, cut, code));
    assert_false(quiz_command_code("x; to get questions: ok 48291x", 30, code));
    assert_false(quiz_command_code("kim: registered", 15, code));
}

static void any_bytes_are_read(void **state)
{
    static const char *const parts[] = {"answer", "name", " ",    "2",   "to", ":",  "ok",      "?",
                                        "hello",  "\n",   "\xff", "kim", ".",  "\0", "question"};
    char bytes[64];

    (void)state;
    srand(1);
    for (int round = 0; round < 20000; round++) {
        size_t length = 0;
        for (int i = rand() % 8; i > 0; i--) {
            const char *part = parts[(size_t)rand() % COUNT_OF(parts)];
            size_t more = part[0] != '\0' ? strlen(part) : 1;
            memcpy(bytes + length, part, more);
            length += more;
        }
        char *exact = malloc(length + 1); /* so that a sanitizer sees what is read behind it */
        memcpy(exact, bytes, length);
        struct quiz_command read = quiz_command_read(exact, length);
        assert_true(strlen(read.name) < sizeof read.name);
        free(exact);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(commands),
    cmocka_unit_test(codes_in_replies),
    cmocka_unit_test(any_bytes_are_read),
};

const struct suite suite_quiz_command = {
    .name = "quiz_command", .tests = tests, .count = sizeof tests / sizeof *tests};
