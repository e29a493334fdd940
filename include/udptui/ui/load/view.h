/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* load_view: the load generator's screen: a chart of acks a second, and the round-trip times.
 * Pure. */
#ifndef UDPTUI_UI_LOAD_VIEW_H
#define UDPTUI_UI_LOAD_VIEW_H

#include <stddef.h>
#include <stdint.h>

#include "udptui/base/text.h"
#include "udptui/load/snapshot.h"
#include "udptui/ui/frame.h"

enum { LOAD_VIEW_POINTS = 512, LOAD_VIEW_TITLE_SIZE = 160 };

struct load_view {
    char title[LOAD_VIEW_TITLE_SIZE]; /* safe text: target, clients, window, size */
    int64_t duration_ns;              /* asked for */
    enum text_charset charset;
    const char *metered; /* what is wrong with --metrics; NULL or "": nothing */
    struct load_snapshot last;
    double points[LOAD_VIEW_POINTS]; /* acks a second of each tick, a ring */
    size_t point_count;              /* ever */
};

/* Takes a snapshot: its rate is the chart's next column. */
void load_view_add(struct load_view *view, const struct load_snapshot *snapshot);

/* Draws all of the frame but its last row, at the frame's size. */
void load_view_draw(const struct load_view *view, struct frame *frame);

/* The same if it is too small (see ui/small): the totals alone. */
void load_view_draw_small(const struct load_view *view, struct frame *frame);

#endif
