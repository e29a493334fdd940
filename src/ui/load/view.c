/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * load_view: title, totals, chart, times; the last row is the footer's. The chart has one column a
 * tick, the latest at the right, its top the highest visible rate; a cell is filled by eighths.
 */
#include "udptui/ui/load/view.h"

#include <inttypes.h>
#include <stdio.h>

#include "udptui/base/array.h"
#include "udptui/base/builder.h"
#include "udptui/base/units.h"
#include "udptui/ui/small.h"

enum {
    LABEL_COLUMNS = 10,
    ROWS_AROUND = 9,
    TIMES_A_ROW = 3,
    TIMES_COLUMN = 16,
    FIGURE_WORD_COLUMNS = 8,
    LINE_SIZE = 256
};

void load_view_add(struct load_view *view, const struct load_snapshot *snapshot)
{
    view->last = *snapshot;
    if (snapshot->end == LOAD_RUNNING)
        view->points[view->point_count++ % LOAD_VIEW_POINTS] = snapshot->acks_per_s;
}

static void load_put_title(const struct load_view *view, struct frame *frame)
{
    char now[UNITS_TEXT_SIZE], all[UNITS_TEXT_SIZE], text[LINE_SIZE];
    int columns = frame_columns(frame);
    int column = frame_put_items(frame, 0, 1, columns, STYLE_TITLE, view->title);

    if (view->metered != NULL && view->metered[0] != '\0') /* first: there is not room for all */
        column = frame_put(frame, 0, column + 2, columns, STYLE_WARNING, view->metered);
    snprintf(text, sizeof text, "%s of %s", units_uptime(view->last.elapsed_ns, now, sizeof now),
             units_uptime(view->duration_ns, all, sizeof all));
    frame_put_items(frame, 0, column + 2, columns, STYLE_NORMAL, text);
}

/* Those that are not zero come first, because a narrow screen has no room for all. True if there
 * are any. */
static bool load_format_troubles(const struct load_snapshot *last, char *out, size_t size)
{
    const struct {
        const char *name;
        uint64_t count;
    } troubles[] = {{"lost", last->lost},
                    {"late", last->late},
                    {"duplicates", last->duplicates},
                    {"not sent", last->send_errors}};
    bool any = false;

    out[0] = '\0';
    for (int zero = 0; zero <= 1; zero++)
        for (size_t i = 0; i < COUNT_OF(troubles); i++) {
            if ((troubles[i].count == 0) != zero)
                continue;
            builder_append(out, size, "%s%s %" PRIu64, out[0] != '\0' ? "  " : "", troubles[i].name,
                           troubles[i].count);
            any |= !zero;
        }
    return any;
}

static void load_put_totals(const struct load_view *view, struct frame *frame)
{
    const struct load_snapshot *last = &view->last;
    char acked[UNITS_TEXT_SIZE], flight[UNITS_TEXT_SIZE], rate[UNITS_TEXT_SIZE];
    char bits[UNITS_TEXT_SIZE], text[LINE_SIZE];
    int columns = frame_columns(frame);

    snprintf(text, sizeof text, "acked %s  %s  %s  in flight %s",
             units_count(last->acked, acked, sizeof acked),
             units_rate(last->acks_per_s, rate, sizeof rate),
             units_bit_rate(load_bits_per_s(last), bits, sizeof bits),
             units_count(load_in_flight(last), flight, sizeof flight));
    frame_put_items(frame, 1, 1, columns, STYLE_VALUE, text);
    bool bad = load_format_troubles(last, text, sizeof text);
    frame_put_items(frame, 2, 1, columns, bad ? STYLE_WARNING : STYLE_DIM, text);
}

/* The rate `age` ticks ago, 0 before the beginning. */
static double load_point_at(const struct load_view *view, size_t age)
{
    if (age >= view->point_count || age >= LOAD_VIEW_POINTS)
        return 0;
    return view->points[(view->point_count - 1 - age) % LOAD_VIEW_POINTS];
}

static double highest(const struct load_view *view, int width)
{
    double most = 0;

    for (int age = 0; age < width; age++)
        if (load_point_at(view, (size_t)age) > most)
            most = load_point_at(view, (size_t)age);
    return most;
}

