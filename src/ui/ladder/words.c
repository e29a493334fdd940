/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ladder_words: labels on the arrows, notes beside them, times at the left. */
#include <stdio.h>
#include <string.h>

#include "ladder_internal.h"
#include "udptui/base/builder.h"
#include "udptui/base/units.h"
#include "udptui/base/wrap.h"

enum { TEXT_SIZE = 256, LABEL_MIN = 4 };

/* ---- words */

/* Free or a run's stroke: what a label may cover. */
static bool may_cover(const struct ladder *ladder, int row, int column)
{
    return ladder_is_blank(ladder, row, column) ||
           ladder_shows(ladder, row, column, ladder->strokes->run) ||
           ladder_shows(ladder, row, column, ladder->strokes->dotted);
}

/* Columns from `column` on, before the column `end`, that a label may cover, `most` at most. */
static int room_at(const struct ladder *ladder, int row, int column, int end, int most)
{
    int room = 0;

    while (room < most && column + room < end && may_cover(ladder, row, column + room))
        room++;
    return room;
}

/* Where a label may begin, and how wide it may be there. */
struct spot {
    int start, width;
};

/* On the run of the departure's row, near the line where it began. */
static struct spot spot_on(const struct ladder *ladder, const struct ladder_leg *leg, int row,
                           int end, int width)
{
    int near = leg->origin_unseen ? 0 : 1; /* from the line to the arrow's first column */
    int left = leg->to_right ? ladder_origin(ladder, leg) - near : ladder_left_of(ladder, leg);
    int right = leg->to_right ? ladder_right_of(ladder, leg) : ladder_origin(ladder, leg) + near;
    int most = (leg->to_right ? end - left : right - end) - 5;
    struct spot spot = {.width = width < most ? width : most};

    if (spot.width < 1)
        return (struct spot){.width = 0};
    spot.start = leg->to_right ? left + 3 : right - 2 - spot.width;
    spot.width = room_at(ladder, row, spot.start, right, spot.width);
    return spot;
}

/* Behind the end of that run, if the row is free: a steep arrow's run is short. */
static struct spot spot_behind(const struct ladder *ladder, const struct ladder_leg *leg, int row,
                               int end, int width)
{
    struct spot spot = {.start = end + 2, .width = 0};
    int most = leg->to_right ? ladder_right_of(ladder, leg) - 1 - spot.start
                             : end - 1 - ladder_left_of(ladder, leg) - 2;

    if (width > most)
        width = most;
    if (!leg->to_right)
        spot.start = end - 1 - width;
    while (spot.width < width && ladder_is_blank(ladder, row, spot.start + spot.width))
        spot.width++;
    return spot;
}

/* The label in whole: a datagram that was not sent says so. out: TEXT_SIZE. Returns out. */
static const char *words_format_label(const struct ladder *ladder, const struct ladder_leg *leg,
                                      char *out)
{
    snprintf(out, TEXT_SIZE, "%s%s", leg->label,
             leg->end == LADDER_UNSENT ? catalog_text(ladder->catalog, ": not sent") : "");
    return out;
}

static int room_beside_mark(const struct ladder *ladder, const struct ladder_leg *leg)
{
    return ladder_right_of(ladder, leg) - ladder_left_of(ladder, leg) - 5;
}

/* A mark without an arrow, with its label next to it. */
static void put_beside_mark(const struct ladder *ladder, const struct ladder_leg *leg, int row)
{
    char text[TEXT_SIZE], cut[TEXT_SIZE];
    int left = ladder_left_of(ladder, leg), right = ladder_right_of(ladder, leg);
    int room = room_beside_mark(ladder, leg), start = left + 3;

    words_format_label(ladder, leg, text);
    if (room < 1)
        return;
    int width = (int)text_columns(text) < room ? (int)text_columns(text) : room;
    text_fit(cut, sizeof cut, text, (size_t)width, ladder->charset);
    if (!leg->to_right)
        start = right - 2 - width;
    frame_put(ladder->frame, row, start, start + width, ladder_style(leg), cut);
}

