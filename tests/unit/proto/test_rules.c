/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rules: the first that fits; errors and their positions. */
#include "udptui/proto/rules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"
#include "udptui/base/array.h"

static const struct endpoint peer = {
    .family = ENDPOINT_IPV4, .address = {10, 1, 2, 3}, .port = 50001};

/* The text that answers it, "-" if no rule does. */
static const char *answer(struct rules *rules, const char *payload)
{
    const struct filter_subject subject = {.name = "",
                                           .address = "10.1.2.3:50001",
                                           .from = &peer,
                                           .payload = (const uint8_t *)payload,
                                           .payload_bytes = strlen(payload),
                                           .size_bytes = (int64_t)strlen(payload)};
    const struct ack_policy *policy =
        rules_choose(rules, &subject, &(struct rules_draw){.seed = 1});

    if (policy == NULL)
        return "-";
    if (policy->row != &ack_rows[ACK_FIXED])
        return policy->row == &ack_rows[ACK_ECHO]   ? "(echo)"
               : policy->row == &ack_rows[ACK_NONE] ? "(none)"
                                                    : "(template)";
    static char text[ACK_TEXT_MAX + 1];
    memcpy(text, policy->text, policy->text_bytes);
    text[policy->text_bytes] = '\0';
    return text;
}

static struct rules *rules_of(const char *const *texts, size_t count)
{
    struct rules *rules = rules_open(NULL);
    struct rules_problem problem;

    for (size_t i = 0; i < count; i++)
        if (!rules_add(rules, texts[i], &problem))
            fail_msg("%s: %zu: %s", texts[i], problem.column, problem.why);
    return rules;
}

static void check_device(struct rules *rules)
{
    assert_string_equal(answer(rules, "GET temp"), "21.5");
    assert_string_equal(answer(rules, "get mode"), "heat => cool");
    assert_string_equal(answer(rules, "get anything"), "(template)");
    assert_string_equal(answer(rules, "ping"), "(echo)");
    assert_string_equal(answer(rules, "a => b"), "arrow");
    assert_string_equal(answer(rules, "quiet"), "(none)");
    assert_string_equal(answer(rules, "else"), "-");
}

static const char *const device[] = {
    "get temp => 21.5",
    "\"get mode\"=>heat => cool",
    "get => no such value: {text}",
    "ping size:4 => echo",
    "\"=>\" => arrow",
    "quiet from:10.0.0.0/8 => none",
};

static void test_the_first_that_fits_answers(void **state)
{
    struct rules *rules = rules_of(device, COUNT_OF(device));
    struct rules *copy = rules_copy(rules);

    (void)state;
    check_device(rules);
    rules_close(rules);
    check_device(copy);
    rules_close(copy);
}

static void test_a_file(void **state)
{
    static const char text[] = "# a device\n\n  # more\nget temp => 21.5\r\nget => ?\n => rest";
    static const char wrong[] = "a => b\n\n  (c => d\n";
    struct rules *rules = rules_open(NULL);
    struct rules_problem problem;

    (void)state;
    assert_true(rules_add_lines(rules, text, strlen(text), &problem));
    assert_string_equal(answer(rules, "get temp"), "21.5");
    assert_string_equal(answer(rules, "get"), "?");
    assert_string_equal(answer(rules, ""), "rest");
    assert_false(rules_add_lines(rules, wrong, strlen(wrong), &problem));
    assert_int_equal(problem.line, 3);
    assert_int_equal(problem.column, 3);
    assert_false(rules_add_lines(rules, "a\0b", 3, &problem));
    rules_close(rules);
}

static void test_problems_have_a_place(void **state)
{
    static const struct {
        const char *text;
        size_t column;
        const char *why;
    } cases[] = {
        {"hello", 6, "=>"},
        {"\"a => b\"", 9, "=>"},
        {"(a => b", 1, ")"},
        {"a => {nonsense}", 6, "field"},
        {"status:held => x", 1, "status"},
        {"a|!why:loop => x", 1, "why"},
        {"name:kim => x", 1, "name"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct rules *rules = rules_open(NULL);
        struct rules_problem problem;
        if (rules_add(rules, cases[i].text, &problem))
            fail_msg("accepted: %s", cases[i].text);
        if (problem.column != cases[i].column || strstr(problem.why, cases[i].why) == NULL)
            fail_msg("%s: %zu: %s", cases[i].text, problem.column, problem.why);
        assert_string_equal(answer(rules, "hello a => b"), "-");
        rules_close(rules);
    }
}

static void test_many(void **state)
{
    struct rules *rules = rules_open(NULL);
    struct rules_problem problem;

    (void)state;
    for (int i = 0; i < RULES_MAX; i++)
        assert_true(rules_add(rules, "never => x", &problem));
    assert_false(rules_add(rules, "a => x", &problem));
    assert_string_equal(answer(rules, "a"), "-");
    rules_close(rules);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_the_first_that_fits_answers),
    cmocka_unit_test(test_a_file),
    cmocka_unit_test(test_problems_have_a_place),
    cmocka_unit_test(test_many),
};

const struct suite suite_rules = {
    .name = "rules", .tests = tests, .count = sizeof tests / sizeof *tests};
