/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* topics: see the header. */
#include "udptui/lesson/topics.h"

#include <stdlib.h>
#include <string.h>

#include "conclude_internal.h"
#include "steps_internal.h"
#include "udptui/base/units.h"
#include "udptui/sys/clock.h"

enum { SEEDS_MAX = 100 };

/* For all seeds: if nothing gets through on this machine, none will show anything. */
static const int64_t seeds_time_ns = 10 * UNITS_NS_PER_S;

const struct topics_file *topics_find(const char *name)
{
    for (size_t i = 0; i < topics_file_count; i++)
        if (strcmp(topics_files[i].name, name) == 0)
            return &topics_files[i];
    return NULL;
}

/* Reads one more lesson. */
static bool topics_add(struct topics *topics, const struct topics_file *file,
                       const struct catalog *catalog, struct problem *problem)
{
    struct lesson *lesson = malloc(sizeof *lesson);
    struct lesson_problem found;

    if (lesson == NULL)
        return problem_set(problem, false, "lesson: not enough memory");
    topics->lessons[topics->count++] = lesson;
    return lesson_parse(lesson, file->text, file->size_bytes, catalog, &found) ||
           problem_set(problem, false, "%s.lesson:%d:%d: %s", file->name, found.line, found.column,
                       found.text);
}

bool topics_open(struct topics *topics, const struct catalog *catalog, struct problem *problem)
{
    *topics = (struct topics){.lessons = calloc(topics_file_count, sizeof *topics->lessons)};
    if (topics->lessons == NULL)
        return problem_set(problem, false, "lesson: not enough memory");
    for (size_t i = 0; i < topics_file_count; i++)
        if (!topics_add(topics, &topics_files[i], catalog, problem))
            return false;
    return true;
}

void topics_close(struct topics *topics)
{
    for (size_t i = 0; i < topics->count; i++)
        free(topics->lessons[i]);
    free(topics->lessons);
    *topics = (struct topics){.lessons = NULL};
}

/* ---- running one */

static void topics_run_script(const struct lesson *lesson, struct stage *stage)
{
    for (size_t i = 0; i < lesson->statement_count && stage_going(stage); i++)
        steps_find(lesson->statements[i].step)(stage);
}

static void topics_play_once(const struct lesson *lesson, struct stage *stage,
                             const struct stage_config *config)
{
    char error[STAGE_ERROR_SIZE];

    stage_open(stage, config);
    topics_run_script(lesson, stage);
    stage_finish(stage);
    if (stage_going(stage) &&
        !conclude(lesson, config->catalog, &stage->result, error, sizeof error))
        stage_fail(stage, "%s", error);
}

void topics_play(const struct lesson *lesson, struct stage *stage,
                 const struct stage_config *config)
{
    const int64_t until_ns = clock_monotonic_ns() + seeds_time_ns;
    struct stage_config tried = *config;

    for (int i = 0; i < SEEDS_MAX; i++, tried.seed = (tried.seed + 1) & INT64_MAX) {
        topics_play_once(lesson, stage, &tried);
        stage->result.seed = tried.seed;
        stage->result.asked_seed = config->seed;
        if (!stage->result.by_chance || !stage_going(stage) || i == SEEDS_MAX - 1 ||
            clock_monotonic_ns() > until_ns)
            return;
        stage_close(stage);
    }
}
