/* SPDX-License-Identifier: GPL-3.0-or-later */
/* actions_replay: what the keys of a replay ask of whoever plays it. */
#include "actions_internal.h"

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
