/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wide: a cell as the wide characters that the C library and ncurses take. */
#ifndef UDPTUI_UI_WIDE_INTERNAL_H
#define UDPTUI_UI_WIDE_INTERNAL_H

#include <stddef.h>
#include <wchar.h>

#include "udptui/ui/frame.h"

/*
 * Writes the cell's character and its marks to out, at most count of them, and a NUL. A character
 * that the C library gives another width than we do would shift its row: it becomes '?'.
 */
void wide_from_cell(const struct cell *cell, wchar_t *out, size_t count);

#endif
