/* SPDX-License-Identifier: GPL-3.0-or-later */
/* actions_ladder: the keys of that mode. */
#include "actions.h"

void action_ladder(struct press *press)
{
    press->model->mode = press->model->mode == MODE_LADDER ? MODE_LIST : MODE_LADDER;
    press->model->scroll = 0;
}
