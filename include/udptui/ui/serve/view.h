/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* view: draws the model. Pure: the same model and size give the same frame. */
#ifndef UDPTUI_UI_SERVE_VIEW_H
#define UDPTUI_UI_SERVE_VIEW_H

#include "udptui/ui/frame.h"
#include "udptui/ui/keys.h"
#include "udptui/ui/large.h"
#include "udptui/ui/serve/model.h"

/* Draws the whole frame, at the frame's size (frame_resize comes before); if it is too small, only
 * the totals. keys: for the footer and the help. */
void view_draw(const struct model *model, const struct keys_table *keys, struct frame *frame);

/* The main figures: messages, acks, clients; of now, also during a pause. */
void view_figures(const struct model *model, struct large_figures *out);

#endif
