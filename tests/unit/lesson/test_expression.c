/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* expression: what expressions give, and why one gives nothing. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/lesson/lesson.h"

#define HEAD                                                                                       \
    "Name: one\nTitle: One [script]\nQuestion: Which?\nChoice: this\nAnswer: that\n"               \
    "Script: step tcp\nFacts:\n n\n t\n list\n none\n yesno\n missing\n big\n"

static int make_lesson_room(void **state)
{
    *state = malloc(sizeof(struct lesson));
    return *state != NULL ? 0 : -1;
}

static int free_lesson_room(void **state)
{
    free(*state);
    return 0;
}

/* Reads an expression. Returns its index. */
static int read_expression(struct lesson *lesson, const char *text)
{
    char file[4096];
    struct lesson_problem problem;
    int length = snprintf(file, sizeof file, HEAD " result = %s\n", text);

    assert_true(length > 0 && (size_t)length < sizeof file);
    if (!lesson_parse(lesson, file, strlen(file), NULL, &problem))
        fail_msg("%s: %d:%d: %s", text, problem.line, problem.column, problem.text);
    return lesson->facts[lesson->fact_count - 1].value;
}

static bool find_value(const void *context, const char *name, struct expression_value *value)
{
    static const int32_t numbers[] = {3, 1, 2};

    (void)context;
    if (strcmp(name, "n") == 0)
        *value = (struct expression_value){.type = EXPRESSION_NUMBER, .number = 7};
    else if (strcmp(name, "big") == 0)
        *value = (struct expression_value){.type = EXPRESSION_NUMBER, .number = INT64_MAX};
    else if (strcmp(name, "t") == 0)
        *value = (struct expression_value){.type = EXPRESSION_TEXT, .text = "sent"};
    else if (strcmp(name, "list") == 0)
        *value = (struct expression_value){.type = EXPRESSION_LIST, .numbers = numbers, .count = 3};
    else if (strcmp(name, "none") == 0)
        *value = (struct expression_value){.type = EXPRESSION_LIST};
    else if (strcmp(name, "yesno") == 0)
        *value = (struct expression_value){.type = EXPRESSION_TRUTH, .number = 1};
    else
        return false;
    return true;
}

static const struct expression_scope scope = {.find = find_value};

static void values(void **state)
{
    static const struct {
        const char *text;
        int64_t number; /* or truth */
    } rows[] = {
        {"1 + 2 * 3", 7},
        {"(1 + 2) * 3", 9},
        {"10 - 2 - 3", 5},
        {"7 / 2", 3},
        {"-7 / 2", -3},
        {"24 / 2 / 3 * 2", 8},
        {"-n + 10", 3},
        {"- -n", 7},
        {"n = 7", 1},
        {"n != 7", 0},
        {"n < 8 and n > 6", 1},
        {"n <= 7 and n >= 7", 1},
        {"n < 7 or n > 7", 0},
        {"not n = 7 or yes", 1},
        {"not (n = 7 or yes)", 0},
        {"yes or no and no", 1},
        {"t = \"sent\"", 1},
        {"t != \"sent\"", 0},
        {"t = \"\\\"\"", 0},
        {"list = [3, 1, 2]", 1},
        {"list = [3, 1]", 0},
        {"list != [3, 1, -2]", 1},
        {"none = []", 1},
        {"list = none", 0},
        {"count(list)", 3},
        {"count(none) + count([])", 0},
        {"sum(list)", 6},
        {"sum([-1, -2])", -3},
        {"item(list, 1) - item(list, count(list))", 1},
        {"ordered(list)", 0},
        {"ordered([1, 1, 2])", 1},
        {"ordered(none)", 1},
        {"number(yesno) + number(no)", 1},
        {"yesno = yes", 1},
        {"no and missing = 1", 0}, /* what does not matter is not looked at */
        {"yes or missing = 1", 1},
        {"no and 1 / 0 = 1", 0},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lesson *lesson = *state;
        struct expression_value value;
        char error[EXPRESSION_ERROR_SIZE] = "";
        int index = read_expression(lesson, rows[i].text);
        if (!expression_evaluate(&lesson->expressions, index, &scope, &value, error))
            fail_msg("%s: %s", rows[i].text, error);
        if (value.number != rows[i].number)
            fail_msg("%s: %" PRId64 ", not %" PRId64, rows[i].text, value.number, rows[i].number);
    }
}

