/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* look: how all screens look, as an option table fills it in. */
#ifndef UDPTUI_UI_LOOK_H
#define UDPTUI_UI_LOOK_H

enum look_theme {
    LOOK_COLOUR,
    LOOK_CONTRAST, /* the terminal's own two colours, bold, underlined, reversed; nothing dim */
};

struct look {
    int theme; /* enum look_theme, to begin with */
    int large; /* the main figures in large digits, to begin with */
};

/* The words of enum look_theme, ended by NULL. */
extern const char *const look_themes[];

#endif
