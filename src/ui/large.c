/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* large: see the header. A figure takes as many columns as its digits or its label need. */
#include "udptui/ui/large.h"

#include <stdio.h>

#include "udptui/base/units.h"
#include "udptui/ui/banner.h"
#include "udptui/ui/small.h"

enum {
    BAND_ROWS = BANNER_TEXT_ROWS + 2, /* with the labels, and a blank row */
    GAP = 4,
    MARGIN = 4,
    MARGIN_FROM = 80, /* columns */
    EXACT_BELOW = 10000000,
    SCALE_MAX = 2,
    WORDS_SIZE = LARGE_FIGURES_MAX * (LARGE_LABEL_SIZE + LARGE_FIGURE_SIZE + 4),
};

void large_add(struct large_figures *figures, const char *label, const char *figure)
{
    struct large_figure *place;

    if (figures->count == LARGE_FIGURES_MAX)
        return;
    place = &figures->each[figures->count++];
    snprintf(place->label, sizeof place->label, "%s", label);
    snprintf(place->figure, sizeof place->figure, "%s", figure);
}

void large_add_count(struct large_figures *figures, const char *label, uint64_t count)
{
    static const char letters[] = "MGTPE";
    char text[UNITS_TEXT_SIZE];
    double value = (double)count / 1e6;
    size_t letter = 0;

    if (count < EXACT_BELOW) {
        snprintf(text, sizeof text, "%llu", (unsigned long long)count);
    } else {
        for (; value >= 1000 && letters[letter + 1] != '\0'; letter++)
            value /= 1000;
        snprintf(text, sizeof text, "%.1f%c", value, letters[letter]);
    }
    large_add(figures, label, text);
}

bool large_leaves(int rows, int columns, struct large_rest *rest)
{
    int margin = columns >= MARGIN_FROM ? MARGIN : 0;

    *rest = (struct large_rest){.row = BAND_ROWS,
                                .column = margin,
                                .rows = rows - BAND_ROWS,
                                .columns = columns - 2 * margin};
    return !small_is(rest->rows, rest->columns);
}

/* ---- side by side */

static int large_width(const struct large_figure *figure, int scale)
{
    int digits = banner_text_columns(figure->figure) * scale;
    int label = (int)text_columns(figure->label);

    return digits > label ? digits : label;
}

static int large_all_widths(const struct large_figures *figures, size_t count, int scale)
{
    int width = 0;

    for (size_t i = 0; i < count; i++)
        width += large_width(&figures->each[i], scale) + (i > 0 ? GAP : 0);
    return width;
}

/* The largest digits in which all fit; or, in the smallest, the first ones. Returns how many. */
static size_t large_choose(const struct large_figures *figures, int columns, int *scale)
{
    size_t count = figures->count;

    for (*scale = SCALE_MAX; *scale > 1; --*scale)
        if (large_all_widths(figures, count, *scale) + 2 <= columns)
            return count;
    while (count > 0 && large_all_widths(figures, count, 1) + 2 > columns)
        count--;
    return count;
}

static void large_put_words(struct frame *frame, const struct large_figures *figures, size_t from)
{
    char words[WORDS_SIZE];
    int row = BAND_ROWS;

    for (size_t i = from; i < figures->count; i++) {
        snprintf(words, sizeof words, "%s %s", figures->each[i].label, figures->each[i].figure);
        row = small_put(frame, row, STYLE_VALUE, words);
    }
}

void large_draw(struct frame *frame, const struct large_figures *figures, bool alone)
{
    int scale, columns = frame_columns(frame);
    size_t count = large_choose(figures, columns, &scale);
    int column = (columns - large_all_widths(figures, count, scale)) / 2;

    for (size_t i = 0; i < count; i++) {
        const struct large_figure *figure = &figures->each[i];
        int width = large_width(figure, scale);
        int digits = banner_text_columns(figure->figure) * scale;
        int label = (int)text_columns(figure->label);
        banner_text_draw(frame, 0, column + (width - digits) / 2, scale, figure->figure,
                         figures->charset);
        frame_put(frame, BANNER_TEXT_ROWS, column + (width - label) / 2, columns, STYLE_NORMAL,
                  figure->label);
        column += width + GAP;
    }
    if (alone || count == 0)
        large_put_words(frame, figures, count);
}
