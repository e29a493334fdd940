/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ladder_parts: what the files of the ladder share. */
#ifndef UDPTUI_UI_LADDER_PARTS_H
#define UDPTUI_UI_LADDER_PARTS_H

#include "ladder_rows.h"

enum {
    TIME_WIDTH = 12,   /* "10:31:02.114" */
    TIME_FROM = 70,    /* columns from which on there are times of day */
    BRACKET_FROM = 56, /* and from which on round-trip times */
    BRACKET_WIDTH = 10,
    NOTE_FROM = 70,
    NOTE_WIDTH = 13,
    LADDER_STEPS_MAX = 5, /* rows of an arrow that is drawn whole */
    LADDER_STUB = 4,      /* else only this part of it at either end */
};

/* What lines are made of. */
struct strokes {
    const char *wall, *run, *down_right, *down_left, *cross, *head_right, *head_left, *dead,
        *underway;
    const char *bracket_top, *bracket, *bracket_end;
};

/* Where things are. */
struct ladder {
    struct frame *frame;
    const struct strokes *strokes;
    enum text_charset charset;
    int top, rows;   /* of the arrows: below the heads */
    int first;       /* the row of all that is shown on top */
    int time;        /* column of the time of day, -1: none */
    int bracket;     /* column of the round-trip times, -1: none */
    int left, right; /* columns of the two lines */
    int note_end;    /* columns up to here are free for what stands behind the right line */
};

/* ---- ladder_arrows.c */

/* The frame's row of a ladder's row, -1 where it is out of sight. */
int ladder_row(const struct ladder *ladder, int row);
bool ladder_is_blank(const struct ladder *ladder, int row, int column);
bool ladder_shows(const struct ladder *ladder, int row, int column, const char *stroke);
enum style ladder_style(const struct ladder_leg *leg);

/* How much of its way a leg is drawn, and the column at so much of the way: in thousandths. */
int ladder_progress(const struct ladder_leg *leg, int64_t now_ns);
int ladder_column(const struct ladder *ladder, bool to_right, int part);

/* The part of its way that the departure's row shows. */
int ladder_first_part(const struct ladder_leg *leg, struct ladder_place place, int64_t now_ns);

void ladder_put_arrow(const struct ladder *ladder, const struct ladder_leg *leg,
                      struct ladder_place place, int64_t now_ns);
/* Over all strokes: what arrived is seen to have. */
void ladder_put_head(const struct ladder *ladder, const struct ladder_leg *leg, int row,
                     int64_t now_ns);

/* ---- ladder_words.c */

void ladder_put_label(const struct ladder *ladder, const struct ladder_leg *leg,
                      struct ladder_place place, int64_t now_ns);
void ladder_put_note(const struct ladder *ladder, const struct ladder_leg *leg,
                     struct ladder_place place);
void ladder_put_time(const struct ladder *ladder, int row, int64_t time_ns, int32_t utc_offset_s);
/* The round-trip time of legs[ack]. */
void ladder_put_bracket(const struct ladder *ladder, const struct ladder_leg *legs, size_t ack,
                        const struct ladder_place *places);

#endif
