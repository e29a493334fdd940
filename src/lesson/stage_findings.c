/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stage_findings: the values that a script delivers, by their keys. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "udptui/lesson/stage.h"

/* The value of this key: the earlier one, or a new one. The last one is overwritten if there are
 * too many, which is a failure of the lesson. */
static struct lesson_fact *stage_add(struct stage *stage, enum lesson_fact_kind kind,
                                     const char *key)
{
    struct lesson_result *result = &stage->result;
    size_t place = 0;

    while (place < result->fact_count && strcmp(result->facts[place].key, key) != 0)
        place++;
    if (place == LESSON_VALUES_MAX) {
        stage_fail(stage, "lesson: more than %d values", LESSON_VALUES_MAX);
        place--;
    }
    if (place >= result->fact_count)
        result->fact_count++;
    result->facts[place] = (struct lesson_fact){.key = key, .label = key, .kind = (uint8_t)kind};
    return &result->facts[place];
}

void stage_count(struct stage *stage, const char *key, int64_t number)
{
    stage_add(stage, LESSON_COUNT, key)->number = number;
}

void stage_truth(struct stage *stage, const char *key, bool truth)
{
    stage_add(stage, LESSON_TRUTH, key)->number = truth;
}

void stage_numbers(struct stage *stage, const char *key, const int32_t *numbers, size_t count)
{
    struct lesson_fact *fact = stage_add(stage, LESSON_NUMBERS, key);

    fact->count = (uint8_t)(count < LESSON_NUMBERS_MAX ? count : LESSON_NUMBERS_MAX);
    if (fact->count > 0)
        memcpy(fact->numbers, numbers, fact->count * sizeof *numbers);
}

void stage_words(struct stage *stage, const char *key, const char *format, ...)
{
    struct lesson_fact *fact = stage_add(stage, LESSON_WORDS, key);
    va_list list;

    va_start(list, format);
    vsnprintf(fact->words, sizeof fact->words, format, list);
    va_end(list);
}
