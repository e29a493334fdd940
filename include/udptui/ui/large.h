/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * large: the main figures of a screen in large digits, for the last row of a classroom. They stand
 * above the rest of the screen, which gets fewer rows and columns; on a small terminal they stand
 * alone. Pure.
 */
#ifndef UDPTUI_UI_LARGE_H
#define UDPTUI_UI_LARGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/base/text.h"
#include "udptui/ui/frame.h"

enum { LARGE_FIGURES_MAX = 4, LARGE_FIGURE_SIZE = 32, LARGE_LABEL_SIZE = 48 };

/* The first is the most important one. */
struct large_figures {
    struct large_figure {
        char label[LARGE_LABEL_SIZE];   /* safe text */
        char figure[LARGE_FIGURE_SIZE]; /* digits and . , % k M G T - ? */
    } each[LARGE_FIGURES_MAX];
    size_t count;
    enum text_charset charset;
};

/* Adds one: a count as "1234567", then "12.3M"; another figure as it is. Ignored if there are too
 * many. */
void large_add_count(struct large_figures *figures, const char *label, uint64_t count);
void large_add(struct large_figures *figures, const char *label, const char *figure);

/* Where the rest of the screen is. */
struct large_rest {
    int row, column, rows, columns;
};

/* False if there is no room for the rest on a terminal of this size. */
bool large_leaves(int rows, int columns, struct large_rest *rest);

/* Puts as many figures as fit into the frame's first rows; what does not fit, in words below them if
 * nothing else is on the screen (alone). */
void large_draw(struct frame *frame, const struct large_figures *figures, bool alone);

#endif
