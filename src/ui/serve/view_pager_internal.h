/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * view_pager: lines that are drawn one after the other into a scrolled window.
 *
 * The caller requests the row of the next line and draws if it gets one, so the same code draws and
 * counts lines.
 */
#ifndef UDPTUI_UI_SERVE_VIEW_PAGER_INTERNAL_H
#define UDPTUI_UI_SERVE_VIEW_PAGER_INTERNAL_H

#include "view_parts_internal.h"

enum { PAGER_MARGIN = 3, PAGER_LABEL = 13, PAGER_NOWHERE = -1 };

struct pager {
    const struct view *view;
    int line; /* the next one, from 0 */
};

/* The row for the next line, PAGER_NOWHERE if it is not visible (or the view only counts). */
int pager_next(struct pager *pager);

/* A label and a value on a line; a value that is too long continues below. */
__attribute__((format(printf, 4, 5))) void pager_field(struct pager *pager, const char *label,
                                                       enum style style, const char *format, ...);

/* Safe text over as many lines as it takes, from a column on; the first line is that of `row`. */
void pager_wrap(struct pager *pager, int row, int column, enum style style, const char *safe);

#endif
