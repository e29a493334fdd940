/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* topics: see the header. */
#include "udptui/lesson/topics.h"

#include "topics_internal.h"

#include "udptui/base/array.h"

enum { SEEDS_MAX = 100 };

#define TOPICS_ROW(name) &lesson_##name,
const struct lesson *const *topics_table(size_t *count)
{
    static const struct lesson *const table[] = {TOPICS_EACH(TOPICS_ROW)};

    *count = COUNT_OF(table);
    return table;
}

void topics_play(const struct lesson *lesson, struct stage *stage,
                 const struct stage_config *config)
{
    struct stage_config tried = *config;

    for (int i = 0; i < SEEDS_MAX; i++, tried.seed = (tried.seed + 1) & INT64_MAX) {
        stage_open(stage, &tried);
        lesson->play(stage);
        stage_finish(stage);
        stage->result.seed = tried.seed;
        stage->result.asked_seed = config->seed;
        if (!stage->result.by_chance || !stage_going(stage) || i == SEEDS_MAX - 1)
            return;
        stage_close(stage);
    }
}
