/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* spark: see the header. */
#include "udptui/ui/spark.h"

enum { LEVELS = 8 };

static const char *const blocks[][LEVELS] = {
    [TEXT_UTF8] = {" ", "\xe2\x96\x81", "\xe2\x96\x82", "\xe2\x96\x83", "\xe2\x96\x84",
                   "\xe2\x96\x85", "\xe2\x96\x86", "\xe2\x96\x87"},
    [TEXT_ASCII] = {" ", ".", ":", "-", "=", "+", "*", "#"},
};

/* Whatever is not 0 is visible. */
static int spark_level(uint64_t count, uint64_t top)
{
    if (count == 0)
        return 0;
    if (count >= top)
        return LEVELS - 1;
    return 1 + (int)((double)count * (LEVELS - 2) / (double)top);
}

void spark_draw(const struct spark *spark, struct frame *frame, int row, int column, int width)
{
    for (int age_s = spark->newest_s + width - 1; age_s >= spark->newest_s; age_s--, column++) {
        int level = spark_level(spark->count(spark->context, age_s), spark->top);
        frame_put(frame, row, column, column + 1, STYLE_SPARK, blocks[spark->charset][level]);
    }
}

uint64_t spark_top(const struct spark *spark, int width)
{
    uint64_t top = 0;

    for (int age_s = spark->newest_s; age_s < spark->newest_s + width; age_s++) {
        uint64_t count = spark->count(spark->context, age_s);
        if (count > top)
            top = count;
    }
    return top;
}
