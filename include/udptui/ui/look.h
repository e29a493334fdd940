/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* look: how all screens look, as an option table fills it in. */
#ifndef UDPTUI_UI_LOOK_H
#define UDPTUI_UI_LOOK_H

enum look_theme {
    LOOK_COLOUR,   /* the terminal's own eight colours */
    LOOK_CONTRAST, /* its own two colours, bold, underlined, reversed; nothing dim */
    LOOK_DARK,     /* fixed colours for a dark background, and so on: see palette.h */
    LOOK_LIGHT,
    LOOK_SAFE,       /* colours that the colour-blind tell apart, on a dark background */
    LOOK_SAFE_LIGHT, /* the same on a light one */
    LOOK_THEMES,
};

/* --color: whether there are colours. */
enum look_colour {
    LOOK_AUTO,   /* unless NO_COLOR is set */
    LOOK_ALWAYS, /* if the terminal has any */
    LOOK_NEVER,
};

struct look {
    int colour; /* enum look_colour */
    int theme;  /* enum look_theme, to begin with */
    int large;  /* the main figures in large digits, to begin with */
};

/* The words of enum look_theme and look_colour, each list ended by NULL. */
extern const char *const look_themes[], *const look_colours[];

#endif
