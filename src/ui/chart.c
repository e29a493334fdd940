/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* chart: see the header. Each column of cells is drawn by itself: its values say which cells have
 * dots. */
#include "udptui/ui/chart.h"

#include <math.h>
#include <stdio.h>

#include "udptui/base/units.h"

enum { DOT_ROWS = 4, DOT_COLUMNS = 2 };

/* Where it goes, and how values become heights. */
struct chart_area {
    int row, column, rows, columns; /* of the dots alone */
    int dot_rows, dot_columns;      /* in a cell */
    double low, high;               /* what the lowest and the highest dot stand for */
    bool empty;                     /* there is no value */
};

size_t chart_capacity(const struct chart *chart, int columns)
{
    int cells = columns - CHART_LABEL_COLUMNS;

    if (cells <= 0)
        return 0;
    return (size_t)cells * (chart->charset == TEXT_ASCII ? 1 : DOT_COLUMNS);
}

static void chart_set_scale(const struct chart *chart, struct chart_area *area, size_t count)
{
    area->low = INFINITY;
    area->high = 1;
    area->empty = true;
    for (size_t age = 0; age < count; age++) {
        struct chart_point point = chart->point(chart->context, age);
        if (point.kind != CHART_VALUE)
            continue;
        area->empty = false;
        area->low = fmin(area->low, (double)point.value);
        area->high = fmax(area->high, (double)point.value);
    }
    if (!chart->logarithmic)
        area->low = 0;
    else if (area->low < 1 || area->low > area->high)
        area->low = 1;
    if (area->high <= area->low)
        area->high = area->low * 2 + 1;
}

/* Dots above the lowest one; -1: outside. */
static int chart_height(const struct chart *chart, const struct chart_area *area, double value)
{
    int highest = area->rows * area->dot_rows - 1;
    double part = (value - area->low) / (area->high - area->low);

    if (chart->logarithmic)
        part = value > 0 ? log(value / area->low) / log(area->high / area->low) : -1;
    if (part < 0 || part > 1)
        return -1;
    return (int)(part * highest + 0.5);
}

static int chart_row_of(const struct chart_area *area, int height)
{
    return area->row + area->rows - 1 - height / area->dot_rows;
}

/* ---- points */

void chart_points_put(struct chart_points *points, uint64_t number, struct chart_point point)
{
    uint64_t skipped = number >= points->end ? number - points->end : 0;

    if (number + CHART_POINTS_MAX < points->end)
        return; /* pushed out long ago */
    for (uint64_t i = skipped < CHART_POINTS_MAX ? skipped : CHART_POINTS_MAX; i > 0; i--)
        points->each[(number - i) % CHART_POINTS_MAX] = (struct chart_point){.kind = CHART_NOTHING};
    points->each[number % CHART_POINTS_MAX] = point;
    if (number >= points->end)
        points->end = number + 1;
}

struct chart_point chart_points_at(const void *context, size_t age)
{
    const struct chart_points *points = context;

    if (age >= points->end || age >= CHART_POINTS_MAX)
        return (struct chart_point){.kind = CHART_NOTHING};
    return points->each[(points->end - 1 - age) % CHART_POINTS_MAX];
}

/* ---- lines and labels */

static void put_label(const struct chart *chart, struct frame *frame, int row, int column,
                      const char *name, int64_t value)
{
    char figure[UNITS_TEXT_SIZE], text[2 * UNITS_TEXT_SIZE];

    if (frame_cell(frame, row, column + CHART_LABEL_COLUMNS - 2)->length_bytes > 0 &&
        frame_cell(frame, row, column + CHART_LABEL_COLUMNS - 2)->bytes[0] != ' ')
        return; /* another label is there */
    snprintf(text, sizeof text, "%s%s", name, chart->format(value, figure, sizeof figure));
    frame_put_right(frame, row, column, CHART_LABEL_COLUMNS - 1, STYLE_DIM, chart->charset, text);
}

