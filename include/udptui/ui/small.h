/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* small: what a screen shows if the terminal has no room for it. */
#ifndef UDPTUI_UI_SMALL_H
#define UDPTUI_UI_SMALL_H

#include <stdbool.h>

#include "udptui/base/catalog.h"
#include "udptui/ui/frame.h"

/* Below this size only a notice is drawn. */
enum { SMALL_COLUMNS = 40, SMALL_ROWS = 10 };

/* Whether a frame of this size is that small. */
bool small_is(int rows, int columns);

/* Puts safe text into as many rows as it takes, from a row on; returns the row behind it. */
int small_put(struct frame *frame, int row, enum style style, const char *safe);

/* "Too small (30x8): at least 40x10", in the language of the catalog, followed by more ("" for
 * nothing); from the top. Returns the row behind it. */
int small_draw(struct frame *frame, const struct catalog *catalog, const char *more);

#endif
