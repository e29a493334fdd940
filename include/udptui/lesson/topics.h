/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* topics: the lessons that are shipped, or one of a file, and running one. */
#ifndef UDPTUI_LESSON_TOPICS_H
#define UDPTUI_LESSON_TOPICS_H

#include <stdbool.h>
#include <stddef.h>

#include "udptui/base/problem.h"
#include "udptui/lesson/lesson.h"
#include "udptui/lesson/stage.h"

/* A file that is built in. */
struct topics_file {
    const char *name, *text; /* "loss", and its bytes */
    size_t size_bytes;
};

/* The shipped files in their order. */
extern const struct topics_file topics_files[];
extern const size_t topics_file_count;

/* Their names and "all", for completion. */
extern const char topics_words[];

/* Lessons in their order. */
struct topics {
    struct lesson **lessons;
    size_t count;
};

/* The shipped file with this name; NULL: there is none. */
const struct topics_file *topics_find(const char *name);

/* Reads the shipped lessons. catalog: of their language, NULL for English. False with a problem; close in any case. */
bool topics_open(struct topics *topics, const struct catalog *catalog, struct problem *problem);

/* The same of one lesson in a file that a user names. It is shown as it is written, in no other
 * language. What is no regular file is refused without waiting for it. The problem is one of usage
 * if the file was read and is wrong: "PATH:LINE:COLUMN: ...". */
bool topics_open_file(struct topics *topics, const char *path, struct problem *problem);

/* Frees the lessons, also after topics_open or topics_open_file has failed. */
void topics_close(struct topics *topics);

/*
 * Opens the stage and runs the lesson on it, with the configuration's seed or, if that shows
 * nothing, the next one that does. stage_close is the caller's.
 */
void topics_play(const struct lesson *lesson, struct stage *stage,
                 const struct stage_config *config);

#endif
