/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* view_parts: the files of the view, and their common state. */
#ifndef UDPTUI_UI_SERVE_VIEW_PARTS_INTERNAL_H
#define UDPTUI_UI_SERVE_VIEW_PARTS_INTERNAL_H

#include "model_internal.h"
#include "udptui/ui/frame.h"
#include "udptui/ui/keys.h"
#include "udptui/ui/rule.h"

enum { FIGURE_SIZE = 64, LINE_SIZE = 512, SPARK_MAX = RATES_SECONDS - 1 };

/* The argument of every part. */
struct view {
    const struct model *model;
    const struct keys_table *keys;
    struct frame *frame;
    int columns;
    enum text_charset charset;
};

/* ---- the parts of the screen */
void view_header(const struct view *view);
void view_clients(const struct view *view);
void view_messages(const struct view *view);
void view_footer(const struct view *view);
void view_detail(const struct view *view);
void view_help(const struct view *view);
void view_ladder(const struct view *view);
void view_calls(const struct view *view);
void view_impair(const struct view *view);
void view_overview(const struct view *view);
void view_dissect(const struct view *view);
void view_quiz(const struct view *view);

/* How many lines the body of the mode has at the model's width: which limits scrolling. */
int view_body_lines(const struct model *model, const struct keys_table *keys);
int view_detail_lines(const struct view *view);
int view_help_lines(const struct view *view);
int view_ladder_lines(const struct view *view);
int view_calls_lines(const struct view *view);
/* The first displayed call if the newest is the last. */
uint64_t view_calls_newest_top(const struct model *model);
int view_impair_lines(const struct view *view);
int view_overview_lines(const struct view *view);
int view_dissect_lines(const struct view *view);
int view_quiz_lines(const struct view *view);
/* The line of a choice in the body of the overview, from 0. */
int view_overview_line(const struct view *view, size_t choice);
int view_overview_choice_line(const struct model *model);
/* The line of a setting (enum impair_setting) in its body, from 0. */
int view_impair_line(int setting);

/* ---- view_parts.c */

/* A rule across the screen: see ui/rule. */
void view_rule(const struct view *view, int row, const struct rule *rule);

/* The highest of the rates over the last width whole seconds, for view_spark's top. */
uint64_t view_spark_top(const struct rates *rates, int64_t now_ns, int width);

/* One column a whole second, the latest at the right; blank if nothing came, `top` is highest. */
void view_spark(const struct view *view, int row, int column, int width, const struct rates *rates,
                int64_t now_ns, uint64_t top);

/* The name of a client, its number (--privacy) or its address. Everything that shows a client uses
 * this. out: PEER_SIZE. Returns out. */
const char *view_peer(const struct view *view, uint32_t slot, uint32_t generation,
                      const struct endpoint *peer, char *out, size_t size);

/* The same with the address behind a name: "Ann (192.168.0.23:53211)". out: 2 * PEER_SIZE. */
const char *view_peer_whole(const struct view *view, uint32_t slot, uint32_t generation,
                            const struct endpoint *peer, char *out, size_t size);

/* Marks for facts that the text of a message does not show: "BAD CHECKSUM ", "CUT " (not all of it
 * is there); "" for most. */
const char *view_marks(const struct event_message *event);

/* "acked 31 us", "acked x2, delayed 83 ms", "LOST request", "HELD loop", "FAILED no buffer space",
 * "sent by hand"; brief: only the distinguishing part. */
enum style view_fate(const struct event_message *event, bool brief, char *out, size_t size);

/* An arrow to the target or back, of at most two columns. */
const char *view_way(const struct view *view, const struct event_message *event);

/* "acks continue", "forwarding is OFF": what goes on while the display does not. */
const char *view_going_on(const struct model *model);

/* A bar that is filled so far, 0 to 100 percent: eight cells, "[##..]"; out: FIGURE_SIZE. */
void view_gauge(const struct view *view, unsigned percent, char *out, size_t size);

/* What to type at a client: "udptui send 192.168.0.108"; "" if there is no address to join. */
void view_join(const struct view *view, char *out, size_t size);

/* ---- view_progress.c */
/* Where a replay is: "[##..] 00:12/01:03 x2 playing". */
enum style view_progress(const struct view *view, char *out, size_t size);

#endif
