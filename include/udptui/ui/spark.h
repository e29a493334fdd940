/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* spark: counts a second as a line of small bars, the newest at the right. Pure. */
#ifndef UDPTUI_UI_SPARK_H
#define UDPTUI_UI_SPARK_H

#include <stdint.h>

#include "udptui/ui/frame.h"

/* Draws columns [column, column + width), a second each, from age_s + width - 1 down to age_s.
 * count: of the second with this age. top: the count of the highest bar. */
struct spark {
    uint64_t (*count)(const void *context, int age_s);
    const void *context;
    uint64_t top;
    int newest_s; /* the age of the newest second that is drawn */
    enum text_charset charset;
};

void spark_draw(const struct spark *spark, struct frame *frame, int row, int column, int width);

/* The greatest count that would be drawn. */
uint64_t spark_top(const struct spark *spark, int width);

#endif
