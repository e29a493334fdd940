/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ladder_arrows: legs as strokes, and the columns and cells for the other files. */
#include <string.h>

#include "ladder_internal.h"
#include "udptui/base/units.h"

/* ---- columns and cells */

/* The frame's row of a ladder's row, -1 if it is out of sight. */
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
    switch ((enum ladder_end)leg->end) {
    case LADDER_LOST:
    case LADDER_DROPPED:
    case LADDER_UNSENT:
        return STYLE_FAILED;
    case LADDER_UNDERWAY:
        return STYLE_DIM;
    case LADDER_EVENT:
        return STYLE_VALUE;
    case LADDER_SENT:
        return STYLE_NORMAL;
    case LADDER_ARRIVED:
        break;
    }
    return leg->corrupt || leg->copy || leg->error ? STYLE_WARNING
           : leg->reconstructed                    ? STYLE_DIM
                                                   : STYLE_ACKED;
}

bool ladder_is_arrow(const struct ladder_leg *leg)
{
    return leg->end != LADDER_UNSENT && leg->end != LADDER_EVENT;
}

static int ladder_half_way(const struct ladder *ladder, const struct ladder_leg *leg)
{
    int left = ladder_left_of(ladder, leg), right = ladder_right_of(ladder, leg);

    return leg->to_right ? left + (right - left) / 2 : right - (right - left) / 2;
}

int ladder_origin(const struct ladder *ladder, const struct ladder_leg *leg)
{
    if (leg->origin_unseen)
        return ladder_half_way(ladder, leg);
    return leg->to_right ? ladder_left_of(ladder, leg) + 1 : ladder_right_of(ladder, leg) - 1;
}

/* How much of its way a leg that is underway has covered, in thousandths: never nothing or all. */
static int progress(const struct ladder_leg *leg, int64_t now_ns)
{
    int64_t whole_ns = leg->arrive_ns - leg->depart_ns;
    int part = whole_ns > 0 ? units_share(now_ns - leg->depart_ns, whole_ns, 1000) : 500;

    return part < 100 ? 100 : part > 900 ? 900 : part;
}

/* The column of its head: next to the far line, or at its present position. */
static int head_column(const struct ladder *ladder, const struct ladder_leg *leg,
                       struct ladder_place place, int64_t now_ns)
{
    int left = ladder_left_of(ladder, leg), right = ladder_right_of(ladder, leg);
    int near = ladder_origin(ladder, leg), far = leg->to_right ? right - 1 : left + 1;

    switch ((enum ladder_end)leg->end) {
    case LADDER_LOST:
    case LADDER_SENT:
        return ladder_half_way(ladder, leg);
    case LADDER_UNDERWAY:
        near = place.lane != LADDER_NO_LANE ? place.lane : near;
        return near + (far - near) * progress(leg, now_ns) / 1000;
    case LADDER_UNSENT:
    case LADDER_EVENT:
        return near;
    case LADDER_ARRIVED:
    case LADDER_DROPPED:
        break;
    }
    return far;
}

int ladder_run_end(const struct ladder *ladder, const struct ladder_leg *leg,
                   struct ladder_place place, int64_t now_ns)
{
    return place.lane != LADDER_NO_LANE ? place.lane : head_column(ladder, leg, place, now_ns);
}

/* ---- arrows */

static void ladder_put(const struct ladder *ladder, int row, int column, enum style style,
                       const char *stroke)
{
    int at = ladder_row(ladder, row);

    if (at >= 0 && column > ladder->left && column < ladder->right && column != ladder->middle)
        frame_put(ladder->frame, at, column, column + 1, style, stroke);
}

/* Down its lane, between its two rows: before all runs. */
void ladder_put_lane(const struct ladder *ladder, const struct ladder_leg *leg,
                     struct ladder_place place)
{
    for (int row = place.from + 1; place.lane != LADDER_NO_LANE && row < place.to; row++)
        ladder_put(ladder, row, place.lane, ladder_style(leg), ladder->strokes->lane);
}

/* Whether in this row and column there is the lane of an arrow that this one overtakes. */
static bool overtakes(const struct ladder_legs *all, size_t index, int row, int column)
{
    const struct ladder_place *place = &all->places[index];

    for (size_t i = 0; i < all->count; i++) {
        const struct ladder_place *other = &all->places[i];
        if (other->lane == column && other->from < row && row < other->to &&
            all->legs[i].to_right == all->legs[index].to_right &&
            all->legs[i].right_gap == all->legs[index].right_gap && other->from < place->from &&
            place->to < other->to)
            return true;
    }
    return false;
}

