/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * model_roster: the names of the clients of a class (proto/roster), and which of them are silent.
 *
 * Names are also taken while the display is paused, and shown at once; rows are sorted by them only
 * after the pause.
 */
#include <stdio.h>

#include "model_internal.h"
#include "udptui/base/units.h"

static const int64_t silence_ns = 20 * UNITS_NS_PER_S;

const char *peer_text(const struct model *model, uint32_t slot, uint32_t generation,
                      const struct endpoint *peer, char *out, size_t size)
{
    const char *host = hostnames_find(model->config.hosts, peer);

    if (host[0] == '\0' || roster_name(model->roster, slot, generation)[0] != '\0')
        return roster_peer(model->roster, slot, generation, peer, out, size);
    snprintf(out, size, "%s:%u", host, (unsigned)peer->port);
    return out;
}

void roster_take_client(struct model *model, const struct event_client *event)
{
    if (roster_is_kept(model->roster))
        roster_note_client(model->roster, event->slot, event->generation);
}

void roster_take_message(struct model *model, const struct event_message *event,
                         const uint8_t *payload)
{
    model->renamed |= roster_note_event(model->roster, event, payload);
}

void person_counts(const struct model *model, uint32_t slot, const struct row *row,
                   struct counts *out, struct counts *back)
{
    const struct rows *rows = shown_rows(model);
    uint32_t number = roster_number(model->roster, slot, row->generation);

    *out = row->counts;
    *back = row->back;
    for (uint32_t i = 0; model->stood_for > 0 && number > 0 && i < rows_end(rows); i++) {
        const struct row *other = rows_get(rows, i);
        if (other != NULL && i != slot &&
            roster_number(model->roster, i, other->generation) == number) {
            counts_add(out, &other->counts);
            counts_add(back, &other->back);
        }
    }
}

bool roster_is_silent(const struct model *model, const struct row *row)
{
    return model->config.roster && shown_now_ns(model) - row->last_ns >= silence_ns;
}

static void count_silent(struct model *model)
{
    const struct rows *rows = shown_rows(model);

    model->silent = model->stood_for = 0;
    for (uint32_t slot = 0; model->config.roster && slot < rows_end(rows); slot++) {
        const struct row *row = rows_get(rows, slot);
        bool stood_for = row != NULL && roster_is_stood_for(model->roster, slot, row->generation);
        model->stood_for += stood_for;
        model->silent += row != NULL && !stood_for && roster_is_silent(model, row);
    }
}

void roster_tick(struct model *model)
{
    if (model->renamed && !model->pause.on) {
        model->renamed = false;
        model->order.members_changed = true; /* sorted by name, it moves */
        if (filter_active(model))
            filter_changed(model);
    }
    count_silent(model);
}
