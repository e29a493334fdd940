/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* view_pager: see the header for the model. */
#include "view_pager_internal.h"

#include <stdarg.h>
#include <stdio.h>

#include "udptui/base/wrap.h"

int pager_next(struct pager *pager)
{
    const struct model *model = pager->view->model;
    int line = pager->line++ - model->scroll;
    bool seen = line >= 0 && line < model->layout.body_rows - 1; /* the title's rule is above */

    return pager->view->frame != NULL && seen ? model->layout.body + 1 + line : PAGER_NOWHERE;
}

static void pager_put_cell(const struct view *view, int row, int column, enum style style,
                           const struct text_cell *cell)
{
    char bytes[FRAME_CELL_BYTES + 1];

    if (row == PAGER_NOWHERE)
        return;
    snprintf(bytes, sizeof bytes, "%.*s", (int)cell->length_bytes, cell->bytes);
    frame_put(view->frame, row, column, view->columns - 1, style, bytes);
}

void pager_wrap(struct pager *pager, int row, int column, enum style style, const char *safe)
{
    const struct view *view = pager->view;
    int at = column;
    struct text_cell cell;

    while (text_next(&safe, &cell)) {
        if (at + cell.columns > view->columns - 1 && at > column) {
            row = pager_next(pager);
            at = column;
        }
        pager_put_cell(view, row, at, style, &cell);
        at += cell.columns;
    }
}

/* Wraps a literal between its words. */
static void pager_put_words(struct pager *pager, int row, int column, enum style style,
                            const char *text)
{
    const struct view *view = pager->view;
    size_t room = (size_t)(view->columns > column ? view->columns - column : 1);
    char line[WRAP_LINE_SIZE];

    for (bool first = true; wrap_next(&text, room, line); first = false) {
        if (!first)
            row = pager_next(pager);
        if (row != PAGER_NOWHERE)
            frame_put(view->frame, row, column, view->columns, style, line);
    }
}

void pager_field(struct pager *pager, const char *label, enum style style, const char *format, ...)
{
    int row = pager_next(pager);
    char text[LINE_SIZE];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (row != PAGER_NOWHERE)
        frame_put(pager->view->frame, row, PAGER_MARGIN, pager->view->columns, STYLE_DIM, label);
    pager_put_words(pager, row, PAGER_MARGIN + PAGER_LABEL, style, text);
}
