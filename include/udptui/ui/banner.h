/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* banner: the join command of a class, large enough for the last row of the classroom. Pure. */
#ifndef UDPTUI_UI_BANNER_H
#define UDPTUI_UI_BANNER_H

#include "udptui/base/text.h"
#include "udptui/ui/frame.h"

/* How many rows it takes on a screen of this size: 0 if there is no room. join: the text after
 * "udptui send ", safe text; NULL: none. */
int banner_rows(const char *join, int rows, int columns);

/* Draws so many rows from the row on, over the frame's width. */
void banner_draw(struct frame *frame, int row, int rows, const char *join,
                 enum text_charset charset);

#endif
