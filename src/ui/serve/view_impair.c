/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * view_impair: the impairments in both directions, how to repeat them, and their effects so far.
 */
#include <inttypes.h>
#include <stdio.h>

#include "udptui/base/array.h"
#include "udptui/base/builder.h"
#include "udptui/base/units.h"
#include "view_pager_internal.h"

enum {
    NAME_WIDTH = 9,
    CELL_WIDTH = 14,
    HELP_COLUMN = PAGER_MARGIN + NAME_WIDTH + IMPAIR_WAYS * CELL_WIDTH + 2,
    HELP_FROM = 78,  /* columns of the screen from which on there is room for it */
    SETTINGS_AT = 1, /* behind the headings */
    COMMAND_SIZE = IMPAIR_TEXT_SIZE + 64,
};

int view_impair_line(int setting)
{
    return SETTINGS_AT + setting;
}

static int cell_column(int way)
{
    return PAGER_MARGIN + NAME_WIDTH + way * CELL_WIDTH;
}

static void impair_put_headings(struct pager *pager)
{
    static const char *const ways[][IMPAIR_WAYS] = {
        {[IMPAIR_IN] = "requests", [IMPAIR_OUT] = "acks"},
        {[IMPAIR_IN] = "to target", [IMPAIR_OUT] = "to client"},
    };
    const struct view *view = pager->view;
    bool relay = view->model->config.relay;
    int row = pager_next(pager);

    for (int way = 0; row != PAGER_NOWHERE && way < IMPAIR_WAYS; way++)
        frame_put_right(view->frame, row, cell_column(way), CELL_WIDTH - 2, STYLE_COLUMN,
                        view->charset, ways[relay][way]);
    if (row != PAGER_NOWHERE && view->columns >= HELP_FROM)
        frame_put(view->frame, row, HELP_COLUMN, view->columns, STYLE_COLUMN, "a datagram ...");
}

/* The selected one is in brackets, because not everybody sees colours. */
static void impair_put_cell(const struct view *view, int row, int setting, int way)
{
    const struct model *model = view->model;
    const struct impair_path *path = &model->impair.ways[way];
    bool chosen = model->impair_choice.setting == setting && model->impair_choice.way == way;
    int column = cell_column(way);
    char value[UNITS_TEXT_SIZE];

    impair_format_setting(path, (enum impair_setting)setting, value, sizeof value);
    frame_put_right(view->frame, row, column + 1, CELL_WIDTH - 4,
                    value[0] == '-' ? STYLE_DIM : STYLE_WARNING, view->charset, value);
    if (!chosen)
        return;
    frame_put(view->frame, row, column, column + 1, STYLE_KEY, "[");
    frame_put(view->frame, row, column + CELL_WIDTH - 2, column + CELL_WIDTH - 1, STYLE_KEY, "]");
    frame_mark(view->frame, row, column, column + CELL_WIDTH - 1, MARK_SELECTED);
}

static void put_setting(struct pager *pager, int setting)
{
    const struct view *view = pager->view;
    int row = pager_next(pager);

    if (row == PAGER_NOWHERE)
        return;
    frame_put(view->frame, row, PAGER_MARGIN, cell_column(0), STYLE_NORMAL,
              impair_setting_name((enum impair_setting)setting));
    for (int way = 0; way < IMPAIR_WAYS; way++)
        impair_put_cell(view, row, setting, way);
    if (view->columns >= HELP_FROM)
        frame_put(view->frame, row, HELP_COLUMN, view->columns, STYLE_DIM,
                  impair_setting_help((enum impair_setting)setting));
}

/* ---- below the table */

static void put_presets(struct pager *pager)
{
    char text[LINE_SIZE] = "";

    for (size_t i = 0; impair_preset_name(i) != NULL; i++)
        builder_append(text, sizeof text, "%s%zu %s", i > 0 ? "  " : "", i + 1,
                       impair_preset_name(i));
    pager_field(pager, "Presets", STYLE_NORMAL, "%s", text);
}

static void impair_put_command(struct pager *pager)
{
    const struct impair_config *impair = &pager->view->model->impair;
    char list[IMPAIR_TEXT_SIZE];

    impair_format(impair, list, sizeof list);
    if (impair_active(impair))
        pager_field(pager, "Repeat with", STYLE_COMMAND, "--impair %s --seed %" PRIu64, list,
                    impair->seed);
    else
        pager_field(pager, "Repeat with", STYLE_DIM, "no impairment: no option is needed");
}

static void impair_put_figures(struct pager *pager)
{
    const struct event_totals *totals = &pager->view->model->totals;
    const struct {
        const char *what;
        uint64_t count;
    } figures[] = {
        {"received", totals->counts.received + totals->back.received},
        {"lost", totals->counts.held[HELD_LOSS] + totals->back.held[HELD_LOSS]},
        {pager->view->model->config.relay ? "copies" : "more acks", totals->copies},
        {"on their way", (uint64_t)totals->waiting + totals->back_waiting},
    };
    char text[LINE_SIZE] = "", count[UNITS_TEXT_SIZE];

    for (size_t i = 0; i < COUNT_OF(figures); i++)
        builder_append(text, sizeof text, "%s%s %s", i > 0 ? ", " : "", figures[i].what,
                       units_count(figures[i].count, count, sizeof count));
    if (totals->copies_left_out > 0)
        builder_append(text, sizeof text, ", left out %s",
                       units_count(totals->copies_left_out, count, sizeof count));
    pager_field(pager, "So far", STYLE_VALUE, "%s", text);
}

static void impair_put_body(struct pager *pager)
{
    impair_put_headings(pager);
    for (int setting = 0; setting < IMPAIR_SETTINGS; setting++)
        put_setting(pager, setting);
    pager_next(pager);
    put_presets(pager);
    impair_put_command(pager);
    impair_put_figures(pager);
}

void view_impair(const struct view *view)
{
    struct pager pager = {.view = view};
    char seed[FIGURE_SIZE];

    snprintf(seed, sizeof seed, "seed %" PRIu64, view->model->impair.seed);
    view_rule(view, view->model->layout.body,
              &(struct rule){.left = "Impairments",
                             .left_style = STYLE_PANE_ACTIVE,
                             .right = seed,
                             .right_style = STYLE_DIM});
    impair_put_body(&pager);
}

int view_impair_lines(const struct view *view)
{
    struct view counting = *view;
    struct pager pager = {.view = &counting};

    counting.frame = NULL;
    impair_put_body(&pager);
    return pager.line;
}
