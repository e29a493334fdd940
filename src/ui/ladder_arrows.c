/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ladder_arrows: legs as strokes, and what the other files ask about columns and cells. */
#include <string.h>

#include "ladder_parts.h"
#include "udptui/core/units.h"

/* ---- columns and cells */

/* The frame's row of a ladder's row, -1 where it is out of sight. */
int ladder_row(const struct ladder *ladder, int row)
{
    row -= ladder->first;
    return row >= 0 && row < ladder->rows ? ladder->top + row : -1;
}

bool ladder_is_blank(const struct ladder *ladder, int row, int column)
{
    const struct cell *cell = frame_cell(ladder->frame, row, column);

    return cell->length_bytes == 0 || (cell->length_bytes == 1 && cell->bytes[0] == ' ');
}

bool ladder_shows(const struct ladder *ladder, int row, int column, const char *stroke)
{
    const struct cell *cell = frame_cell(ladder->frame, row, column);

    return cell->length_bytes == strlen(stroke) &&
           memcmp(cell->bytes, stroke, cell->length_bytes) == 0;
}

enum style ladder_style(const struct ladder_leg *leg)
{
    if (leg->end == LADDER_LOST)
        return STYLE_FAILED;
    if (leg->corrupt || leg->copy)
        return STYLE_WARNING;
    return leg->end == LADDER_UNDERWAY ? STYLE_DIM : STYLE_ACKED;
}

/* How much of its way a leg is drawn, in thousandths. */
int ladder_progress(const struct ladder_leg *leg, int64_t now_ns)
{
    int64_t whole_ns = leg->arrive_ns - leg->depart_ns;

    if (leg->end == LADDER_ARRIVED)
        return 1000;
    if (leg->end == LADDER_LOST || whole_ns <= 0)
        return 500;
    int part = units_share(now_ns - leg->depart_ns, whole_ns, 1000);
    return part < 100 ? 100 : part > 900 ? 900 : part;
}

/* The column at so many thousandths of the way. */
int ladder_column(const struct ladder *ladder, bool to_right, int part)
{
    int span = ladder->right - ladder->left;

    return to_right ? ladder->left + span * part / 1000 : ladder->right - span * part / 1000;
}

/* ---- arrows */

/* Two runs in one row lie on each other; a slanted stroke crosses what it meets. */
static void put(const struct ladder *ladder, int row, int column, enum style style,
                const char *stroke)
{
    const char *run = ladder->strokes->run;
    int at = ladder_row(ladder, row);

    if (at < 0 || column <= ladder->left || column >= ladder->right)
        return;
    if (!ladder_is_blank(ladder, at, column) &&
        !(stroke == run && ladder_shows(ladder, at, column, run)))
        stroke = ladder->strokes->cross;
    frame_put(ladder->frame, at, column, column + 1, style, stroke);
}

/* Strokes from one column up to the other, both included, in either direction. */
static void run(const struct ladder *ladder, int row, int from, int to, enum style style)
{
    int step = from < to ? 1 : -1;

    for (int column = from; column != to + step; column += step)
        put(ladder, row, column, style, ladder->strokes->run);
}

/* Where its head is: beside the line it came to, which stays whole. */
static int end_of(const struct ladder *ladder, const struct ladder_leg *leg, int64_t now_ns)
{
    int end = ladder_column(ladder, leg->to_right, ladder_progress(leg, now_ns));

    if (leg->end != LADDER_ARRIVED)
        return end;
    return leg->to_right ? end - 1 : end + 1;
}

/* A row's part of an arrow, from one thousandth of its way to another; where it goes on, it ends
 * slanted. */
static void put_part(const struct ladder *ladder, const struct ladder_leg *leg, int row, int from,
                     int to, bool goes_on)
{
    int forward = leg->to_right ? 1 : -1;
    int end = ladder_column(ladder, leg->to_right, to);
    enum style style = ladder_style(leg);

    run(ladder, row, ladder_column(ladder, leg->to_right, from) + forward, end - forward, style);
    if (goes_on)
        put(ladder, row, end, style,
            leg->to_right ? ladder->strokes->down_right : ladder->strokes->down_left);
}

int ladder_first_part(const struct ladder_leg *leg, struct ladder_place place, int64_t now_ns)
{
    int steps = place.to - place.from + 1;

    return ladder_progress(leg, now_ns) / (steps <= LADDER_STEPS_MAX ? steps : LADDER_STUB);
}

/* A staircase: in each row a part. A long way's middle is left out: many of them would hide each
 * other. */
void ladder_put_arrow(const struct ladder *ladder, const struct ladder_leg *leg,
                      struct ladder_place place, int64_t now_ns)
{
    int steps = place.to - place.from + 1, whole = ladder_progress(leg, now_ns);
    int first = ladder_first_part(leg, place, now_ns);

    put_part(ladder, leg, place.from, 0, first, steps > 1);
    for (int step = 1; step < steps - 1 && steps <= LADDER_STEPS_MAX; step++)
        put_part(ladder, leg, place.from + step, whole * step / steps, whole * (step + 1) / steps,
                 true);
    if (steps > 1)
        put_part(ladder, leg, place.to, whole - first, whole, false);
}

/* Over all strokes: what arrived is seen to have. */
void ladder_put_head(const struct ladder *ladder, const struct ladder_leg *leg, int row,
                     int64_t now_ns)
{
    const struct strokes *strokes = ladder->strokes;
    const char *head = leg->to_right ? strokes->head_right : strokes->head_left;
    int at = ladder_row(ladder, row), end = end_of(ladder, leg, now_ns);

    if (leg->end != LADDER_ARRIVED)
        head = leg->end == LADDER_LOST ? strokes->dead : strokes->underway;
    if (at >= 0 && end > ladder->left && end < ladder->right)
        frame_put(ladder->frame, at, end, end + 1, ladder_style(leg), head);
}
