/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* actions_replay: the effects of a replay's keys on the player, and in the overview of its
 * capture. */
#include "actions_internal.h"

#include "view_parts_internal.h"

void action_play(struct press *press)
{
    press->effects.replay = REPLAY_PLAY;
}

void action_seek_on(struct press *press)
{
    press->effects.replay = REPLAY_ON;
}

void action_seek_back(struct press *press)
{
    press->effects.replay = REPLAY_BACK;
}

void action_seek_start(struct press *press)
{
    press->effects.replay = REPLAY_START;
}

void action_seek_end(struct press *press)
{
    press->effects.replay = REPLAY_END;
}

void action_step(struct press *press)
{
    press->effects.replay = REPLAY_STEP;
}

void action_faster(struct press *press)
{
    press->effects.replay = REPLAY_FASTER;
}

void action_slower(struct press *press)
{
    press->effects.replay = REPLAY_SLOWER;
}

void action_not_in_replay(struct press *press)
{
    model_notice(press->model, "Not in a replay: there is no server");
}

void action_no_ends(struct press *press)
{
    model_notice(press->model,
                 "Not in a replay: a capture shows neither what the client knows nor the "
                 "server");
}

/* ---- the overview */

void action_overview(struct press *press)
{
    struct model *model = press->model;

    if (model->overview == NULL) {
        model_notice(model, "The overview is ready when the capture has ended");
        return;
    }
    actions_enter(model, MODE_OVERVIEW);
}

/* The chosen server stays visible, with the facts above if they fit. */
void action_choose_overview_row(struct model *model, int64_t rows)
{
    size_t last = model->overview != NULL ? model->overview->server_count : 0;
    int64_t choice = (int64_t)model->overview_choice + rows;
    int seen = model->layout.body_rows - 1;

    choice = choice > 0 ? choice : 0;
    model->overview_choice = (size_t)choice < last ? (size_t)choice : last;
    int line = view_overview_choice_line(model);
    if (line >= model->scroll + seen)
        model->scroll = line - seen + 1;
    if (line < model->scroll || model->overview_choice == 0)
        model->scroll = model->overview_choice == 0 ? 0 : line;
}

void action_choose_server(struct press *press)
{
    struct model *model = press->model;

    if (model->overview == NULL || model->overview->reading)
        return;
    press->effects.replay = REPLAY_CHOOSE;
    press->effects.server = (int)model->overview_choice - 1;
    model->mode = MODE_LIST;
}
