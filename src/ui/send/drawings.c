/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* drawings: /ladder draws the latest exchanges as arrows, /sentences says them, /plot their round-trip times. */
#include <stdio.h>
#include <stdlib.h>

#include "console_internal.h"
#include "plot_internal.h"
#include "udptui/output/fold.h"
#include "udptui/sys/clock.h"
#include "udptui/ui/ladder/ladder.h"
#include "udptui/ui/ladder/sentences.h"

enum { TEXT_ROWS_BYTES = 1 << 16, PLOT_ROWS = 12, PLOT_COLUMNS_MIN = 40 };

void console_show_frame(struct console *console, int rows,
                        void (*draw)(const void *context, struct frame *frame), const void *context)
{
    struct frame *frame = frame_open();
    char *text = malloc(TEXT_ROWS_BYTES);

    if (frame == NULL || text == NULL || !frame_resize(frame, rows, prompt_columns())) {
        console_say(console, "not enough memory to draw");
    } else {
        draw(context, frame);
        frame_to_text(frame, text, TEXT_ROWS_BYTES);
        fputs(text, console->stream); /* safe already */
    }
    free(text);
    frame_close(frame);
}

/* ---- /ladder */

struct ladder_content {
    struct ladder_leg legs[LEGS_MAX];
    size_t count;
    int64_t now_ns;
    enum text_charset charset;
};

static void ladder_draw_content(const void *context, struct frame *frame)
{
    const struct ladder_heads heads = {.left = "here", .right = "there"};
    const struct ladder_content *content = context;

    ladder_draw(frame, 0, frame_rows(frame), &heads, content->legs, content->count, content->now_ns,
                0, clock_utc_offset_s(), content->charset);
}

/* The caller frees. NULL, with a notice, if nothing was sent or memory is short. */
static struct ladder_content *ladder_take_content(struct console *console, const char *command,
                                                  const struct command_line *line)
{
    struct ladder_content *content = malloc(sizeof *content);

    if (content == NULL) {
        console_say(console, "not enough memory to draw");
        return NULL;
    }
    content->now_ns = clock_wall_ns();
    content->charset = console->sink->output.charset;
    content->count = legs_latest(&console->sink->legs, (uint64_t)line->number, content->legs);
    qsort(content->legs, content->count, sizeof *content->legs, ladder_by_departure);
    if (content->count > 0)
        return content;
    console_say(console, "%s shows what was sent, but nothing was sent yet", command);
    free(content);
    return NULL;
}

void console_ladder(struct console *console, const struct command_line *line)
{
    struct ladder_content *content = ladder_take_content(console, "/ladder", line);

    if (content == NULL)
        return;
    if (prompt_columns() < LADDER_COLUMNS_MIN)
        console_say(console, "/ladder needs a terminal of %d columns or more", LADDER_COLUMNS_MIN);
    else
        console_show_frame(console,
                           ladder_count_rows(content->legs, content->count, content->now_ns) + 1,
                           ladder_draw_content, content);
    free(content);
}

void console_sentences(struct console *console, const struct command_line *line)
{
    static const struct ladder_heads heads = {.left = "client", .right = "server"};
    const struct sentences sentences = {.heads = &heads, .utc_offset_s = clock_utc_offset_s()};
    struct ladder_content *content = ladder_take_content(console, "/sentences", line);
    char text[SENTENCES_SIZE];

    for (size_t i = 0; content != NULL && i < content->count; i++)
        fold_write(console->stream,
                   sentences_of_leg(&sentences, &content->legs[i], text, sizeof text),
                   (size_t)prompt_columns(), 2);
    free(content);
}

/* ---- /plot */

struct plot_content {
    const struct chart_points *points;
    struct send_totals totals;
    enum text_charset charset;
};

static void plot_draw_content(const void *context, struct frame *frame)
{
    const struct plot_content *content = context;

    plot_draw(content->points, &content->totals, content->charset, frame);
}

void console_plot(struct console *console, const struct command_line *line)
{
    const struct plot_content content = {.points = &console->sink->points,
                                         .totals = session_totals(console->session),
                                         .charset = console->sink->output.charset};

    (void)line;
    if (console->sink->points.end == 0)
        console_say(console, "/plot shows round-trip times, but no message has a result yet");
    else if (prompt_columns() < PLOT_COLUMNS_MIN)
        console_say(console, "/plot needs a terminal of %d columns or more", PLOT_COLUMNS_MIN);
    else
        console_show_frame(console, PLOT_ROWS, plot_draw_content, &content);
}