/* On the run, or behind its end if there is more room. */
static struct spot spot_of(const struct ladder *ladder, const struct ladder_leg *leg,
                           struct ladder_place place, int64_t now_ns)
{
    int row = ladder_row(ladder, place.from), end = ladder_run_end(ladder, leg, place, now_ns);
    int width = (int)text_columns(leg->label);
    struct spot spot = spot_on(ladder, leg, row, end, width), other;

    if (spot.width == width || leg->end == LADDER_LOST || leg->end == LADDER_SENT ||
        leg->origin_unseen)
        return spot;
    other = spot_behind(ladder, leg, row, end, width);
    return other.width > spot.width ? other : spot;
}

/* Copies go without: theirs is the label of what they are copies of. */
static bool shows_label(const struct ladder_leg *leg, struct ladder_place place)
{
    return leg->label[0] != '\0' && !(leg->copy && place.lane != LADDER_NO_LANE);
}

bool ladder_label_fits(const struct ladder *ladder, const struct ladder_leg *leg,
                       struct ladder_place place, int64_t now_ns)
{
    char text[TEXT_SIZE];

    if (!shows_label(leg, place))
        return true;
    if (!ladder_is_arrow(leg))
        return (int)text_columns(words_format_label(ladder, leg, text)) <=
               room_beside_mark(ladder, leg);
    return spot_of(ladder, leg, place, now_ns).width == (int)text_columns(leg->label);
}

/* ---- words below their row */

static int room_below(const struct ladder *ladder, const struct ladder_leg *leg)
{
    return ladder_right_of(ladder, leg) - ladder_left_of(ladder, leg) - 3;
}

static int count_lines(const struct ladder *ladder, const struct ladder_leg *leg, const char *text)
{
    char line[WRAP_LINE_SIZE];
    int lines = 0;

    for (int room = room_below(ladder, leg); wrap_next(&text, room > 1 ? (size_t)room : 1, line);)
        lines++;
    return lines;
}

int ladder_count_label_rows(const struct ladder *ladder, const struct ladder_leg *leg)
{
    char text[TEXT_SIZE];

    return count_lines(ladder, leg, words_format_label(ladder, leg, text));
}

int ladder_count_note_rows(const struct ladder *ladder, const struct ladder_leg *leg)
{
    return count_lines(ladder, leg, leg->note);
}

/* Near one of the two lines, over the lanes that go down there. */
static void put_below(const struct ladder *ladder, const struct ladder_leg *leg,
                      struct ladder_below below, bool at_right, const char *text)
{
    int left = ladder_left_of(ladder, leg), right = ladder_right_of(ladder, leg);
    int room = room_below(ladder, leg);
    char line[WRAP_LINE_SIZE], whole[WRAP_LINE_SIZE + 2];

    for (int i = 0; i < below.rows && wrap_next(&text, room > 1 ? (size_t)room : 1, line); i++) {
        int at = ladder_row(ladder, below.at + i);
        int start = at_right ? right - 2 - (int)text_columns(line) : left + 1;
        snprintf(whole, sizeof whole, " %s ", line);
        if (at >= 0)
            frame_put(ladder->frame, at, start, right, ladder_style(leg), whole);
    }
}

static int room_behind_line(const struct ladder *ladder)
{
    int room = ladder->note_end - ladder->right - 2;

    return room > 2 ? room : 0;
}

/* Else its note belongs to the line where it began. */
static bool reaches_far_line(const struct ladder_leg *leg)
{
    return leg->end == LADDER_ARRIVED || leg->end == LADDER_DROPPED;
}

/* If there is no room for its note anywhere else, it stands before the label: what the arrow's colour
 * says must be a word. */
static struct ladder_leg ladder_say_note(const struct ladder *ladder, const struct ladder_leg *leg,
                                         struct ladder_place place)
{
    struct ladder_leg said = *leg;
    struct builder label = builder_begin(said.label, sizeof said.label);

    if (leg->note[0] == '\0' || leg->reconstructed || place.note.rows > 0 ||
        !reaches_far_line(leg) || room_behind_line(ladder) > 0)
        return *leg;
    builder_add(&label, "%s: %s", leg->note, leg->label);
    return said;
}

