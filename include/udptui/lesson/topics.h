/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* topics: the lessons, and running one. */
#ifndef UDPTUI_LESSON_TOPICS_H
#define UDPTUI_LESSON_TOPICS_H

#include <stddef.h>

#include "udptui/lesson/finding.h"
#include "udptui/lesson/stage.h"

struct lesson {
    struct lesson_topic topic;
    void (*play)(struct stage *stage); /* real sockets; fills stage->result */
};

/* All lessons in their order; and their number. */
const struct lesson *const *topics_table(size_t *count);

/*
 * Opens the stage and runs the lesson on it, with the configuration's seed or, if that shows
 * nothing, the next one that does. stage_close is the caller's.
 */
void topics_play(const struct lesson *lesson, struct stage *stage,
                 const struct stage_config *config);

#endif
