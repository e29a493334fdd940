/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * model_pause: the display is frozen, the records continue.
 *
 * Both lists show copies from the moment of the pause; new records change the live rows and go into
 * a separate backlog, which is appended to the displayed one at the end.
 */
#include "model_internal.h"

void pause_begin(struct model *model)
{
    struct pause *pause = &model->pause;

    if (pause->on)
        return;
    pause->rows = rows_copy(model->live);
    pause->later = backlog_open(model->config.history_messages, model->config.history_bytes);
    if (pause->rows == NULL || pause->later == NULL) {
        rows_close(pause->rows);
        backlog_close(pause->later);
        *pause = (struct pause){.on = false};
        model_notice(model, "Cannot pause: not enough memory");
        return;
    }
    pause->on = true;
    pause->now_ns = model->now_ns;
    pause->totals = model->totals;
    pause->address_columns = model->address_columns;
    calls_pause(model);
    clients_order(model, true);
}

void model_pause(struct model *model, bool on)
{
    if (on && !model->pause.on)
        pause_begin(model);
    else if (!on)
        pause_end(model);
    model->changed = true;
}

void pause_end(struct model *model)
{
    struct pause ended = model->pause;
    const uint8_t *payload = NULL;

    if (!ended.on)
        return;
    model->pause = (struct pause){.on = false};
    model->counted_from += ended.returned;
    model->counted_from -= backlog_first(ended.later); /* these get no id */
    for (uint64_t id = backlog_first(ended.later); id < backlog_end(ended.later); id++) {
        const struct event_message *event = backlog_get(ended.later, id, &payload);
        backlog_add(model->backlog, event, payload, backlog_ack(ended.later, id));
    }
    rows_close(ended.rows);
    backlog_close(ended.later);
    filter_changed(model); /* the live rows may not be matched with this filter yet */
}