void ladder_put_label(const struct ladder *ladder, const struct ladder_leg *leg,
                      struct ladder_place place, int64_t now_ns)
{
    int row = ladder_row(ladder, place.from), right = ladder_right_of(ladder, leg);
    char text[TEXT_SIZE];

    if (place.label.rows > 0)
        put_below(ladder, leg, place.label, !leg->to_right, words_format_label(ladder, leg, text));
    if (place.label.rows > 0 || row < 0 || !shows_label(leg, place))
        return;
    if (!ladder_is_arrow(leg)) {
        put_beside_mark(ladder, leg, row);
        return;
    }
    const struct ladder_leg said = ladder_say_note(ladder, leg, place);
    struct spot spot = spot_of(ladder, &said, place, now_ns);
    if (spot.width < LABEL_MIN && spot.width < (int)text_columns(said.label))
        return;
    text_fit(text, sizeof text, said.label, (size_t)spot.width, ladder->charset);
    frame_put(ladder->frame, row, spot.start, spot.start + spot.width, STYLE_NORMAL, text);
    if (room_at(ladder, row, spot.start - 1, right, 1) > 0)
        frame_put(ladder->frame, row, spot.start - 1, spot.start, STYLE_NORMAL, " ");
    if (room_at(ladder, row, spot.start + spot.width, right, 1) > 0)
        frame_put(ladder->frame, row, spot.start + spot.width, spot.start + spot.width + 1,
                  STYLE_NORMAL, " ");
}

/* ---- notes */

/* The tag of a late arrival: the "#3" of its label; "" for one that arrives at once. */
static void format_tag(const struct ladder_leg *leg, struct ladder_place place, char *out,
                       size_t size)
{
    const char *tag = strchr(leg->label, '#');

    out[0] = '\0';
    if (tag != NULL && leg->to_right && place.to > place.from && leg->end == LADDER_ARRIVED)
        snprintf(out, size, "%.*s ", (int)strcspn(tag, " "), tag);
}

/* Where the note of a lost datagram begins, and the room there. */
static struct spot spot_behind_mark(const struct ladder *ladder, const struct ladder_leg *leg,
                                    int dead)
{
    int left = ladder_left_of(ladder, leg), right = ladder_right_of(ladder, leg);
    int start = leg->to_right ? dead + 1 : dead - 2 - (int)text_columns(leg->note);
    int room = (leg->to_right ? right : dead) - start - 2;

    if (start <= left) {
        start = left + 1;
        room = dead - start - 2;
    }
    return (struct spot){.start = start, .width = room > 0 ? room : 0};
}

/* After the mark of a lost datagram. */
static void put_lost_note(const struct ladder *ladder, const struct ladder_leg *leg, int row,
                          int dead)
{
    struct spot spot = spot_behind_mark(ladder, leg, dead);
    size_t width = text_columns(leg->note);
    char text[TEXT_SIZE], whole[TEXT_SIZE + LADDER_LABEL_SIZE];

    if (width > (size_t)spot.width)
        width = (size_t)spot.width;
    text_fit(text, sizeof text, leg->note, width, ladder->charset);
    snprintf(whole, sizeof whole, " %s ", text);
    frame_put(ladder->frame, row, spot.start, ladder_right_of(ladder, leg), ladder_style(leg),
              whole);
}

/* Inside, beside the mark; else behind the right line. */
static bool has_note_inside(const struct ladder_leg *leg)
{
    return leg->end == LADDER_LOST || leg->end == LADDER_SENT;
}

bool ladder_note_fits(const struct ladder *ladder, const struct ladder_leg *leg,
                      struct ladder_place place, int64_t now_ns)
{
    char tag[LADDER_LABEL_SIZE];
    int dead = ladder_run_end(ladder, leg, place, now_ns), width = (int)text_columns(leg->note);

    if (width == 0 || (leg->end == LADDER_UNDERWAY && place.to > place.from))
        return true;
    if (has_note_inside(leg))
        return width <= spot_behind_mark(ladder, leg, dead).width;
    format_tag(leg, place, tag, sizeof tag);
    return (int)text_columns(tag) + width <= room_behind_line(ladder);
}

