/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* small: see the header. */
#include "udptui/ui/small.h"

#include <stdio.h>

#include "udptui/base/wrap.h"

bool small_is(int rows, int columns)
{
    return rows < SMALL_ROWS || columns < SMALL_COLUMNS;
}

int small_put(struct frame *frame, int row, enum style style, const char *safe)
{
    int columns = frame_columns(frame);
    char line[WRAP_LINE_SIZE];

    for (; columns > 0 && wrap_next(&safe, (size_t)columns, line); row++)
        frame_put(frame, row, 0, columns, style, line);
    return row;
}

int small_draw(struct frame *frame, const struct catalog *catalog, const char *more)
{
    char text[WRAP_LINE_SIZE];

    snprintf(text, sizeof text, catalog_text(catalog, "Too small (%dx%d): at least %dx%d%s"),
             frame_columns(frame), frame_rows(frame), SMALL_COLUMNS, SMALL_ROWS, more);
    return small_put(frame, 0, STYLE_WARNING, text);
}
