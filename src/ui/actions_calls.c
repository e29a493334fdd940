/* SPDX-License-Identifier: GPL-3.0-or-later */
/* actions_calls: the keys of that mode. */
#include "actions.h"

void action_calls(struct press *press)
{
    press->model->mode = press->model->mode == MODE_CALLS ? MODE_LIST : MODE_CALLS;
    press->model->scroll = 0;
}
