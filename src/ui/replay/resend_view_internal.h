/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * resend_view: the screen of replay --to: a row for each request that was sent again, with the
 * recorded reply and the one of now, a summary, and both replies of a row as hex. Pure: the same
 * records and size give the same frame.
 */
#ifndef UDPTUI_UI_REPLAY_RESEND_VIEW_INTERNAL_H
#define UDPTUI_UI_REPLAY_RESEND_VIEW_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/base/text.h"
#include "udptui/proto/filter.h"
#include "udptui/replay/resender.h"
#include "udptui/ui/frame.h"
#include "udptui/ui/line.h"

enum {
    RESEND_KEPT_BYTES = 2048, /* of each reply */
    RESEND_WHY_SIZE = 64,
    RESEND_TITLE_SIZE = 256,
    RESEND_FILTER_MAX = 256,
};

/* A report with its replies behind it: recorded_kept bytes, then answer_kept. */
struct resend_record {
    struct resend_totals totals; /* so far */
    uint64_t number, round;
    enum resend_outcome outcome;
    struct endpoint client;
    uint32_t client_number;
    bool has_recorded, has_answer;
    size_t recorded_bytes, answer_bytes; /* of the whole replies */
    size_t recorded_kept, answer_kept;
    int64_t differs_at; /* -1: nowhere */
    uint32_t epoch;     /* of the filter that `matches` is of */
    bool matches;
    char why[RESEND_WHY_SIZE];
    uint8_t bytes[];
};

/* Its size with the replies, and the record itself, into room for it. */
size_t resend_record_bytes(const struct resend_report *report);
void resend_record_fill(struct resend_record *record, const struct resend_report *report,
                        const struct resend_totals *totals);

struct resend_view {
    char title[RESEND_TITLE_SIZE]; /* safe text */
    enum text_charset charset;
    bool privacy;
    struct resend_record **rows; /* a ring of the latest */
    size_t capacity, first, count;
    uint64_t dropped; /* rows that are no longer kept, and reports that found no room */
    struct resend_totals totals;
    bool repeats; /* there was more than one round */
    bool ended;
    const char *end;               /* how it ended, if not by itself; safe text; NULL: it did */
    struct line line;              /* the filter as typed */
    struct line_history history;   /* earlier ones */
    struct filter *filter;         /* the latest valid one, NULL: all rows */
    struct filter_problem problem; /* of the line; why "" if there is none */
    uint32_t epoch;                /* grows with each change of the filter */
    bool typing;                   /* the filter is being typed */
    bool only_other;               /* rows that are not the same */
    bool detail;
    bool following;       /* the newest is selected */
    size_t selected, top; /* among the rows that are shown */
    int scroll;           /* of the detail */
    int rows_shown;       /* of the list, when it was drawn last: a page */
};

/* False if memory is short. resend_view_close frees. */
bool resend_view_open(struct resend_view *view, size_t capacity);
void resend_view_close(struct resend_view *view);

/* Adds a copy of a record. */
void resend_view_add(struct resend_view *view, const struct resend_record *record,
                     size_t size_bytes);

/* How many rows there are to show; moves the selection, or the detail, by so many. */
size_t resend_view_count(const struct resend_view *view);
void resend_view_move(struct resend_view *view, int64_t rows);

/* Shows those that are not the same alone, or all again. */
void resend_view_switch_other(struct resend_view *view);

/* After a change of the line: reads it as a filter; blanks alone show all rows. While it is wrong,
 * the latest valid filter stays. */
void resend_view_filter(struct resend_view *view);

/* Draws all but the keys of the footer: while the filter is typed, the footer as well. */
void resend_view_draw(struct resend_view *view, struct frame *frame);

#endif
