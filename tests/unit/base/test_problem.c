/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* problem: what is set, and that a long one is cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/base/problem.h"

static void the_answer_is_always_no(void **state)
{
    struct problem problem;

    (void)state;
    assert_false(problem_set(&problem, true, "%s: %d", "what", 7));
    assert_true(problem.usage);
    assert_string_equal(problem.text, "what: 7");
    assert_false(problem_set(&problem, false, "why"));
    assert_false(problem.usage);
    assert_string_equal(problem.text, "why");
}

static void a_long_text_is_cut(void **state)
{
    static const char tail[] = ": not an address";
    char text[2 * PROBLEM_TEXT_SIZE];
    struct problem problem;

    (void)state;
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = '\0';
    assert_false(problem_set(&problem, true, "%s", text));
    assert_int_equal(strlen(problem.text), PROBLEM_TEXT_SIZE - 1);
    assert_false(problem_set(&problem, true, "%s%s", text, tail));
    assert_int_equal(strlen(problem.text), PROBLEM_TEXT_SIZE - 1);
    assert_string_equal(problem.text + PROBLEM_TEXT_SIZE - sizeof tail, tail);
    assert_non_null(strstr(problem.text, "xx [...] xx"));
}

/* However long it is, and wherever the cut is, in UTF-8 no character is cut in two. */
static void characters_stay_whole(void **state)
{
    char text[128], out[40];

    (void)state;
    for (size_t length = 0; length < 40; length++) {
        memset(text, 'x', length % 4);
        for (size_t i = 0; i < length; i++)
            memcpy(text + length % 4 + i * 3, "\u20ac", 3);
        text[length % 4 + length * 3] = '\0';
        problem_write(out, sizeof out, "%s: why", text);
        assert_true(strlen(out) < sizeof out);
        assert_string_equal(out + strlen(out) - 5, ": why");
        for (const char *at = out; *at != '\0'; at++)
            if (strncmp(at, "\u20ac", 3) == 0)
                at += 2;
            else
                assert_non_null(strchr("x [.]: why", *at));
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_answer_is_always_no),
    cmocka_unit_test(a_long_text_is_cut),
    cmocka_unit_test(characters_stay_whole),
};

const struct suite suite_problem = {
    .name = "problem", .tests = tests, .count = sizeof tests / sizeof *tests};
