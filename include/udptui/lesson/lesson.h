/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lesson: the topics, and the two ways to go through them. */
#ifndef UDPTUI_LESSON_LESSON_H
#define UDPTUI_LESSON_LESSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "udptui/base/text.h"
#include "udptui/lesson/finding.h"
#include "udptui/lesson/stage.h"
#include "udptui/output/lesson.h"
#include "udptui/sys/signals.h"

struct lesson {
    struct lesson_topic topic;
    void (*play)(struct stage *stage); /* real sockets; fills stage->result */
};

extern const struct lesson lesson_loss, lesson_duplicate, lesson_reorder, lesson_boundaries,
    lesson_connectionless, lesson_truncation, lesson_overflow, lesson_unreachable, lesson_mtu,
    lesson_checksum, lesson_retry, lesson_tcp;

/* All topics in their order; and their number. */
const struct lesson *const *lessons_table(size_t *count);

struct lesson_options {
    const char *log;
    int64_t seed;
    int no_ui, automatic, json, ascii;
};

/* One run of the command. */
struct lesson_run {
    const struct lesson_options *options;
    size_t first, last; /* rows of the table to go through */
    struct signals signals;
    FILE *output;        /* an outlet */
    struct logfile *log; /* of --log, NULL: none */
    enum text_charset charset;
    bool broken; /* output cannot be written: errno in error */
    int error;
    bool otherwise; /* some lesson did not show what it should */
    bool failed;    /* something could not be set up, and was complained about */
};

/*
 * Opens the stage and plays the lesson on it, with the configuration's seed or, if the lesson shows
 * nothing with it, the next one that does. stage_close is the caller's.
 */
void lesson_play(const struct lesson *lesson, struct stage *stage,
                 const struct stage_config *config);

/* Writes what a lesson found to the log, if there is one. output: the place and the choice. */
void lesson_log(struct lesson_run *run, const struct lesson_output *output,
                const struct lesson_topic *topic, const struct lesson_result *result,
                const struct lesson_ladder *ladder);

/* Goes through the lessons of the run as text or JSON, one after the other. */
void lesson_run_lines(struct lesson_run *run);

/* False, with a notice on stderr and nothing played, where the terminal cannot show a screen. */
bool lesson_run_screen(struct lesson_run *run);

#endif
