/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ladder: /ladder draws the latest exchanges as arrows. */
#include <stdio.h>
#include <stdlib.h>

#include "console_internal.h"
#include "udptui/sys/clock.h"
#include "udptui/ui/ladder/ladder.h"

enum { TEXT_ROWS_BYTES = 1 << 16 };

static void console_draw_ladder(struct console *console, const struct ladder_leg *legs,
                                size_t count)
{
    const struct ladder_heads heads = {.left = "here", .right = "there"};
    enum text_charset charset = console->sink->output.charset;
    int64_t now_ns = clock_wall_ns();
    int rows = ladder_count_rows(legs, count, now_ns) + 1;
    struct frame *frame = frame_open();
    char *text = malloc(TEXT_ROWS_BYTES);

    if (frame == NULL || text == NULL || !frame_resize(frame, rows, prompt_columns())) {
        console_say(console, "not enough memory for a ladder");
    } else {
        ladder_draw(frame, 0, rows, &heads, legs, count, now_ns, 0, clock_utc_offset_s(), charset);
        frame_to_text(frame, text, TEXT_ROWS_BYTES);
        fputs(text, console->stream); /* safe already */
    }
    free(text);
    frame_close(frame);
}

void console_ladder(struct console *console, const struct command_line *line)
{
    struct ladder_leg legs[LEGS_MAX];
    size_t count = legs_latest(&console->sink->legs, (uint64_t)line->number, legs);

    qsort(legs, count, sizeof *legs, ladder_by_departure);
    if (count == 0)
        console_say(console, "/ladder shows what was sent, but nothing was sent yet");
    else if (prompt_columns() < LADDER_COLUMNS_MIN)
        console_say(console, "/ladder needs a terminal of %d columns or more", LADDER_COLUMNS_MIN);
    else
        console_draw_ladder(console, legs, count);
}