/* One cell of a column that is `eighths` high in all, `below` of them under this cell. */
static const char *fill_of(const struct load_view *view, int eighths, int below)
{
    static const char *const blocks[] = {" ",
                                         "\xe2\x96\x81",
                                         "\xe2\x96\x82",
                                         "\xe2\x96\x83",
                                         "\xe2\x96\x84",
                                         "\xe2\x96\x85",
                                         "\xe2\x96\x86",
                                         "\xe2\x96\x87",
                                         "\xe2\x96\x88"};
    int part = eighths - below;

    if (part > 8)
        part = 8;
    if (part < 0)
        part = 0;
    if (view->charset == TEXT_ASCII)
        return part >= 4 ? "#" : " ";
    return blocks[part];
}

static void load_put_column(const struct load_view *view, struct frame *frame, int column,
                            int height, int eighths)
{
    for (int i = 0; i < height; i++)
        frame_put(frame, 2 + height - i, column, column + 1, STYLE_SPARK,
                  fill_of(view, eighths, i * 8));
}

static void load_put_chart(const struct load_view *view, struct frame *frame)
{
    int width = frame_columns(frame) - LABEL_COLUMNS - 1;
    int height = frame_rows(frame) - ROWS_AROUND;
    double top = highest(view, width);
    char label[UNITS_TEXT_SIZE];

    frame_put_right(frame, 3, 0, LABEL_COLUMNS - 1, STYLE_DIM, view->charset,
                    units_rate(top, label, sizeof label));
    frame_put_right(frame, 2 + height, 0, LABEL_COLUMNS - 1, STYLE_DIM, view->charset, "0/s");
    for (int age = 0; top > 0 && age < width; age++) {
        double part = load_point_at(view, (size_t)age) / top;
        load_put_column(view, frame, LABEL_COLUMNS + width - 1 - age, height,
                        (int)(part * height * 8 + 0.5));
    }
}

/* Which acks these times are of, unless of all. */
static void put_certainty(const struct load_snapshot *last, uint64_t samples, struct frame *frame,
                          int row, int column)
{
    char count[UNITS_TEXT_SIZE], text[LINE_SIZE];

    if (!last->times_certain)
        frame_put(frame, row, 1, column, STYLE_WARNING, "uncertain ?");
    else if (samples < last->acked) {
        snprintf(text, sizeof text, "of %s acks", units_count_short(samples, count, sizeof count));
        frame_put(frame, row, 1, column, STYLE_DIM, text);
    }
}

/* Two rows. */
static void put_times_of(const struct load_snapshot *last, const char *name,
                         const struct figures *figures, uint64_t samples, struct frame *frame,
                         int row)
{
    int columns = frame_columns(frame), column = TIMES_COLUMN, times = 0;
    char text[UNITS_TEXT_SIZE];

    frame_put(frame, row, 1, TIMES_COLUMN, STYLE_PANE, name);
    put_certainty(last, samples, frame, row + 1, TIMES_COLUMN);
    for (size_t i = 0; i < figures->count; i++) {
        const struct figure *figure = &figures->rows[i];
        if (figure->unit != FIGURE_RTT)
            continue;
        if (times++ == TIMES_A_ROW) {
            row++;
            column = TIMES_COLUMN;
        }
        figure_format(figure, last, text, sizeof text);
        if (column + FIGURE_WORD_COLUMNS + (int)text_columns(text) > columns)
            continue;
        frame_put(frame, row, column + 2, columns, STYLE_DIM, figure->words);
        column = frame_put(frame, row, column + FIGURE_WORD_COLUMNS, columns, STYLE_VALUE, text);
    }
}

/* The kernel's times of the sample, and the program's. */
static void load_put_times(const struct load_view *view, struct frame *frame)
{
    const struct load_snapshot *last = &view->last;
    int row = frame_rows(frame) - 5;

    put_times_of(last, "round-trip time", &load_figures, last->rtt.count, frame, row);
    put_times_of(last, "for the program", &load_app_figures, last->rtt_app.count, frame, row + 2);
}

void load_view_draw(const struct load_view *view, struct frame *frame)
{
    load_put_title(view, frame);
    load_put_totals(view, frame);
    load_put_chart(view, frame);
    load_put_times(view, frame);
}

void load_view_draw_small(const struct load_view *view, struct frame *frame)
{
    char acked[UNITS_TEXT_SIZE], lost[UNITS_TEXT_SIZE], text[LINE_SIZE];
    int row = small_draw(frame, NULL, "; the load continues");

    snprintf(text, sizeof text, "acked %s lost %s",
             units_count(view->last.acked, acked, sizeof acked),
             units_count(view->last.lost, lost, sizeof lost));
    row = small_put(frame, row, STYLE_VALUE, text);
    small_put(frame, row, STYLE_TITLE, view->title);
}
