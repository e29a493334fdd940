/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stage_findings: facts with their kinds and bounds, and expectations. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/lesson/stage.h"

static int open_stage(void **state)
{
    struct stage *stage = malloc(sizeof *stage);

    if (stage == NULL)
        return -1;
    stage_open(stage, &(struct stage_config){.stop_fd = -1});
    *state = stage;
    return 0;
}

static int close_stage(void **state)
{
    stage_close(*state);
    free(*state);
    return 0;
}

static void each_kind_keeps_its_value(void **state)
{
    struct stage *stage = *state;
    const struct lesson_fact *facts = stage->result.facts;
    const int32_t numbers[] = {3, 1, 2};

    stage_count(stage, "sent", "datagrams sent", 11);
    stage_truth(stage, "same", "the same bytes", true);
    stage_numbers(stage, "order", "as they came", numbers, 3);
    stage_words(stage, "error", "errno", "E%s", "MSGSIZE");
    assert_int_equal(stage->result.fact_count, 4);
    assert_int_equal(facts[0].kind, LESSON_COUNT);
    assert_int_equal(facts[0].number, 11);
    assert_string_equal(facts[0].key, "sent");
    assert_string_equal(facts[0].label, "datagrams sent");
    assert_int_equal(facts[1].kind, LESSON_TRUTH);
    assert_int_equal(facts[1].number, 1);
    assert_int_equal(facts[2].kind, LESSON_NUMBERS);
    assert_int_equal(facts[2].count, 3);
    assert_int_equal(facts[2].numbers[2], 2);
    assert_int_equal(facts[3].kind, LESSON_WORDS);
    assert_string_equal(facts[3].words, "EMSGSIZE");
}

static void too_much_is_cut_within_its_room(void **state)
{
    struct stage *stage = *state;
    const struct lesson_result *result = &stage->result;
    int32_t numbers[LESSON_NUMBERS_MAX + 1] = {0};
    char words[2 * LESSON_HAPPENED_SIZE];

    memset(words, 'w', sizeof words - 1);
    words[sizeof words - 1] = '\0';
    for (int i = 0; i <= LESSON_FACTS_MAX; i++)
        stage_count(stage, "key", "label", i);
    assert_int_equal(result->fact_count, LESSON_FACTS_MAX);
    assert_int_equal(result->facts[LESSON_FACTS_MAX - 1].number, LESSON_FACTS_MAX);
    stage_numbers(stage, "key", "label", numbers, LESSON_NUMBERS_MAX + 1);
    assert_int_equal(result->facts[LESSON_FACTS_MAX - 1].count, LESSON_NUMBERS_MAX);
    stage_words(stage, "key", "label", "%s", words);
    assert_int_equal(strlen(result->facts[LESSON_FACTS_MAX - 1].words), LESSON_WORDS_SIZE - 1);
    stage_happened(stage, "%s", words);
    assert_int_equal(strlen(result->happened), LESSON_HAPPENED_SIZE - 1);
}

static void the_first_expectation_that_is_not_met_is_kept(void **state)
{
    struct stage *stage = *state;

    stage_expect(stage, true, "met");
    assert_null(stage->result.otherwise);
    stage_expect(stage, false, "first");
    stage_expect_by_chance(stage, false, "second");
    assert_string_equal(stage->result.otherwise, "first");
    assert_false(stage->result.by_chance); /* another seed would not help the first one */
}

static void what_chance_did_not_show_asks_for_another_seed(void **state)
{
    struct stage *stage = *state;

    stage_expect_by_chance(stage, true, "met");
    assert_false(stage->result.by_chance);
    stage_expect_by_chance(stage, false, "some loss");
    assert_true(stage->result.by_chance);
    assert_string_equal(stage->result.otherwise, "some loss");
}

static void a_stage_that_failed_has_shown_nothing(void **state)
{
    struct stage *stage = *state;

    stage_fail(stage, "no socket");
    stage_expect(stage, false, "expected");
    stage_expect_by_chance(stage, false, "by chance");
    assert_null(stage->result.otherwise);
    assert_false(stage->result.by_chance);
}

#define ON_STAGE(test) cmocka_unit_test_setup_teardown(test, open_stage, close_stage)

static const struct CMUnitTest tests[] = {
    ON_STAGE(each_kind_keeps_its_value),
    ON_STAGE(too_much_is_cut_within_its_room),
    ON_STAGE(the_first_expectation_that_is_not_met_is_kept),
    ON_STAGE(what_chance_did_not_show_asks_for_another_seed),
    ON_STAGE(a_stage_that_failed_has_shown_nothing),
};

const struct suite suite_stage_findings = {
    .name = "stage_findings", .tests = tests, .count = sizeof tests / sizeof *tests};
