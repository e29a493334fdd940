/* SPDX-License-Identifier: GPL-3.0-or-later */
/* view: what is known -> a picture. Pure: the same model and size give the same frame. */
#ifndef UDPTUI_UI_SERVE_VIEW_H
#define UDPTUI_UI_SERVE_VIEW_H

#include "udptui/ui/frame.h"
#include "udptui/ui/serve/model.h"

/* Below this there are only the totals and a word about the size. */
enum { VIEW_COLUMNS_MIN = 40, VIEW_ROWS_MIN = 10 };

/* Draws the whole frame, at the frame's size (frame_resize comes before). */
void view_draw(const struct model *model, struct frame *frame);

#endif
