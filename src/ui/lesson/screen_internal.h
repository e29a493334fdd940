/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* screen: parts of the lessons' screen: what is played, and the keys. */
#ifndef UDPTUI_UI_LESSON_SCREEN_INTERNAL_H
#define UDPTUI_UI_LESSON_SCREEN_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "udptui/ui/lesson/session.h"
#include "udptui/ui/lesson/view.h"
#include "udptui/ui/screen.h"

struct lesson_screen {
    struct lesson_run *run;
    struct screen screen;
    struct keys_table keys; /* in the language of the run */
    struct screen_ops ops;  /* with these keys */
    const struct topics *topics;
    size_t index; /* of the topics */
    struct lesson_view view;
    int scroll_max, page_rows;
    struct ladder_leg known[STAGE_LEGS_MAX]; /* all that the view knows of */
    size_t known_count;
    struct ladder_leg legs[STAGE_LEGS_MAX]; /* those that are shown */
    struct stage stage;
    bool staged;          /* the stage is open */
    bool running;         /* the thread runs, and owns the stage */
    atomic_bool over;     /* the thread has done all */
    int rows_shown, rows; /* of the ladder */
    bool all_at_once;     /* asked for: shows all rows as soon as they are known */
    int64_t next_row_ns;
    char failure[STAGE_ERROR_SIZE]; /* why the latest failed that could not be played; "": none */
    char **results; /* the findings of each lesson of the table, as text; NULL: not run */
    pthread_t thread;
    int stop_fd, over_fd; /* to the thread, and from it when it is over */
};

/* ---- what is played (screen.c) */

/* Plays the lesson of the index again, from its beginning, in a thread. */
void lesson_screen_start(struct lesson_screen *session);

/* Goes to the question of a lesson; index: below topics->count. */
void lesson_screen_enter(struct lesson_screen *session, size_t index);

/* The legs of the ladder that the view knows of, and their rows. The thread has ended. */
void lesson_screen_choose_legs(struct lesson_screen *session);

/* Keeps the lesson's result and commands, to print them at the end; also writes --pcap and --log. */
void lesson_screen_keep_result(struct lesson_screen *session);

/* ---- keys (screen_keys.c) */

/* Of a course; the second table is for a lesson alone, that of a file, in place of the next of the
 * first. */
extern const struct keys_table lesson_screen_keys, lesson_screen_page_keys;

/* The mode of the keys now (screen_ops.mode). */
unsigned lesson_screen_mode(const void *context);

/* Does what a key is for (screen_ops.act). */
unsigned lesson_screen_act(void *context, const struct key *key);

#endif
