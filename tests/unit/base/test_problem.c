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
    char text[2 * PROBLEM_TEXT_SIZE];
    struct problem problem;

    (void)state;
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = '\0';
    assert_false(problem_set(&problem, true, "%s", text));
    assert_int_equal(strlen(problem.text), PROBLEM_TEXT_SIZE - 1);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_answer_is_always_no),
    cmocka_unit_test(a_long_text_is_cut),
};

const struct suite suite_problem = {
    .name = "problem", .tests = tests, .count = sizeof tests / sizeof *tests};
