/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chart: values in order as dots, the newest at the right; lost values as marks in the bottom row;
 * reference values as dotted horizontal lines. In UTF-8 a cell has two values side by side and four
 * dots above each other (braille patterns, U+2800), in ASCII one of each.
 */
#ifndef UDPTUI_UI_CHART_H
#define UDPTUI_UI_CHART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/ui/frame.h"

enum { CHART_LABEL_COLUMNS = 13, CHART_LINES_MAX = 4, CHART_POINTS_MAX = 4096 };

enum chart_kind { CHART_NOTHING, CHART_VALUE, CHART_LOST };

struct chart_point {
    int64_t value; /* above 0 */
    uint8_t kind;  /* enum chart_kind */
};

/* The latest points of numbered things. All zero: none yet. */
struct chart_points {
    struct chart_point each[CHART_POINTS_MAX]; /* by number, a ring */
    uint64_t end;                              /* behind the greatest number so far */
};

/* The point of a number, in any order. Skipped places have no value yet. */
void chart_points_put(struct chart_points *points, uint64_t number, struct chart_point point);

/* For chart.point; context: the points. */
struct chart_point chart_points_at(const void *context, size_t age);

/* A line across, with its name at the left. */
struct chart_line {
    const char *name; /* safe text; NULL ends the lines */
    int64_t value;
};

struct chart {
    /* The point with this age; the newest one has age 0. */
    struct chart_point (*point)(const void *context, size_t age);
    const void *context;
    struct chart_line lines[CHART_LINES_MAX];
    /* Writes a value to out (UNITS_TEXT_SIZE), returns it. */
    const char *(*format)(int64_t value, char *out, size_t size_bytes);
    bool logarithmic; /* from the smallest to the largest value; else from 0 */
    enum text_charset charset;
};

/* How many points fit into an area of so many columns, labels included. */
size_t chart_capacity(const struct chart *chart, int columns);

/* Draws into rows [row, row + rows) and columns [column, column + columns). Draws nothing if that
 * is smaller than 2 rows and CHART_LABEL_COLUMNS + 1 columns. */
void chart_draw(const struct chart *chart, struct frame *frame, int row, int column, int rows,
                int columns);

#endif
