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
#include <time.h>

#include <cmocka.h>

#include "../suite.h"
#include "udptui/base/array.h"

static const struct endpoint peer = {
    .family = ENDPOINT_IPV4, .address = {10, 1, 2, 3}, .port = 50001};

/* The text that answers it, "-" if no rule does. */
static const char *answer_to(struct rules *rules, const struct filter_subject *subject)
{
    const struct ack_policy *policy = rules_choose(rules, subject, &(struct rules_draw){.seed = 1});

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

static struct filter_subject subject_with(const char *payload)
{
    return (struct filter_subject){.name = "",
                                   .address = "",
                                   .from = &peer,
                                   .payload = (const uint8_t *)payload,
                                   .payload_bytes = strlen(payload),
                                   .size_bytes = (int64_t)strlen(payload)};
}

static const char *answer(struct rules *rules, const char *payload)
{
    struct filter_subject subject = subject_with(payload);

    return answer_to(rules, &subject);
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
                                        "10.1.2",
                                        "50001",
                                        "size:3-9",
                                        "size:5",
                                        "size:>20",
                                        "size:<=2",
                                        "size:<0",
                                        "size:>=0",
                                        "from:10.1.0.0/16",
                                        "from:10.1.2.3:50001",
                                        "from:10.1.2.3/31",
                                        "from:0.0.0.0/0",
                                        "from::50002",
                                        "from:[2001:db8::1]:53",
                                        "from:2001:db8::8000:0:0:0/65",
                                        "from:2001:db8::/33",
                                        "from:::/0",
                                        "from:ff00::/8",
                                        "to:255.255.255.255",
                                        "to:[ffff:ffff::]:53",
                                        "to:8000::/1",
                                        "to:10.0.0.0/8",
                                        "to::53",
                                        "port:53",
                                        "port:50001-50002",
                                        "port:<53",
                                        "port:>65535",
                                        "!port:53",
                                        "!from:10.0.0.0/8",
                                        "!(size:5|to::53)",
                                        "(port:53|from::50001)",
                                        "(size:<5|size:>30)",
                                        "(from:10.1.2.3 port:50002)",
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

/* NULL: it is not known. */
static const struct endpoint *random_endpoint(uint64_t *random, struct endpoint *out)
{
    static const struct endpoint some[] = {
        {.family = ENDPOINT_IPV4, .address = {10, 1, 2, 3}},
        {.family = ENDPOINT_IPV4, .address = {10, 1, 2, 2}},
        {.family = ENDPOINT_IPV4, .address = {10, 2, 0, 0}},
        {.family = ENDPOINT_IPV4, .address = {255, 255, 255, 255}},
        {.family = ENDPOINT_IPV4, .address = {0}},
        {.family = ENDPOINT_IPV6, .address = {0}},
        {.family = ENDPOINT_IPV6, .address = {10, 1, 2, 3}},
        {.family = ENDPOINT_IPV6, .address = {0x20, 1, 13, 0xb8, [15] = 1}},
        {.family = ENDPOINT_IPV6, .address = {0x20, 1, 13, 0xb8, [8] = 0x80}},
        {.family = ENDPOINT_IPV6, .address = {0x20, 1, 13, 0xb8, 0x80}},
        {.family = ENDPOINT_IPV6, .address = {0xff, 0xff, 0xff, 0xff}},
        {.family = ENDPOINT_IPV6, .address = {[10] = 0xff, 0xff, 10, 1, 2, 3}},
        {.family = ENDPOINT_NONE},
    };
    static const uint16_t ports[] = {50001, 50002, 53, 52, 54, 1, 65535, 0};

    *out = some[next_random(random) % COUNT_OF(some)];
    out->port = ports[next_random(random) % COUNT_OF(ports)];
    return next_random(random) % 8 == 0 ? NULL : out;
}

/* The first rule that its filter gives, tried one by one. */
static void find_expected(struct filter *const *filters, size_t count,
                          const struct filter_subject *subject, char *out, size_t size)
{
    snprintf(out, size, "-");
    for (size_t i = 0; i < count; i++)
        if (filter_evaluate(filters[i], subject) == FILTER_YES) {
            snprintf(out, size, "%zu", i);
            return;
        }
}

static void check_choice(struct rules *rules, struct filter *const *filters, size_t count,
                         uint64_t *random)
{
    char payload[40], expected[24];
    size_t length = next_random(random) % sizeof payload;
    struct endpoint from, to;

    for (size_t i = 0; i < length; i++)
        payload[i] = "abcABC "[next_random(random) % 7];
    payload[length > 0 ? length - 1 : 0] = '\0';
    const struct filter_subject subject = {
        .name = "",
        .address = "",
        .from = random_endpoint(random, &from),
        .to = random_endpoint(random, &to),
        .payload = (const uint8_t *)payload,
        .payload_bytes = strlen(payload),
        .size_bytes = next_random(random) % 8 == 0 ? -1 : (int64_t)strlen(payload)};
    find_expected(filters, count, &subject, expected, sizeof expected);
    if (strcmp(expected, "-") != 0)
        assert_true(rules_may_apply(rules, &subject));
    assert_string_equal(answer_to(rules, &subject), expected);
    assert_string_equal(answer_to(rules, &subject), expected); /* of the same endpoints again */
}

/* Fewer rules in some rounds, so that the later ones are reached. */
static void check_round(uint64_t *random)
{
    struct rules *rules = rules_open(NULL);
    struct filter *filters[MODEL_RULES];
    size_t count = 1 + next_random(random) % (next_random(random) % 4 == 0 ? MODEL_RULES : 8);

    for (size_t i = 0; i < count; i++) {
        char text[256], rule[300];
        struct rules_problem problem;
        struct filter_problem wrong;
        random_filter(random, text, sizeof text);
        snprintf(rule, sizeof rule, "%s => %zu", text, i);
        filters[i] = filter_open(text, strlen(text), &wrong);
        assert_true(rules_add(rules, rule, &problem));
    }
    assert_true(rules_prepare(rules));
    for (int i = 0; i < 100; i++)
        check_choice(rules, filters, count, random);
    for (size_t i = 0; i < count; i++)
        filter_close(filters[i]);
    rules_close(rules);
}

static void test_the_index_misses_none(void **state)
{
    uint64_t random = 88172645463325252U;

    (void)state;
    for (int round = 0; round < 600; round++)
        check_round(&random);
}

/* Between peer and 10.0.0.1:4010. */
static bool may_apply(const struct rules *rules, const char *payload)
{
    static const struct endpoint server = {
        .family = ENDPOINT_IPV4, .address = {10, 0, 0, 1}, .port = 4010};
    struct filter_subject subject = subject_with(payload);

    subject.to = &server;
    return rules_may_apply(rules, &subject);
}

static void test_what_no_rule_can_be_for(void **state)
{
    static const char *const texts[] = {"get => 1",
                                        "\"long text\" size:<12 => 2",
                                        "hex:2aff => 3",
                                        "(port|xyz) from:10.0.0.0/8 => 4",
                                        "quux from:11.0.0.0/8 => 5",
                                        "quuy port:1 => 6"};
    static const struct {
        const char *payload;
        bool may;
    } cases[] = {{"", false},           {"ge", false},           {"gget", true},
                 {"xGEt", true},        {"long tex", false},     {"long text", true},
                 {"p xy", false},       {"xyxyz", true},         {"along text", true},
                 {"a long text", true}, {"a long texta", false}, {"g*\xff", true},
                 {"quux", false},       {"quuy", false},         {"quuyxyz", true}};
    struct rules *rules = rules_of(texts, COUNT_OF(texts));
    struct rules_problem problem;

    (void)state;
    assert_true(may_apply(rules, "")); /* not prepared: not known */
    assert_true(rules_prepare(rules));
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        if (may_apply(rules, cases[i].payload) != cases[i].may)
            fail_msg("%s", cases[i].payload);
    assert_true(rules_add(rules, "size:9 => 7", &problem));
    assert_true(rules_prepare(rules));
    assert_false(may_apply(rules, "12345678"));
    assert_true(may_apply(rules, "123456789"));
    assert_true(rules_add(rules, "!size:9 => 8", &problem));
    assert_true(rules_prepare(rules));
    assert_true(may_apply(rules, ""));
    rules_close(rules);
}

/* Each condition alone excludes what it does not take. */
static void test_a_datagram_that_a_range_excludes(void **state)
{
    static const struct endpoint other = {
        .family = ENDPOINT_IPV6, .address = {0x20, 1, 13, 0xb8, [15] = 7}, .port = 53};
    static const struct {
        const char *text;
        bool may;
    } cases[] = {
        {"from:10.1.2.3 => x", true},
        {"from:10.1.2.2 => x", false},
        {"from:10.1.2.2/31 => x", true},
        {"from::50001 => x", true},
        {"from::50000 => x", false},
        {"from:::/0 => x", false},
        {"to:2001:db8::7 => x", true},
        {"to:2001:db8::6 => x", false},
        {"to:2001:db8::8/125 => x", false},
        {"to:2001:db8::/125 => x", true},
        {"to::53 => x", true},
        {"to::50001 => x", false},
        {"port:53 => x", true},
        {"port:50001 => x", true},
        {"port:54-50000 => x", false},
        {"size:4 => x", true},
        {"size:>4 => x", false},
        {"size:<4 => x", false},
        {"size:1|size:5 => x", false},
        {"size:1|size:>3 => x", true},
        {"size:>1 size:<4 => x", false},
        {"from:10.1.2.2|size:4 => x", true},
        {"size:4 from:10.1.2.2 => x", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct rules *rules = rules_of(&cases[i].text, 1);
        struct filter_subject subject = subject_with("quux");
        subject.to = &other;
        assert_true(rules_prepare(rules));
        if (rules_may_apply(rules, &subject) != cases[i].may)
            fail_msg("%s", cases[i].text);
        rules_close(rules);
    }
}

/* More bounds than there is room for: the later rules are tried. */
static void test_more_ranges_than_there_is_room_for(void **state)
{
    struct rules *rules = rules_open(NULL);
    struct rules_problem problem;
    char text[200], payload[9 * RULES_MAX];

    (void)state;
    for (int i = 0; i < RULES_MAX; i++) {
        int at = 6 * i;
        snprintf(text, sizeof text, "size:%d|size:%d|size:%d => %d", at, at + 2, at + 4, i);
        assert_true(rules_add(rules, text, &problem));
    }
    memset(payload, 'x', sizeof payload);
    for (size_t length = 0; length < 6 * RULES_MAX; length++) {
        payload[length] = '\0';
        snprintf(text, sizeof text, length % 2 == 0 ? "%zu" : "-", length / 6);
        assert_string_equal(answer(rules, payload), text);
        payload[length] = 'x';
    }
    rules_close(rules);
}

/* A payload that has the text of every rule at each of its bytes, which all have another size. */
static void test_a_text_found_often_costs_little(void **state)
{
    static char payload[60001];
    struct rules *rules = rules_open(NULL);
    struct rules_problem problem;
    char text[80];

    (void)state;
    for (int i = 0; i < RULES_MAX; i++) {
        snprintf(text, sizeof text, "%.*s size:%d => x", 1 + i % 20, "gggggggggggggggggggg", i);
        assert_true(rules_add(rules, text, &problem));
    }
    memset(payload, 'g', sizeof payload - 1);
    assert_true(rules_prepare(rules));
    clock_t begin = clock();
    for (int i = 0; i < 50; i++) {
        assert_string_equal(answer(rules, payload), "-");
        assert_false(may_apply(rules, payload));
    }
    assert_true((clock() - begin) / CLOCKS_PER_SEC < 2);
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
    cmocka_unit_test(test_a_datagram_that_a_range_excludes),
    cmocka_unit_test(test_more_ranges_than_there_is_room_for),
    cmocka_unit_test(test_a_text_found_often_costs_little),
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
