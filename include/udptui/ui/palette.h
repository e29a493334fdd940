/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * palette: the colour and the attributes of each style, by theme and by how many colours the
 * terminal has.
 *
 * The background is always the terminal's. Fixed colours (from 88 colours up) have a contrast of at
 * least 4.5:1 (WCAG 2.2, 1.4.3) on every grey from black to PALETTE_DARK, those for a light one from
 * white to PALETTE_LIGHT. What 8 or 16 colours look like is up to the terminal.
 */
#ifndef UDPTUI_UI_PALETTE_H
#define UDPTUI_UI_PALETTE_H

#include <stdbool.h>
#include <stdint.h>

#include "udptui/ui/frame.h"
#include "udptui/ui/look.h"

enum { PALETTE_DARK = 0x303030, PALETTE_LIGHT = 0xeeeeee, PALETTE_OWN = -1 };

/* How many colours a terminal has. */
enum palette_depth {
    PALETTE_8,
    PALETTE_16,
    PALETTE_88,
    PALETTE_256,
    PALETTE_DIRECT, /* 0xRRGGBB */
    PALETTE_DEPTHS,
};

struct palette_style {
    int32_t colour; /* its number, or 0xRRGGBB with PALETTE_DIRECT; PALETTE_OWN: the terminal's */
    bool bold, dim, underlined, reversed;
};

/* The depth for a terminal of at least 8 colours. */
enum palette_depth palette_depth_of(int colours);

struct palette_style palette_style(enum look_theme theme, enum style style,
                                   enum palette_depth depth);

#endif
