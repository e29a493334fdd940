/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lesson: what `udptui lesson` writes if there is no screen: a table of functions a format. */
#ifndef UDPTUI_OUTPUT_LESSON_H
#define UDPTUI_OUTPUT_LESSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "udptui/lesson/finding.h"
#include "udptui/lesson/lesson.h"
#include "udptui/proto/ladder_leg.h"

struct lesson_output {
    FILE *file;
    size_t number, count;          /* this topic's number, and the number of topics */
    int chosen;                    /* the prediction, from 0, or LESSON_NO_CHOICE */
    uint64_t seed;                 /* as requested */
    const struct catalog *catalog; /* of the language; NULL: English */
    const struct lesson *lesson;   /* for Markdown: which one it is */
};

/* The datagrams on the wire, in order of departure. */
struct lesson_ladder {
    const struct ladder_leg *legs;
    size_t count;
};

/* Each writes one step, flushed, and returns false if the file could not be written. */
struct lesson_writer {
    bool (*list)(const struct lesson_output *output, const struct lesson_topic *topic);
    /* The plan, the question and its choices. */
    bool (*plan)(const struct lesson_output *output, const struct lesson_topic *topic);
    /* drawing: the ladder's lines. */
    bool (*ladder)(const struct lesson_output *output, const char *drawing);
    bool (*result)(const struct lesson_output *output, const struct lesson_topic *topic,
                   const struct lesson_result *result, const struct lesson_ladder *ladder);
};

/* Writes the line that a lesson begins with: its name and its place among the others. */
void lesson_lines_head(const struct lesson_output *output, const struct lesson_topic *topic);

extern const struct lesson_writer lesson_lines;
extern const struct lesson_writer lesson_json;
extern const struct lesson_writer lesson_markdown;

#endif