static void why_there_is_no_value(void **state)
{
    static const struct {
        const char *text, *error;
    } rows[] = {
        {"missing + 1", "missing has no value"},
        {"t + 1", "t is a text, not a number"},
        {"list and yes", "list is a list, not yes or no"},
        {"count(n)", "n is a number, not a list"},
        {"n = t", "two values of different kinds are compared"},
        {"big + 1", "a result is too large"},
        {"-big - 2", "a result is too large"},
        {"big * 2", "a result is too large"},
        {"-(-big - 1)", "a result is too large"},
        {"(-big - 1) / -1", "a result is too large"},
        {"n / (n - 7)", "a division by 0"},
        {"item(list, 0)", "a list has fewer items"},
        {"item(list, 4)", "a list has fewer items"},
        {"item(none, 1)", "a list has fewer items"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lesson *lesson = *state;
        struct expression_value value;
        char error[EXPRESSION_ERROR_SIZE] = "";
        int index = read_expression(lesson, rows[i].text);
        assert_false(expression_evaluate(&lesson->expressions, index, &scope, &value, error));
        assert_string_equal(error, rows[i].error);
    }
}

/* ---- against a model */

/* Reads and computes an expression in one pass: value, and whether all of it could be computed. */
struct model {
    const char *at;
    bool computed;
};

static int64_t model_sum(struct model *model);

static int64_t model_factor(struct model *model)
{
    int64_t value;

    if (*model->at == '-') {
        model->at++;
        return -model_factor(model);
    }
    if (*model->at != '(')
        return *model->at++ - '0';
    model->at++;
    value = model_sum(model);
    model->at++;
    return value;
}

static int64_t model_product(struct model *model)
{
    int64_t value = model_factor(model);

    while (*model->at == '*' || *model->at == '/') {
        char operator= * model->at++;
        int64_t right = model_factor(model);
        if (operator== '/' && right == 0)
            model->computed = false;
        else if (operator== '/')
            value /= right;
        else
            value *= right;
    }
    return value;
}

static int64_t model_sum(struct model *model)
{
    int64_t value = model_product(model);

    while (*model->at == '+' || *model->at == '-')
        value += *model->at++ == '+' ? model_product(model) : -model_product(model);
    return value;
}

static uint32_t next_random(uint32_t *random)
{
    *random = *random * 1664525 + 1013904223;
    return *random >> 16;
}

/* A random expression of single digits: products of three, so that nothing overflows. */
static void make_expression(uint32_t *random, int depth, char *out)
{
    int terms = 1 + (int)(next_random(random) % 3);

    for (int i = 0; i < terms; i++) {
        int factors = 1 + (int)(next_random(random) % 2);
        if (i > 0)
            strcat(out, next_random(random) % 2 == 0 ? "+" : "-");
        for (int j = 0; j < factors; j++) {
            if (j > 0)
                strcat(out, next_random(random) % 2 == 0 ? "*" : "/");
            if (next_random(random) % 4 == 0)
                strcat(out, "-");
            if (depth > 0 && next_random(random) % 3 == 0) {
                strcat(out, "(");
                make_expression(random, depth - 1, out);
                strcat(out, ")");
            } else {
                char digit[2] = {(char)('0' + next_random(random) % 4), '\0'};
                strcat(out, digit);
            }
        }
    }
}

static void random_sums_are_those_of_a_model(void **state)
{
    uint32_t random = 20261126;

    for (int i = 0; i < 2000; i++) {
        struct lesson *lesson = *state;
        char text[2048] = "", error[EXPRESSION_ERROR_SIZE] = "";
        struct expression_value value;
        struct model model;
        int64_t expected;
        int index;
        make_expression(&random, 2, text);
        model = (struct model){.at = text, .computed = true};
        expected = model_sum(&model);
        index = read_expression(lesson, text);
        if (expression_evaluate(&lesson->expressions, index, &scope, &value, error) !=
            model.computed)
            fail_msg("%s: %s", text, error);
        if (model.computed && value.number != expected)
            fail_msg("%s: %" PRId64 ", not %" PRId64, text, value.number, expected);
    }
}

#define WITH_ROOM(test) cmocka_unit_test_setup_teardown(test, make_lesson_room, free_lesson_room)

static const struct CMUnitTest tests[] = {
    WITH_ROOM(values),
    WITH_ROOM(why_there_is_no_value),
    WITH_ROOM(random_sums_are_those_of_a_model),
};

const struct suite suite_expression = {
    .name = "expression", .tests = tests, .count = sizeof tests / sizeof *tests};
