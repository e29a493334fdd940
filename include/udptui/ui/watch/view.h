/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * view: watch's screen as a frame: the sums and their chart, and a list: of the servers, of their
 * clients merged, or of the messages; of all servers or of one. Pure.
 */
#ifndef UDPTUI_UI_WATCH_VIEW_H
#define UDPTUI_UI_WATCH_VIEW_H

#include "udptui/base/pulse.h"
#include "udptui/fleet/fleet.h"
#include "udptui/fleet/link.h"
#include "udptui/output/watch.h"
#include "udptui/proto/filter.h"
#include "udptui/ui/frame.h"
#include "udptui/ui/line.h"

enum watch_list { WATCH_SERVERS, WATCH_CLIENTS_LIST, WATCH_MESSAGES, WATCH_LISTS };

enum watch_sort {
    WATCH_BY_NAME,
    WATCH_BY_STATE,
    WATCH_BY_RATE,
    WATCH_BY_CLIENTS,
    WATCH_BY_HELD,
    WATCH_BY_LOST, /* failed and dropped */
    WATCH_BY_LAST,
    WATCH_SORTS
};

/* A row of the list. */
struct watch_row {
    uint32_t server, generation; /* a client's or a message's: the (first) one it belongs to */
    uint32_t client;             /* its index there */
    uint32_t servers;            /* a client's: how many have it */
    bool left_out;               /* by the filter: only while the rows are collected */
    size_t age;                  /* a message's */
    uint64_t received, acked, held, failed; /* a client's */
    int64_t last_ns;                        /* a client's, CLOCK_REALTIME; 0: not known */
    uint64_t key;                           /* the smallest comes first, then by label */
    const char *label;
};

struct watch_view {
    const struct fleet *fleet;
    const struct link_status *link;
    const char *broker, *problem; /* safe text */
    struct watch_counts counts;
    struct fleet_sums sums;  /* of all servers */
    int64_t now_ns, wall_ns; /* CLOCK_MONOTONIC, CLOCK_REALTIME */
    int64_t started_ns;
    struct pulse away; /* seconds without the broker: what happened then is not known */
    uint64_t away_buckets[FLEET_SECONDS];
    int64_t noted_ns; /* until when they are known */
    int32_t utc_offset_s;
    enum text_charset charset;

    enum watch_list list;
    enum watch_sort sort;
    bool inverted;
    bool inside;                      /* in one server: */
    uint32_t inner, inner_generation; /* which */
    bool typing;                      /* the filter is being typed */
    struct line line;                 /* it, as typed */
    struct filter *filter;            /* what it says; NULL: everything, or it is wrong */
    struct filter_problem wrong;      /* with wrong.why[0] != '\0' */
    bool asks;                        /* whether to forget the chosen server */
    const char *notice;               /* safe text; NULL: none */
    const char *metered;              /* what is wrong with --metrics; NULL or "": nothing */

    struct watch_row *rows;
    size_t count, capacity, all; /* all: without the filter */
    size_t position, top;
    int page; /* rows that the list has, of the last frame */
    int list_row;
};

/* Frees the rows and the filter. */
void watch_view_close(struct watch_view *view);

/* Collects the rows of the list, in order; the chosen one stays chosen. */
void watch_view_collect(struct watch_view *view);

/* The server of the chosen row, or the one that is shown; NULL: none. *slot: its slot. */
const struct fleet_server *watch_view_chosen(const struct watch_view *view, uint32_t *slot);

/* To be called for each frame, once now_ns is set: notes since when there is no broker, or
 * was none. */
void watch_view_note_link(struct watch_view *view);

/* What fits if there is no room for a list. */
void watch_view_draw_small(const struct watch_view *view, struct frame *frame);

/* The server that is shown alone; NULL: all are, or it was forgotten. */
const struct fleet_server *watch_view_inner(const struct watch_view *view);

/* Moves the choice by so many rows, and keeps it visible. */
void watch_view_move(struct watch_view *view, int64_t rows);

/* The filter is another one: parses the line. */
void watch_view_set_filter(struct watch_view *view, const char *text);

/* Draws all but the last row, which is the footer's. */
void watch_view_draw(struct watch_view *view, struct frame *frame);

/* "name", "state", ... */
const char *watch_sort_word(enum watch_sort sort);

#endif
