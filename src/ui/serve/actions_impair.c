/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* actions_impair: the keys of the impairments. A cell is chosen; what changes goes to the
 * engines. */
#include <inttypes.h>
#include <stdio.h>

#include "actions_internal.h"

#include "view_parts_internal.h"

void action_impair(struct press *press)
{
    actions_enter(press->model, MODE_IMPAIR);
}

/* ---- moving */

/* Makes the chosen cell visible; in the first row, the top as well. */
static void show_choice(struct model *model)
{
    int setting = model->impair_choice.setting, page = model->layout.body_rows - 1;
    int line = view_impair_line(setting);

    if (line < model->scroll || setting == 0)
        model->scroll = setting == 0 ? 0 : line;
    if (line >= model->scroll + page)
        model->scroll = line - page + 1;
}

/* Past the last row it scrolls to the text below. */
static void move_row(struct press *press, int rows)
{
    struct model *model = press->model;
    int setting = model->impair_choice.setting + rows;

    if (setting >= IMPAIR_SETTINGS) {
        action_scroll(press, rows);
        return;
    }
    model->impair_choice.setting = setting > 0 ? setting : 0;
    show_choice(model);
}

void action_impair_up(struct press *press)
{
    move_row(press, -1);
}

void action_impair_down(struct press *press)
{
    move_row(press, 1);
}

void action_impair_left(struct press *press)
{
    press->model->impair_choice.way = IMPAIR_IN;
}

void action_impair_right(struct press *press)
{
    press->model->impair_choice.way = IMPAIR_OUT;
}

void action_impair_way(struct press *press)
{
    press->model->impair_choice.way = !press->model->impair_choice.way;
}

/* ---- changing */

/* The screen shows it at once; the engines apply it to their next datagram. */
static void change(struct press *press, const struct impair_config *impair)
{
    if (impair_equal(impair, &press->model->impair))
        return;
    press->effects.set_impair = true;
    press->effects.impair_before = press->model->impair;
    press->effects.impair = press->model->impair = *impair;
}

static void impair_step_choice(struct press *press, bool up)
{
    struct impair_config impair = press->model->impair;
    const struct impair_choice *choice = &press->model->impair_choice;

    impair_step(&impair.ways[choice->way], (enum impair_setting)choice->setting, up);
    change(press, &impair);
    show_choice(press->model);
}

void action_impair_more(struct press *press)
{
    impair_step_choice(press, true);
}

void action_impair_less(struct press *press)
{
    impair_step_choice(press, false);
}

void action_impair_clear(struct press *press)
{
    struct impair_config impair = press->model->impair;
    const struct impair_choice *choice = &press->model->impair_choice;

    impair_clear(&impair.ways[choice->way], (enum impair_setting)choice->setting);
    change(press, &impair);
}

/* What waits has its time already: with a rate of 1/s, 60 of them take a minute. */
static void impair_note_under_way(struct model *model)
{
    uint64_t waiting = (uint64_t)model->totals.waiting + model->totals.back_waiting;
    char notice[96];

    if (waiting == 0)
        return;
    snprintf(notice, sizeof notice, "Off for what comes now: %" PRIu64 " on %s way arrive%s as due",
             waiting, waiting == 1 ? "its" : "their", waiting == 1 ? "s" : "");
    model_notice(model, notice);
}

void action_impair_off(struct press *press)
{
    const struct impair_config none = {.seed = press->model->impair.seed};

    change(press, &none);
    impair_note_under_way(press->model);
}

void action_impair_preset(struct press *press)
{
    const char *name = impair_preset_name((size_t)(press->key->code - '1'));
    struct impair_config impair = press->model->impair;

    if (name != NULL && impair_parse(name, &impair) == NULL)
        change(press, &impair);
}
