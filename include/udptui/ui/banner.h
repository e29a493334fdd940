/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* banner: letters large enough for the last row of the classroom; in them, the join command of a
 * class. Pure. */
#ifndef UDPTUI_UI_BANNER_H
#define UDPTUI_UI_BANNER_H

#include "udptui/base/text.h"
#include "udptui/ui/frame.h"

enum { BANNER_TEXT_ROWS = 5 };

/* Columns of a text in large letters, each dot of them one column wide; 0 if it has a character for
 * which there is no letter. */
int banner_text_columns(const char *text);

/* Draws such a text from a place on, each dot so many columns wide. */
void banner_text_draw(struct frame *frame, int row, int column, int scale, const char *text,
                      enum text_charset charset);

/* How many rows it takes on a screen of this size: 0 if there is no room. join: the text after
 * "udptui send ", safe text; NULL: none. */
int banner_rows(const char *join, int rows, int columns);

/* Draws so many rows from the row on, over the frame's width. */
void banner_draw(struct frame *frame, int row, int rows, const char *join,
                 enum text_charset charset);

#endif