/* After the mark of a lost datagram, or of one whose end is not known, else after the right line. */
void ladder_put_note(const struct ladder *ladder, const struct ladder_leg *leg,
                     struct ladder_place place, int64_t now_ns)
{
    int row = ladder_row(ladder, place.to), room = room_behind_line(ladder);
    char text[TEXT_SIZE], tag[LADDER_LABEL_SIZE], whole[TEXT_SIZE + LADDER_LABEL_SIZE];

    if (place.note.rows > 0)
        put_below(ladder, leg, place.note, leg->to_right == reaches_far_line(leg), leg->note);
    format_tag(leg, place, tag, sizeof tag);
    if (row < 0 || (leg->note[0] == '\0' && tag[0] == '\0') ||
        (leg->end == LADDER_UNDERWAY && place.to > place.from))
        return;
    if (has_note_inside(leg)) {
        if (place.note.rows == 0)
            put_lost_note(ladder, leg, row, ladder_run_end(ladder, leg, place, now_ns));
        return;
    }
    if (room == 0)
        return;
    snprintf(whole, sizeof whole, "%s%s", tag, place.note.rows > 0 ? "" : leg->note);
    text_fit(text, sizeof text, whole, (size_t)room, ladder->charset);
    frame_put(ladder->frame, row, ladder->right + 2, ladder->note_end, ladder_style(leg), text);
}

/* ---- margins */

static const char *ladder_format_time(int64_t time_ns, int64_t origin_ns, int32_t utc_offset_s,
                                      char *out, size_t size)
{
    if (time_ns == LADDER_TIME_UNKNOWN)
        snprintf(out, size, "%*s", TIME_WIDTH, "?");
    else if (origin_ns == 0)
        units_clock(time_ns, utc_offset_s, out, size);
    else
        snprintf(out, size, "%*.6f", TIME_WIDTH,
                 (double)(time_ns - origin_ns) / (double)UNITS_NS_PER_S);
    return out;
}

void ladder_put_time(const struct ladder *ladder, int row, int64_t time_ns, int64_t origin_ns,
                     int32_t utc_offset_s)
{
    char text[UNITS_TEXT_SIZE];
    int at = ladder_row(ladder, row);

    if (ladder->time >= 0 && at >= 0 && time_ns != LADDER_TIME_NONE)
        frame_put(ladder->frame, at, ladder->time, ladder->time + TIME_WIDTH, STYLE_DIM,
                  ladder_format_time(time_ns, origin_ns, utc_offset_s, text, sizeof text));
}

static void put_bracket_row(const struct ladder *ladder, int row, const char *stroke)
{
    int at = ladder_row(ladder, row), column = ladder->left - 1;

    if (at >= 0 && ladder_is_blank(ladder, at, column))
        frame_put(ladder->frame, at, column, column + 1, STYLE_DIM, stroke);
}

/* From the departure of the request to the arrival of its ack, with the figure at its end. */
void ladder_put_bracket(const struct ladder *ladder, const struct ladder_legs *all, size_t ack)
{
    const struct ladder_leg *legs = all->legs;
    const struct ladder_place *places = all->places;
    char text[UNITS_TEXT_SIZE], padded[UNITS_TEXT_SIZE];
    size_t request = 0;
    int at = ladder_row(ladder, places[ack].to);

    while (request < ack && (legs[request].number != legs[ack].number || !legs[request].to_right ||
                             legs[request].right_gap != legs[ack].right_gap))
        request++;
    if (at >= 0) {
        units_duration(legs[ack].rtt_ns, text, sizeof text);
        snprintf(padded, sizeof padded, "%*s", BRACKET_WIDTH - 1, text);
        frame_put(ladder->frame, at, ladder->bracket, ladder->bracket + BRACKET_WIDTH - 1,
                  STYLE_VALUE, padded);
    }
    if (request == ack)
        return;
    put_bracket_row(ladder, places[request].from, ladder->strokes->bracket_top);
    for (int row = places[request].from + 1; row < places[ack].to; row++)
        put_bracket_row(ladder, row, ladder->strokes->bracket);
    put_bracket_row(ladder, places[ack].to, ladder->strokes->bracket_end);
}
