/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* view_figures: all figures of one server, a line each. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "udptui/base/units.h"
#include "udptui/proto/counts.h"
#include "view_internal.h"

enum { INDENT = 3, TEXT_SIZE = 256 };

struct figures_list {
    struct watch_view *view;
    struct frame *frame;
    int row, end; /* where they go */
    size_t line;  /* the next one's number */
};

static void figures_put_line(struct figures_list *list, const char *words, const char *value)
{
    size_t line = list->line++;

    if (line < list->view->top || list->row + (int)(line - list->view->top) >= list->end)
        return;
    int row = list->row + (int)(line - list->view->top);
    int at = frame_put(list->frame, row, INDENT, 30, STYLE_NORMAL, words);
    frame_put(list->frame, row, at > 30 ? at + 1 : 30, frame_columns(list->frame), STYLE_VALUE,
              value);
}

static void figures_format_held(const struct figure *figure, const void *summary, char *out,
                                size_t size)
{
    const struct counts *counts = figure_held(figure, summary);
    size_t length = strlen(out);

    for (int i = 0; i < HELD_REASONS && length < size; i++)
        if (counts->held[i] > 0)
            length += (size_t)snprintf(out + length, size - length, "  %s %" PRIu64,
                                       held_reason_name((enum held_reason)i), counts->held[i]);
}

static void figures_put_all(struct figures_list *list, const struct figures *figures,
                            const void *summary)
{
    char text[TEXT_SIZE];

    for (size_t i = 0; i < figures->count; i++) {
        const struct figure *figure = &figures->rows[i];
        if (figure->words == NULL || !figure_applies(figure, summary) ||
            (figure->rare && figure_whole(figure, summary) == 0))
            continue;
        figure_format(figure, summary, text, UNITS_TEXT_SIZE);
        if (figure->unit == FIGURE_HELD)
            figures_format_held(figure, summary, text, sizeof text);
        figures_put_line(list, figure->words, text);
    }
}

void watch_draw_figures(struct watch_view *view, struct frame *frame, int row, int rows)
{
    struct figures_list list = {.view = view, .frame = frame, .row = row, .end = row + rows};
    const struct fleet_server *server = watch_view_inner(view);
    struct fleet_sums sums;

    if (server == NULL) {
        figures_put_line(&list, "This server is gone from the list.", "");
        return;
    }
    fleet_sum_server(server, &sums);
    if (sums.has[SNAPSHOT_SERVE])
        figures_put_all(&list, &served_figures, &sums.served);
    if (sums.has[SNAPSHOT_RELAY])
        figures_put_all(&list, &relayed_figures, &sums.relayed);
    for (size_t i = 0; server->latest != NULL && i < server->latest->target_count; i++) {
        figures_put_line(&list, "target", server->latest->targets[i].target);
        figures_put_all(&list, &snapshot_target_figures, &server->latest->targets[i]);
    }
    if (list.line > 0 && view->top >= list.line)
        view->top = list.line - 1;
}