/* A run from one column up to the other, both included, in either direction. */
static void put_run(const struct ladder *ladder, const struct ladder_legs *all, size_t index,
                    int row, int from, int to)
{
    const struct strokes *strokes = ladder->strokes;
    const struct ladder_leg *leg = &all->legs[index];
    int step = leg->to_right ? 1 : -1, at = ladder_row(ladder, row);

    for (int column = from; at >= 0 && column != to + step && (to - column) * step >= 0;
         column += step) {
        const char *stroke = leg->reconstructed ? strokes->dotted : strokes->run;
        if (ladder_shows(ladder, at, column, strokes->lane))
            stroke = overtakes(all, index, row, column) ? strokes->overtake : strokes->cross;
        ladder_put(ladder, row, column, ladder_style(leg), stroke);
    }
}

/* To its lane; the corners at the lane's ends; and from there to the head. */
static void put_by_lane(const struct ladder *ladder, const struct ladder_legs *all, size_t index,
                        int64_t now_ns)
{
    const struct strokes *strokes = ladder->strokes;
    const struct ladder_leg *leg = &all->legs[index];
    const struct ladder_place place = all->places[index];
    int forward = leg->to_right ? 1 : -1, at = ladder_row(ladder, place.from);
    const char *corner = leg->to_right ? strokes->turn_from_left : strokes->turn_from_right;

    if (!leg->copy)
        put_run(ladder, all, index, place.from, ladder_origin(ladder, leg), place.lane - forward);
    else if (at >= 0 && !ladder_is_blank(ladder, at, place.lane))
        corner = strokes->branch;
    ladder_put(ladder, place.from, place.lane, ladder_style(leg), corner);
    ladder_put(ladder, place.to, place.lane, ladder_style(leg),
               leg->to_right ? strokes->turn_to_right : strokes->turn_to_left);
    put_run(ladder, all, index, place.to, place.lane + forward,
            head_column(ladder, leg, place, now_ns) - forward);
}

/* An arrow without a lane: its middle is left out. */
static void put_stubs(const struct ladder *ladder, const struct ladder_legs *all, size_t index)
{
    const struct ladder_leg *leg = &all->legs[index];
    const struct ladder_place place = all->places[index];
    int left = ladder_left_of(ladder, leg), right = ladder_right_of(ladder, leg);
    int part = (right - left) / LADDER_STUB * (leg->to_right ? 1 : -1);
    int near = ladder_origin(ladder, leg), far = leg->to_right ? right : left;

    put_run(ladder, all, index, place.from, near, near + part);
    ladder_put(ladder, place.from, near + part, ladder_style(leg), ladder->strokes->underway);
    if (leg->end == LADDER_UNDERWAY)
        return;
    put_run(ladder, all, index, place.to, far - part, far);
    ladder_put(ladder, place.to, far - part, ladder_style(leg), ladder->strokes->underway);
}

void ladder_put_arrow(const struct ladder *ladder, const struct ladder_legs *all, size_t index,
                      int64_t now_ns)
{
    const struct ladder_leg *leg = &all->legs[index];
    const struct ladder_place place = all->places[index];

    if (!ladder_is_arrow(leg))
        return;
    if (place.lane != LADDER_NO_LANE)
        put_by_lane(ladder, all, index, now_ns);
    else if (place.to > place.from)
        put_stubs(ladder, all, index);
    else
        put_run(ladder, all, index, place.from, ladder_origin(ladder, leg),
                head_column(ladder, leg, place, now_ns));
    if (leg->origin_unseen)
        ladder_put(ladder, place.from, ladder_origin(ladder, leg), ladder_style(leg),
                   ladder->strokes->unknown);
}

/* Drawn over all strokes, so that arrivals are visible. */
void ladder_put_head(const struct ladder *ladder, const struct ladder_leg *leg,
                     struct ladder_place place, int64_t now_ns)
{
    const struct strokes *strokes = ladder->strokes;
    const char *const heads[] = {[LADDER_ARRIVED] =
                                     leg->to_right ? strokes->head_right : strokes->head_left,
                                 [LADDER_LOST] = strokes->dead,
                                 [LADDER_UNDERWAY] = strokes->underway,
                                 [LADDER_DROPPED] = strokes->dead,
                                 [LADDER_UNSENT] = strokes->dead,
                                 [LADDER_EVENT] = strokes->event,
                                 [LADDER_SENT] = strokes->unknown};

    ladder_put(ladder, place.to, head_column(ladder, leg, place, now_ns), ladder_style(leg),
               heads[leg->end]);
}
