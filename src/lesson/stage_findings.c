/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stage_findings: what a lesson measured, for the front end. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "udptui/lesson/stage.h"

/* The next fact's place; the last one is overwritten if there are too many. */
static struct lesson_fact *stage_add(struct stage *stage, enum lesson_fact_kind kind,
                                     const char *key, const char *label)
{
    struct lesson_result *result = &stage->result;
    struct lesson_fact *fact;

    if (result->fact_count < LESSON_FACTS_MAX)
        result->fact_count++;
    fact = &result->facts[result->fact_count - 1];
    *fact = (struct lesson_fact){.key = key, .label = label, .kind = (uint8_t)kind};
    return fact;
}

void stage_count(struct stage *stage, const char *key, const char *label, int64_t number)
{
    stage_add(stage, LESSON_COUNT, key, label)->number = number;
}

void stage_truth(struct stage *stage, const char *key, const char *label, bool truth)
{
    stage_add(stage, LESSON_TRUTH, key, label)->number = truth;
}

void stage_numbers(struct stage *stage, const char *key, const char *label, const int32_t *numbers,
                   size_t count)
{
    struct lesson_fact *fact = stage_add(stage, LESSON_NUMBERS, key, label);

    fact->count = (uint8_t)(count < LESSON_NUMBERS_MAX ? count : LESSON_NUMBERS_MAX);
    memcpy(fact->numbers, numbers, fact->count * sizeof *numbers);
}

void stage_words(struct stage *stage, const char *key, const char *label, const char *format, ...)
{
    struct lesson_fact *fact = stage_add(stage, LESSON_WORDS, key, label);
    va_list list;

    va_start(list, format);
    vsnprintf(fact->words, sizeof fact->words, format, list);
    va_end(list);
}

void stage_happened(struct stage *stage, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    vsnprintf(stage->result.happened, sizeof stage->result.happened, format, list);
    va_end(list);
}

void stage_expect(struct stage *stage, bool met, const char *expectation)
{
    if (!met && stage_going(stage) && stage->result.otherwise == NULL)
        stage->result.otherwise = expectation;
}

void stage_expect_by_chance(struct stage *stage, bool met, const char *expectation)
{
    if (!met && stage_going(stage) && stage->result.otherwise == NULL)
        stage->result.by_chance = true;
    stage_expect(stage, met, expectation);
}
