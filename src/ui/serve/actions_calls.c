/* SPDX-License-Identifier: GPL-3.0-or-later */
/* actions_calls: the keys of that mode. */
#include "actions_internal.h"
#include "view_parts_internal.h"

void action_calls(struct press *press)
{
    press->model->mode = press->model->mode == MODE_CALLS ? MODE_LIST : MODE_CALLS;
    press->model->calls.scrolled = false;
}

/* One call a step; at the end, whoever came there, the newest is followed. */
void calls_scroll(struct model *model, int64_t steps)
{
    uint64_t newest = view_calls_newest_top(model);
    uint64_t top = model->calls.scrolled ? calls_top(model) : newest;

    for (; steps < 0 && top > 0; steps++)
        top = calls_before(model, top);
    for (; steps > 0 && top < newest; steps--)
        top = calls_next(model, top);
    model->calls.top = top;
    model->calls.scrolled = top < newest;
}
