/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ladder: a row a leg, in order of departure: an arrow from end to end, or to where it died. */
#include "udptui/ui/ladder.h"

#include <stdio.h>

enum { NOTE_COLUMNS = 22, LABEL_COLUMNS = 24, WIDE_COLUMNS = 60, HEAD_ROWS = 1 };

/* Where the two ends stand, and the strokes. */
struct ladder {
    struct frame *frame;
    int left, right; /* columns of the two lines */
    const char *stroke, *to_right, *to_left, *line, *mark;
    enum text_charset charset;
};

static struct ladder make_ladder(struct frame *frame, enum text_charset charset)
{
    int columns = frame_columns(frame);
    bool utf8 = charset == TEXT_UTF8;
    struct ladder ladder = {.frame = frame,
                            .left = 2,
                            .right =
                                columns >= WIDE_COLUMNS ? columns - NOTE_COLUMNS - 2 : columns - 16,
                            .stroke = utf8 ? "\xe2\x94\x80" : "-",
                            .to_right = utf8 ? "\xe2\x96\xb6" : ">",
                            .to_left = utf8 ? "\xe2\x97\x80" : "<",
                            .line = utf8 ? "\xe2\x94\x82" : "|",
                            .mark = utf8 ? "\xe2\x9c\x97" : "X",
                            .charset = charset};

    return ladder;
}

static void put_arrow(const struct ladder *ladder, int row, const struct ladder_leg *leg)
{
    int middle = (ladder->left + ladder->right) / 2;
    int from = leg->to_right || leg->end == LADDER_ARRIVED ? ladder->left + 1 : middle;
    int to = !leg->to_right || leg->end == LADDER_ARRIVED ? ladder->right : middle;
    enum style style = leg->end == LADDER_LOST      ? STYLE_HELD
                       : leg->end == LADDER_ARRIVED ? STYLE_ACKED
                                                    : STYLE_DIM;
    int head = leg->to_right ? to - 1 : from;

    frame_fill(ladder->frame, row, from, to, style, ladder->stroke);
    if (leg->end == LADDER_LOST)
        frame_put(ladder->frame, row, head, head + 1, STYLE_FAILED, ladder->mark);
    else if (leg->end == LADDER_ARRIVED)
        frame_put(ladder->frame, row, head, head + 1, style,
                  leg->to_right ? ladder->to_right : ladder->to_left);
}

static void put_label(const struct ladder *ladder, int row, const struct ladder_leg *leg)
{
    int width = (int)text_columns(leg->label), most = ladder->right - ladder->left - 6;
    int column = leg->to_right ? ladder->left + 2 : ladder->right - 3 - width;

    if (width > most)
        column = ladder->left + 2;
    frame_put(ladder->frame, row, column, column + most, STYLE_NORMAL, leg->label);
}

static void put_leg(const struct ladder *ladder, int row, const struct ladder_leg *leg)
{
    char note[LADDER_LABEL_SIZE + 32];

    snprintf(note, sizeof note, "%s%s%s", leg->note, leg->copy ? " copy" : "",
             leg->corrupt ? " corrupt" : "");
    frame_put(ladder->frame, row, ladder->left, ladder->left + 1, STYLE_RULE, ladder->line);
    frame_put(ladder->frame, row, ladder->right, ladder->right + 1, STYLE_RULE, ladder->line);
    put_arrow(ladder, row, leg);
    put_label(ladder, row, leg);
    frame_put_left(ladder->frame, row, ladder->right + 2,
                   frame_columns(ladder->frame) - ladder->right - 2,
                   leg->end == LADDER_LOST ? STYLE_HELD : STYLE_DIM, ladder->charset, note);
}

int ladder_draw(struct frame *frame, int top, int rows, const struct ladder_heads *heads,
                const struct ladder_leg *legs, size_t count, int64_t now_ns, int scroll,
                int32_t utc_offset_s, enum text_charset charset)
{
    const struct ladder ladder = make_ladder(frame, charset);
    int all = (int)count, window = rows - HEAD_ROWS;
    int first = all - window - scroll;

    (void)now_ns;
    (void)utc_offset_s;
    if (first < 0)
        first = 0;
    frame_put(frame, top, ladder.left, frame_columns(frame), STYLE_COLUMN, heads->left);
    frame_put(frame, top, ladder.right - (int)text_columns(heads->right) + 1, frame_columns(frame),
              STYLE_COLUMN, heads->right);
    for (int i = first; i < all && i - first < window; i++)
        put_leg(&ladder, top + HEAD_ROWS + i - first, &legs[i]);
    return all + HEAD_ROWS;
}
