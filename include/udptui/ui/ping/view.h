/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * view: ping's screen as a frame: counts, a chart of the latest round-trip times or a histogram of
 * all, and the figures; with several targets a row each, of which one is selected. Pure.
 */
#ifndef UDPTUI_UI_PING_VIEW_H
#define UDPTUI_UI_PING_VIEW_H

#include "udptui/probe/prober.h"
#include "udptui/ui/chart.h"
#include "udptui/ui/frame.h"

enum { PING_VIEW_BUCKETS = 28, PING_VIEW_NAME_SIZE = 80 };

enum ping_view_pane { PING_VIEW_CHART, PING_VIEW_HISTOGRAM };

struct ping_view_target {
    char name[PING_VIEW_NAME_SIZE]; /* safe text */
    struct probe_figures figures;
    struct chart_points points;          /* by the probe's number */
    uint64_t buckets[PING_VIEW_BUCKETS]; /* replies by their round-trip time */
    struct probe_event latest;           /* reply; reply.rtt_ns -1: none yet */
    char why[PROBE_WHY_SIZE];            /* the latest failure, "": none */
};

struct ping_view {
    struct ping_view_target targets[PROBER_TARGETS_MAX];
    size_t count, selected;
    enum ping_view_pane pane;
    bool logarithmic;
    size_t size_bytes; /* of each probe's payload */
    int64_t interval_ns;
    enum text_charset charset;
    const char *published; /* --publish in a word or two; NULL or "": nothing */
    bool published_bad;
    const char *metered; /* what is wrong with --metrics; NULL or "": nothing */
};

/* Empty, with the names of `count` targets still to be set. */
void ping_view_begin(struct ping_view *view, size_t count);

/* Takes a record of the prober. */
void ping_view_take(struct ping_view *view, const struct prober_record *record);

/* Draws all but the last row, which is the footer's. */
void ping_view_draw(const struct ping_view *view, struct frame *frame);

/* Draws the selected target's main figures in a frame that is too small for the screen. */
void ping_view_draw_small(const struct ping_view *view, struct frame *frame);

#endif
