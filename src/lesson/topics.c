/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* topics: see the header. */
#include "udptui/lesson/topics.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conclude_internal.h"
#include "script_internal.h"
#include "stamps_internal.h"
#include "udptui/base/units.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/files.h"

enum { SEEDS_MAX = 100, TRIES_MAX = 3 };

/* For all seeds: if nothing gets through on this machine, none will show anything. */
static const int64_t seeds_time_ns = 10 * UNITS_NS_PER_S;

const struct topics_file *topics_find(const char *name)
{
    for (size_t i = 0; i < topics_file_count; i++)
        if (strcmp(topics_files[i].name, name) == 0)
            return &topics_files[i];
    return NULL;
}

/* Reads one more lesson. path: of its file, for a problem. */
static bool topics_add(struct topics *topics, const char *path, const char *text, size_t size_bytes,
                       const struct catalog *catalog, struct problem *problem)
{
    struct lesson *lesson = malloc(sizeof *lesson);
    struct lesson_problem found;

    if (lesson == NULL)
        return problem_set(problem, false, "lesson: not enough memory");
    topics->lessons[topics->count++] = lesson;
    return lesson_parse(lesson, text, size_bytes, catalog, &found) ||
           problem_set(problem, true, "%s:%d:%d: %s", path, found.line, found.column, found.text);
}

/* Room for so many lessons. */
static bool topics_begin(struct topics *topics, size_t count, struct problem *problem)
{
    *topics = (struct topics){.lessons = calloc(count, sizeof *topics->lessons)};
    return topics->lessons != NULL || problem_set(problem, false, "lesson: not enough memory");
}

bool topics_open(struct topics *topics, const struct catalog *catalog, struct problem *problem)
{
    if (!topics_begin(topics, topics_file_count, problem))
        return false;
    for (size_t i = 0; i < topics_file_count; i++) {
        const struct topics_file *file = &topics_files[i];
        if (!topics_add(topics, file->name, file->text, file->size_bytes, catalog, problem))
            return false;
    }
    return true;
}

bool topics_open_file(struct topics *topics, const char *path, struct problem *problem)
{
    const size_t room_bytes = LESSON_FILE_SIZE_MAX + 1; /* one more than is read as a lesson */
    uint8_t *text = malloc(room_bytes);
    size_t size_bytes;
    const char *why;
    bool opened = false;

    if (!topics_begin(topics, 1, problem) || text == NULL) {
        free(text);
        return problem_set(problem, false, "lesson: not enough memory");
    }
    why = files_read_regular(path, text, room_bytes, &size_bytes);
    if (why != NULL)
        problem_set(problem, false, "lesson: cannot read %s: %s", path, why);
    else
        opened = topics_add(topics, path, (const char *)text, size_bytes, NULL, problem);
    free(text);
    return opened;
}

void topics_close(struct topics *topics)
{
    for (size_t i = 0; i < topics->count; i++)
        free(topics->lessons[i]);
    free(topics->lessons);
    *topics = (struct topics){.lessons = NULL};
}

/* ---- running one */

static void topics_play_once(const struct lesson *lesson, struct stage *stage,
                             const struct stage_config *config)
{
    char error[STAGE_ERROR_SIZE];

    stage_open(stage, config);
    script_run(lesson, stage);
    stage_finish(stage);
    if (stage_going(stage) &&
        !conclude(lesson, config->catalog, &stage->result, error, sizeof error))
        stage_fail(stage, "%s", error);
}

/* What depends on the seed is played with the next ones, what depends on times with the same. */
static void topics_play_until_shown(const struct lesson *lesson, struct stage *stage,
                                    const struct stage_config *config)
{
    const int64_t until_ns = clock_monotonic_ns() + seeds_time_ns;
    struct stage_config tried = *config;
    struct lesson_result *result = &stage->result;
    int seeds = 1, tries = 1;

    for (;; stage_close(stage)) {
        topics_play_once(lesson, stage, &tried);
        result->seed = tried.seed;
        result->asked_seed = config->seed;
        result->tries = tries;
        if (result->depends == LESSON_ON_NOTHING || !stage_going(stage))
            return;
        if (result->depends == LESSON_ON_TIMES && tries++ == TRIES_MAX)
            return;
        if (result->depends == LESSON_ON_SEED) {
            if (seeds++ == SEEDS_MAX || clock_monotonic_ns() > until_ns)
                return;
            tried.seed = (tried.seed + 1) & INT64_MAX;
            tries = 1;
        }
    }
}

void topics_play(const struct lesson *lesson, struct stage *stage,
                 const struct stage_config *config)
{
    int stamps = stamps_hold();

    topics_play_until_shown(lesson, stage, config);
    if (stamps >= 0)
        close(stamps);
}
