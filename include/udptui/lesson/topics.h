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

/* Each lesson in its order: ROW(name). */
#define TOPICS_EACH(ROW)                                                                           \
    ROW(loss)                                                                                      \
    ROW(duplicate)                                                                                 \
    ROW(reorder)                                                                                   \
    ROW(boundaries)                                                                                \
    ROW(connectionless)                                                                            \
    ROW(truncation)                                                                                \
    ROW(overflow)                                                                                  \
    ROW(unreachable)                                                                               \
    ROW(mtu)                                                                                       \
    ROW(checksum)                                                                                  \
    ROW(retry)                                                                                     \
    ROW(tcp)

/* Their names, for completion. */
#define TOPICS_WORD(name) #name " "
#define TOPICS_WORDS      TOPICS_EACH(TOPICS_WORD)

/* All lessons in their order; and their number. */
const struct lesson *const *topics_table(size_t *count);

/*
 * Opens the stage and runs the lesson on it, with the configuration's seed or, if that shows
 * nothing, the next one that does. stage_close is the caller's.
 */
void topics_play(const struct lesson *lesson, struct stage *stage,
                 const struct stage_config *config);

#endif
