/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rules: the first that fits; errors and their positions. */
#include "udptui/proto/rules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
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

/* A build without PCRE2 has none. */
static bool has_regular_expressions(void)
{
    struct filter_problem problem;
    struct filter *filter = filter_open("/a/", 3, &problem);

    filter_close(filter);
    return filter != NULL;
}

/* ---- the index against trying every rule */

static uint32_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return (uint32_t)(*state >> 32);
}

static void random_filter(uint64_t *random, char *out, size_t size)
{
    static const char *const terms[] = {"a",
                                        "ab",
                                        "abc",
                                        "Ba",
                                        "hex:41",
                                        "hex:6162",
                                        "\"b c\"",
                                        "size:3-9",
                                        "10.1.2",
                                        "50001",
                                        "from:10.0.0.0/8",
                                        "from:11.0.0.0/8",
                                        "!a",
                                        "!(ab|c)",
                                        "(a|bc)",

                                        "\\x61\\x62",
                                        "abcabcabcabcabcabcabcabcabcabc",
                                        "/a+b/"};
    unsigned count = 1 + next_random(random) % 3;

    out[0] = '\0';
    for (unsigned i = 0; i < count; i++) {
        size_t length = strlen(out);
        snprintf(out + length, size - length, "%s%s",
                 i == 0                    ? ""
                 : next_random(random) % 2 ? " "
                                           : "|",
                 terms[next_random(random) % (COUNT_OF(terms) - !has_regular_expressions())]);
    }
}

enum { MODEL_RULES = 90 };

static void check_choice(struct rules *rules, struct filter *const *filters, uint64_t *random)
{
    char payload[40], expected[16] = "-";
    size_t length = next_random(random) % sizeof payload;

    for (size_t i = 0; i < length; i++)
        payload[i] = "abcABC "[next_random(random) % 7];
    payload[length > 0 ? length - 1 : 0] = '\0';
    const struct filter_subject subject = {.name = "",
                                           .address = "10.1.2.3:50001",
                                           .from = &peer,
                                           .payload = (const uint8_t *)payload,
                                           .payload_bytes = strlen(payload),
                                           .size_bytes = (int64_t)strlen(payload)};
    for (size_t i = 0; i < MODEL_RULES && expected[0] == '-'; i++)
        if (filter_evaluate(filters[i], &subject) == FILTER_YES)
            snprintf(expected, sizeof expected, "%zu", i);
    assert_string_equal(answer(rules, payload), expected);
}

static void test_the_index_misses_none(void **state)
{
    uint64_t random = 88172645463325252U;

    (void)state;
    for (int round = 0; round < 60; round++) {
        struct rules *rules = rules_open(NULL);
        struct filter *filters[MODEL_RULES];
        for (size_t i = 0; i < MODEL_RULES; i++) {
            char text[256], rule[300];
            struct rules_problem problem;
            struct filter_problem wrong;
            random_filter(&random, text, sizeof text);
            snprintf(rule, sizeof rule, "%s => %zu", text, i);
            filters[i] = filter_open(text, strlen(text), &wrong);
            assert_true(rules_add(rules, rule, &problem));
        }
        for (int i = 0; i < 200; i++)
            check_choice(rules, filters, &random);
        for (size_t i = 0; i < MODEL_RULES; i++)
            filter_close(filters[i]);
        rules_close(rules);
    }
}

static void test_what_no_rule_can_be_for(void **state)
{
    static const char *const texts[] = {"get => 1", "\"long text\" size:3 => 2", "hex:00ff => 3",
                                        "(port|xyz) from:10.0.0.0/8 => 4"};
    static const struct {
        const char *payload;
        bool may;
    } cases[] = {{"", false},     {"ge", false},       {"gget", true},
                 {"xGEt", true},  {"long tex", false}, {"long text", true},
                 {"p xy", false}, {"xyxyz", true},     {"gelong text", true}};
    struct rules *rules = rules_of(texts, COUNT_OF(texts));
    struct rules_problem problem;

    (void)state;
    assert_true(rules_may_apply(rules, (const uint8_t *)"", 0)); /* not prepared: not known */
    assert_true(rules_prepare(rules));
    assert_false(rules_read_address(rules));
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_int_equal(
            rules_may_apply(rules, (const uint8_t *)cases[i].payload, strlen(cases[i].payload)),
            cases[i].may);
    assert_true(rules_may_apply(rules, (const uint8_t *)"g\0\xff", 3));
    assert_true(rules_add(rules, "size:9 => 5", &problem));
    assert_true(rules_prepare(rules));
    assert_true(rules_may_apply(rules, (const uint8_t *)"", 0));
    rules_close(rules);
}

