/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lesson_view: a lesson's screen, step by step: the question, the ladder, the findings. Pure.
 */
#ifndef UDPTUI_UI_LESSON_VIEW_H
#define UDPTUI_UI_LESSON_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/base/catalog.h"
#include "udptui/base/text.h"
#include "udptui/lesson/finding.h"
#include "udptui/proto/ladder_view.h"
#include "udptui/ui/frame.h"
#include "udptui/ui/ladder/ladder.h"
#include "udptui/ui/large.h"

enum lesson_step {
    LESSON_ASK,    /* the experiment, and the question */
    LESSON_LADDER, /* the question, the prediction, and the ladder row by row */
    LESSON_RESULT, /* the prediction and the result, the explanation, and how to repeat it */
};

struct lesson_view {
    const struct lesson_topic *topic;
    size_t number, count; /* this topic's number, and the number of topics */
    enum lesson_step step;
    int chosen;                    /* the prediction, from 0, or LESSON_NO_CHOICE */
    bool more;                     /* another lesson follows, on Enter */
    bool playing;                  /* LESSON_LADDER: the lesson runs, or its ladder is not complete
                                    * yet */
    enum ladder_view seen;         /* LESSON_LADDER: by whom; the legs are those */
    bool sentences;                /* LESSON_LADDER: in words, not as arrows */
    const struct ladder_leg *legs; /* LESSON_LADDER, in order of departure */
    size_t leg_count;
    int64_t now_ns, origin_ns; /* of the last row shown; when the ladder's times begin */
    int32_t utc_offset_s;
    const struct lesson_result *result; /* LESSON_RESULT */
    const char *error;                  /* why it could not be played, safe; NULL: it could */
    int scroll; /* rows down from the top; LESSON_LADDER: up from the newest */
    enum text_charset charset;
    const struct catalog *catalog; /* of the language; NULL: English */
};

/* "view: everything", "view: client": whose ladder it is, by the names of its ends. out: of any size.
 * Returns out. */
const char *lesson_view_format_seen(const struct lesson_topic *topic, enum ladder_view seen,
                                    const struct catalog *catalog, char *out, size_t size);

/* The main figures: of the ladder what was sent and what arrived, and of the result the first counts.
 * None with the question. */
void lesson_view_figures(const struct lesson_view *view, struct large_figures *out);

/* Draws the whole frame, at the frame's size. Returns the maximum of scroll. */
int lesson_view_draw(const struct lesson_view *view, struct frame *frame);

#endif
