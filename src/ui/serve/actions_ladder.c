/* SPDX-License-Identifier: GPL-3.0-or-later */
/* actions_ladder: the keys of that mode. */
#include "actions_internal.h"
#include "view_parts_internal.h"

/* From the clients' pane it is the chosen client's ladder, else everybody's. */
void action_ladder(struct press *press)
{
    struct model *model = press->model;

    model->mode = model->mode == MODE_LADDER ? MODE_LIST : MODE_LADDER;
    model->ladder =
        (struct ladder_choice){.of_client = model->pane == PANE_CLIENTS && model->client.chosen};
}

/* rows below 0: back. What comes meanwhile does not move what is looked at; at the end it is
 * followed. */
void ladder_scroll(struct model *model, int64_t rows)
{
    uint64_t count = messages_count(model);
    int64_t most = view_body_lines(model) - (model->layout.body_rows - 2);
    int64_t scroll = model->ladder.scroll - rows;

    if (model->ladder.scroll == 0)
        model->ladder.end_id = count > 0 ? messages_id(model, count - 1) + 1 : 0;
    if (scroll > most)
        scroll = most;
    model->ladder.scroll = scroll > 0 ? (int)scroll : 0;
}