/* ---- chances, groups, budgets */

static void test_a_chance_leaves_the_rest_to_later_rules(void **state)
{
    static const char *const texts[] = {"a => chance 30% first", "a => chance 50% second",
                                        "a => third"};
    struct rules *rules = rules_of(texts, COUNT_OF(texts));
    const struct filter_subject subject = {.name = "",
                                           .address = "",
                                           .payload = (const uint8_t *)"a",
                                           .payload_bytes = 1,
                                           .size_bytes = 1};
    int counts[3] = {0};

    (void)state;
    for (uint64_t number = 1; number <= 10000; number++) {
        const struct ack_policy *policy =
            rules_choose(rules, &subject, &(struct rules_draw){.seed = 5, .number = number});
        counts[policy->text[0] == 'f' ? 0 : policy->text[0] == 's' ? 1 : 2]++;
    }
    assert_in_range(counts[0], 2800, 3200);
    assert_in_range(counts[1], 3300, 3700);
    rules_close(rules);
}

static void test_groups_are_those_of_the_rule_that_applies(void **state)
{
    if (!has_regular_expressions())
        skip();
    static const char *const texts[] = {"/^set (x)/ => a {1}", "/^set ([0-9]+)( up)?/ => b {1}{2}"};
    struct rules *rules = rules_of(texts, COUNT_OF(texts));
    const char *payload = "set 215";
    const struct filter_subject subject = {.name = "",
                                           .address = "",
                                           .payload = (const uint8_t *)payload,
                                           .payload_bytes = strlen(payload),
                                           .size_bytes = 7};

    (void)state;
    assert_string_equal(answer(rules, payload), "(template)");
    rules_choose(rules, &subject, &(struct rules_draw){.seed = 0});
    const struct ack_groups *groups = rules_groups(rules);
    assert_int_equal(groups->each[0].size_bytes, 3);
    assert_memory_equal(groups->each[0].bytes, "215", 3);
    assert_null(groups->each[1].bytes);
    rules_close(rules);
}

/* All patterns of a datagram share one budget, and what was given up does not apply. */
static void test_hostile_payloads_are_given_up(void **state)
{
    if (!has_regular_expressions())
        skip();
    static const char *const texts[] = {"/(a+)+$/ => 1", "/([ab]*)*[cd]$/ => 2", "size:>9 => rest"};
    struct rules *rules = rules_of(texts, COUNT_OF(texts));
    static uint8_t payload[65000];
    struct filter_budget budget = filter_budget_for(sizeof payload);
    const struct filter_subject subject = {.name = "",
                                           .address = "",
                                           .payload = payload,
                                           .payload_bytes = sizeof payload,
                                           .size_bytes = sizeof payload,
                                           .budget = &budget};

    (void)state;
    memset(payload, 'a', sizeof payload);
    payload[sizeof payload - 1] = '!';
    const struct ack_policy *policy =
        rules_choose(rules, &subject, &(struct rules_draw){.seed = 0});
    assert_memory_equal(policy->text, "rest", 4);
    assert_true(budget.spent);
    assert_true(budget.steps_left < 100);
    rules_close(rules);
}
static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_the_index_misses_none),
    cmocka_unit_test(test_what_no_rule_can_be_for),
    cmocka_unit_test(test_a_chance_leaves_the_rest_to_later_rules),
    cmocka_unit_test(test_groups_are_those_of_the_rule_that_applies),
    cmocka_unit_test(test_hostile_payloads_are_given_up),
    cmocka_unit_test(test_the_first_that_fits_answers),
    cmocka_unit_test(test_a_file),
    cmocka_unit_test(test_problems_have_a_place),
    cmocka_unit_test(test_many),
};

const struct suite suite_rules = {
    .name = "rules", .tests = tests, .count = sizeof tests / sizeof *tests};