static void put_lines(const struct chart *chart, struct frame *frame, const struct chart_area *area)
{
    int left = area->column - CHART_LABEL_COLUMNS;
    const char *dots = chart->charset == TEXT_ASCII ? "-" : "\xe2\x94\x88";

    for (size_t i = 0; i < CHART_LINES_MAX && chart->lines[i].name != NULL; i++) {
        int height = chart_height(chart, area, (double)chart->lines[i].value);
        if (height < 0)
            continue;
        int row = chart_row_of(area, height);
        frame_fill(frame, row, area->column, area->column + area->columns, STYLE_DIM, dots);
        put_label(chart, frame, row, left, chart->lines[i].name, chart->lines[i].value);
    }
    if (area->empty)
        return;
    put_label(chart, frame, area->row, left, "", (int64_t)area->high);
    put_label(chart, frame, area->row + area->rows - 1, left, "", (int64_t)area->low);
}

/* ---- dots */

static void put_dots(const struct chart *chart, struct frame *frame, int row, int column,
                     unsigned pattern)
{
    /* U+2800 + pattern in UTF-8. */
    const char braille[] = {(char)0xe2, (char)(0xa0 | pattern >> 6),
                            (char)(0x80 | (pattern & 0x3f)), '\0'};

    frame_put(frame, row, column, column + 1, STYLE_SPARK,
              chart->charset == TEXT_ASCII ? "*" : braille);
}

/* The bit of a braille pattern: dots 1 2 3 7 go down the left, 4 5 6 8 the right. */
static unsigned dot_bit(int side, int from_bottom)
{
    static const uint8_t bits[DOT_COLUMNS][DOT_ROWS] = {{0x40, 0x04, 0x02, 0x01},
                                                        {0x80, 0x20, 0x10, 0x08}};

    return bits[side][from_bottom];
}

/* Two values side by side may share a cell. */
static void put_values(const struct chart *chart, struct frame *frame,
                       const struct chart_area *area, int column, const int *heights)
{
    for (int side = 0; side < area->dot_columns; side++) {
        unsigned pattern = 0;
        if (heights[side] < 0)
            continue;
        for (int other = 0; other < area->dot_columns; other++)
            if (heights[other] >= 0 &&
                heights[other] / area->dot_rows == heights[side] / area->dot_rows)
                pattern |= dot_bit(other, heights[other] % area->dot_rows);
        put_dots(chart, frame, chart_row_of(area, heights[side]), column, pattern);
    }
}

static void chart_put_column(const struct chart *chart, struct frame *frame,
                             const struct chart_area *area, int cell)
{
    int heights[DOT_COLUMNS] = {-1, -1};
    int column = area->column + area->columns - 1 - cell;
    bool lost = false;

    for (int side = 0; side < area->dot_columns; side++) {
        size_t age = (size_t)(cell * area->dot_columns + area->dot_columns - 1 - side);
        struct chart_point point = chart->point(chart->context, age);
        if (point.kind == CHART_VALUE)
            heights[side] = chart_height(chart, area, (double)point.value);
        lost |= point.kind == CHART_LOST;
    }
    put_values(chart, frame, area, column, heights);
    if (lost)
        frame_put(frame, area->row + area->rows - 1, column, column + 1, STYLE_FAILED,
                  chart->charset == TEXT_ASCII ? "x" : "\xc3\x97");
}

void chart_draw(const struct chart *chart, struct frame *frame, int row, int column, int rows,
                int columns)
{
    struct chart_area area = {.row = row,
                              .column = column + CHART_LABEL_COLUMNS,
                              .rows = rows,
                              .columns = columns - CHART_LABEL_COLUMNS,
                              .dot_rows = chart->charset == TEXT_ASCII ? 1 : DOT_ROWS,
                              .dot_columns = chart->charset == TEXT_ASCII ? 1 : DOT_COLUMNS};

    if (rows < 2 || area.columns < 1)
        return;
    chart_set_scale(chart, &area, chart_capacity(chart, columns));
    put_lines(chart, frame, &area);
    for (int cell = 0; cell < area.columns; cell++)
        chart_put_column(chart, frame, &area, cell);
}
