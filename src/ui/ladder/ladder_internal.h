/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ladder: shared by the files of the ladder. */
#ifndef UDPTUI_UI_LADDER_LADDER_INTERNAL_H
#define UDPTUI_UI_LADDER_LADDER_INTERNAL_H

#include "udptui/ui/ladder/ladder.h"

enum {
    TIME_WIDTH = 12,   /* "10:31:02.114" */
    TIME_FROM = 70,    /* columns from which on there are times of day */
    BRACKET_FROM = 56, /* and from which on round-trip times */
    BRACKET_WIDTH = 10,
    NOTE_FROM = 70,
    NOTE_WIDTH = 13,
    LADDER_STUB = 4, /* an arrow that finds no lane: only this part of it at either end */
};

/* ---- ladder.c: the lines on either side of a leg, as columns */
struct ladder;
int ladder_left_of(const struct ladder *ladder, const struct ladder_leg *leg);
int ladder_right_of(const struct ladder *ladder, const struct ladder_leg *leg);

/* ---- rows.c: which row each end of a leg is in */

enum { LADDER_LEGS_MAX = 256, LADDER_ROWS_MAX = 2 * LADDER_LEGS_MAX + 1, LADDER_NO_LANE = -1 };

/* Of a row that shows reconstructed legs alone, and of one with words alone. */
#define LADDER_TIME_UNKNOWN INT64_MIN
#define LADDER_TIME_NONE    INT64_MAX

/* Rows for words, below another row. */
struct ladder_below {
    int at, rows;
};

/* The rows in which a leg begins and ends: underway, in the last row, which is now; not arrived, in
 * its first row. */
struct ladder_place {
    int from, to;
    int lane; /* column in which it goes down, LADDER_NO_LANE: in none. See lanes.c */
    /* The rows that its label and its note have below its own, the first row and how many; 0: they
     * are on its row. */
    struct ladder_below label, note;
};

/*
 * Orders the ends of count legs (at most LADDER_LEGS_MAX) by time. An arrival right behind its own
 * departure shares its row. places: count of them. times_ns: of each row, twice the count and one.
 * Returns the number of rows.
 */
int ladder_place(const struct ladder_leg *legs, size_t count, int64_t now_ns,
                 struct ladder_place *places, int64_t *times_ns);

/* ---- */

/* What lines are made of. */
struct strokes {
    const char *wall, *run, *dotted, *lane, *cross, *overtake, *branch;
    /* the corners of an arrow by lane: from the left line down, from there on to the right, ... */
    const char *turn_from_left, *turn_to_right, *turn_from_right, *turn_to_left;
    const char *head_right, *head_left, *dead, *underway, *event, *unknown;
    const char *bracket_top, *bracket, *bracket_end;
};

/* Positions. */
struct ladder {
    struct frame *frame;
    const struct strokes *strokes;
    enum text_charset charset;
    const struct catalog *catalog;
    int top, rows;   /* of the arrows: below the heads */
    int first;       /* the first visible row */
    int time;        /* column of the time of day, -1: none */
    int bracket;     /* column of the round-trip times, -1: none */
    int left, right; /* columns of the two lines */
    int middle;      /* of the line between them, -1: none */
    int note_end;    /* columns up to here are free for text after the right line */
};

/* Legs and their places. */
struct ladder_legs {
    const struct ladder_leg *legs; /* in order of departure */
    const struct ladder_place *places;
    size_t count;
};

/* ---- lanes.c */

/* Fills in the lanes of arrows that take more than one row, as far as there is room. */
void ladder_place_lanes(const struct ladder *ladder, const struct ladder_leg *legs, size_t count,
                        struct ladder_place *places);

/* ---- arrows.c */

/* The frame's row of a ladder's row, -1 if it is out of sight. */
int ladder_row(const struct ladder *ladder, int row);
bool ladder_is_blank(const struct ladder *ladder, int row, int column);
bool ladder_shows(const struct ladder *ladder, int row, int column, const char *stroke);
enum style ladder_style(const struct ladder_leg *leg);

/* Whether a datagram is drawn at all, not a mark alone. */
bool ladder_is_arrow(const struct ladder_leg *leg);

/* The column beside the line that it departs from; half-way if that is not known. */
int ladder_origin(const struct ladder *ladder, const struct ladder_leg *leg);

/* The column in which the run of its departure ends. */
int ladder_run_end(const struct ladder *ladder, const struct ladder_leg *leg,
                   struct ladder_place place, int64_t now_ns);

/* All lanes first, then all arrows, then all heads. */
void ladder_put_lane(const struct ladder *ladder, const struct ladder_leg *leg,
                     struct ladder_place place);
void ladder_put_arrow(const struct ladder *ladder, const struct ladder_legs *all, size_t index,
                      int64_t now_ns);
void ladder_put_head(const struct ladder *ladder, const struct ladder_leg *leg,
                     struct ladder_place place, int64_t now_ns);

/* ---- words.c */

void ladder_put_label(const struct ladder *ladder, const struct ladder_leg *leg,
                      struct ladder_place place, int64_t now_ns);
void ladder_put_note(const struct ladder *ladder, const struct ladder_leg *leg,
                     struct ladder_place place, int64_t now_ns);
/* Whether the whole label, or the whole note, is on its row, or is not to be shown at all. The
 * strokes of all legs are drawn. */
bool ladder_label_fits(const struct ladder *ladder, const struct ladder_leg *leg,
                       struct ladder_place place, int64_t now_ns);
bool ladder_note_fits(const struct ladder *ladder, const struct ladder_leg *leg,
                      struct ladder_place place, int64_t now_ns);
/* How many rows below the label, or the note, takes. */
int ladder_count_label_rows(const struct ladder *ladder, const struct ladder_leg *leg);
int ladder_count_note_rows(const struct ladder *ladder, const struct ladder_leg *leg);
/* times_ns: LADDER_TIME_UNKNOWN is shown as such. */
void ladder_put_time(const struct ladder *ladder, int row, int64_t time_ns, int64_t origin_ns,
                     int32_t utc_offset_s);
/* The round-trip time of legs[ack]. */
void ladder_put_bracket(const struct ladder *ladder, const struct ladder_legs *all, size_t ack);

#endif
