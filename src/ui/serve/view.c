/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* view: which parts are drawn where. */
#include "udptui/ui/serve/view.h"

#include <stdio.h>
#include <string.h>

#include "udptui/base/array.h"
#include "udptui/base/units.h"
#include "udptui/ui/banner.h"
#include "udptui/ui/small.h"
#include "view_parts_internal.h"

/* Draws only the notice and the totals; the server continues. */
static void draw_too_small(const struct view *view)
{
    const struct event_totals *totals = &view->model->totals;
    char text[LINE_SIZE], figure[2][UNITS_TEXT_SIZE];
    int row;

    char notice[LINE_SIZE] = "";

    if (!view->model->config.replay)
        snprintf(notice, sizeof notice, "; %s", view_going_on(view->model));
    row = small_draw(view->frame, NULL, notice);
    snprintf(text, sizeof text, "in %s %s %s",
             units_count(totals->counts.received, figure[0], sizeof figure[0]),
             view->model->config.relay ? "forwarded" : "acked",
             units_count(totals->counts.acked, figure[1], sizeof figure[1]));
    row = small_put(view->frame, row, STYLE_VALUE, text);
    small_put(view->frame, row, STYLE_TITLE, view->model->config.listening);
}

/* What takes the place of the two panes. */
static const struct body {
    enum mode mode;
    void (*draw)(const struct view *view);
    int (*lines)(const struct view *view);
} bodies[] = {
    {MODE_DETAIL, view_detail, view_detail_lines},
    {MODE_HELP, view_help, view_help_lines},
    {MODE_LADDER, view_ladder, view_ladder_lines},
    {MODE_CALLS, view_calls, view_calls_lines},
    {MODE_IMPAIR, view_impair, view_impair_lines},
    {MODE_OVERVIEW, view_overview, view_overview_lines},
    {MODE_DISSECT, view_dissect, view_dissect_lines},
    {MODE_QUIZ, view_quiz, view_quiz_lines},
};

static const struct body *body_of(enum mode mode)
{
    for (size_t i = 0; i < COUNT_OF(bodies); i++)
        if (bodies[i].mode == mode)
            return &bodies[i];
    return NULL;
}

static void draw_body(const struct view *view)
{
    const struct body *body = body_of(model_body_mode(view->model));

    if (body != NULL) {
        body->draw(view);
        return;
    }
    const struct layout *layout = &view->model->layout;
    if (layout->banner_rows > 0)
        banner_draw(view->frame, layout->banner, layout->banner_rows, view->model->config.join,
                    view->charset);
    view_clients(view);
    view_messages(view);
}

void view_draw(const struct model *model, const struct keys_table *keys, struct frame *frame)
{
    struct view view = {.model = model,
                        .keys = keys,
                        .frame = frame,
                        .columns = frame_columns(frame),
                        .charset = model->config.charset};

    if (model->layout.too_small || frame_rows(frame) <= model->layout.footer) {
        draw_too_small(&view);
        return;
    }
    view_header(&view);
    draw_body(&view);
    view_footer(&view);
}

void view_figures(const struct model *model, struct large_figures *out)
{
    const struct event_totals *totals = &model->totals; /* as in the header, also during a pause */
    const struct counts *counts = &totals->counts;
    bool relay = model->config.relay, replay = model->config.replay;

    out->charset = model->config.charset;
    large_add_count(out, relay || replay ? "requests" : "messages", counts->received);
    large_add_count(out, relay ? "forwarded" : replay ? "replies" : "acked", counts->acked);
    large_add_count(out, "clients", totals->clients);
    if (relay)
        large_add_count(out, "from the target", totals->back.received);
    else
        large_add_count(out, replay ? "no reply seen" : "not acked",
                        counts->failed + counts_held(counts) + counts->unseen);
}

int view_body_lines(const struct model *model, const struct keys_table *keys)
{
    struct view view = {.model = model,
                        .keys = keys,
                        .columns = model->screen_columns,
                        .charset = model->config.charset};
    const struct body *body = body_of(model_body_mode(model));

    return body != NULL ? body->lines(&view) : 0;
}

int view_overview_choice_line(const struct model *model)
{
    struct view view = {
        .model = model, .columns = model->screen_columns, .charset = model->config.charset};

    return view_overview_line(&view, model->overview_choice);
}
