/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * model_roster: who the clients of a class are (core/roster), and who of them says nothing any
 * more.
 *
 * Names are heard while the display is paused, too, and shown at once; that rows stand elsewhere by
 * them waits until the end of the pause.
 */
#include <stdio.h>

#include "model_state.h"
#include "udptui/core/units.h"

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
        roster_meet(model->roster, event->slot, event->generation);
}

void roster_take_message(struct model *model, const struct event_message *event,
                         const uint8_t *payload)
{
    if (!roster_is_kept(model->roster) || event_is_from_server(event))
        return;
    model->renamed |=
        roster_hear(model->roster, event->slot, event->generation, payload, event->stored_bytes);
}

/* Engines forget their clients one after the other: whoever is left keeps number and name. */
void roster_take_reset(struct model *model)
{
    if (rows_count(model->live) == 0)
        roster_clear(model->roster);
}

bool roster_is_silent(const struct model *model, const struct row *row)
{
    return model->config.roster && shown_now_ns(model) - row->last_ns >= silence_ns;
}

static void count_silent(struct model *model)
{
    const struct rows *rows = shown_rows(model);

    model->silent = 0;
    for (uint32_t slot = 0; model->config.roster && slot < rows_end(rows); slot++) {
        const struct row *row = rows_get(rows, slot);
        model->silent += row != NULL && roster_is_silent(model, row);
    }
}

void roster_tick(struct model *model)
{
    if (model->renamed && !model->pause.on) {
        model->renamed = false;
        model->order.members_changed = true; /* sorted by name, it stands elsewhere now */
        if (filter_active(model))
            filter_changed(model);
    }
    count_silent(model);
}
