/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rule: a line across the screen with a word at its left and one at its right. Pure. */
#ifndef UDPTUI_UI_RULE_H
#define UDPTUI_UI_RULE_H

#include "udptui/ui/frame.h"

struct rule {
    const char *left, *right; /* safe text, "" for none */
    enum style left_style, right_style;
};

/* Leaves out the word at the right if there is no room for it. */
void rule_draw(const struct rule *rule, struct frame *frame, int row, enum text_charset charset);

#endif
