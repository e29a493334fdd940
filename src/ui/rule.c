/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rule: see the header. */
#include "udptui/ui/rule.h"

enum { RULE_AROUND = 8 }; /* columns that both words leave free */

/* A word on the rule, with a blank on each side. */
static void rule_put_word(struct frame *frame, int row, int column, enum style style,
                          const char *word)
{
    int columns = frame_columns(frame);

    column = frame_put(frame, row, column, columns - 1, STYLE_RULE, " ");
    column = frame_put(frame, row, column, columns - 2, style, word);
    frame_put(frame, row, column, columns - 1, STYLE_RULE, " ");
}

void rule_draw(const struct rule *rule, struct frame *frame, int row, enum text_charset charset)
{
    int columns = frame_columns(frame);
    int left = (int)text_columns(rule->left), right = (int)text_columns(rule->right);

    frame_fill(frame, row, 0, columns, STYLE_RULE, charset == TEXT_UTF8 ? "\xe2\x94\x80" : "-");
    if (left > 0)
        rule_put_word(frame, row, 1, rule->left_style, rule->left);
    if (right > 0 && left + right + RULE_AROUND <= columns)
        rule_put_word(frame, row, columns - right - 3, rule->right_style, rule->right);
}
