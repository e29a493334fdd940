/* SPDX-License-Identifier: GPL-3.0-or-later */
/* actions_impair: the keys of that mode. */
#include "actions.h"

void action_impair(struct press *press)
{
    press->model->mode = press->model->mode == MODE_IMPAIR ? MODE_LIST : MODE_IMPAIR;
    press->model->scroll = 0;
}
