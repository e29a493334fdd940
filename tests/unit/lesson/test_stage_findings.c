/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stage_findings: values with their kinds and bounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
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

    stage_count(stage, "sent", 11);
    stage_truth(stage, "same", true);
    stage_numbers(stage, "order", numbers, 3);
    stage_words(stage, "error", "E%s", "MSGSIZE");
    assert_int_equal(stage->result.fact_count, 4);
    assert_int_equal(facts[0].kind, LESSON_COUNT);
    assert_int_equal(facts[0].number, 11);
    assert_string_equal(facts[0].key, "sent");
    assert_int_equal(facts[1].kind, LESSON_TRUTH);
    assert_int_equal(facts[1].number, 1);
    assert_int_equal(facts[2].kind, LESSON_NUMBERS);
    assert_int_equal(facts[2].count, 3);
    assert_int_equal(facts[2].numbers[2], 2);
    assert_int_equal(facts[3].kind, LESSON_WORDS);
    assert_string_equal(facts[3].words, "EMSGSIZE");
}

static void a_value_replaces_the_earlier_one_with_its_key(void **state)
{
    struct stage *stage = *state;

    stage_count(stage, "sent", 1);
    stage_count(stage, "received", 2);
    stage_words(stage, "sent", "three");
    assert_int_equal(stage->result.fact_count, 2);
    assert_int_equal(stage->result.facts[0].kind, LESSON_WORDS);
    assert_string_equal(stage->result.facts[0].words, "three");
    assert_int_equal(stage->result.facts[1].number, 2);
}

static void too_long_a_value_is_cut_within_its_room(void **state)
{
    struct stage *stage = *state;
    const struct lesson_result *result = &stage->result;
    int32_t numbers[LESSON_NUMBERS_MAX + 1] = {0};
    char words[2 * LESSON_WORDS_SIZE];

    memset(words, 'w', sizeof words - 1);
    words[sizeof words - 1] = '\0';
    stage_numbers(stage, "numbers", numbers, LESSON_NUMBERS_MAX + 1);
    assert_int_equal(result->facts[0].count, LESSON_NUMBERS_MAX);
    stage_words(stage, "words", "%s", words);
    assert_int_equal(strlen(result->facts[1].words), LESSON_WORDS_SIZE - 1);
}

static void too_many_values_are_a_failure(void **state)
{
    struct stage *stage = *state;
    char keys[LESSON_VALUES_MAX + 1][8];

    for (int i = 0; i <= LESSON_VALUES_MAX; i++) {
        assert_true(stage_going(stage));
        snprintf(keys[i], sizeof keys[i], "key%d", i);
        stage_count(stage, keys[i], i);
    }
    assert_false(stage_going(stage));
    assert_int_equal(stage->result.fact_count, LESSON_VALUES_MAX);
}

#define ON_STAGE(test) cmocka_unit_test_setup_teardown(test, open_stage, close_stage)

static const struct CMUnitTest tests[] = {
    ON_STAGE(each_kind_keeps_its_value),
    ON_STAGE(a_value_replaces_the_earlier_one_with_its_key),
    ON_STAGE(too_long_a_value_is_cut_within_its_room),
    ON_STAGE(too_many_values_are_a_failure),
};

const struct suite suite_stage_findings = {
    .name = "stage_findings", .tests = tests, .count = sizeof tests / sizeof *tests};
