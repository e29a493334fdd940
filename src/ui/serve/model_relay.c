/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* model_relay: the parts for a relay only: what its target says, besides replies. */
#include <stdio.h>

#include "model_internal.h"
#include "udptui/proto/relayed.h"

void relay_take_icmp(struct model *model, const struct event_icmp *event)
{
    struct target_state *target = &model->target;

    target->icmps[target->icmp_count++ % ICMP_KEPT] = *event;
    target->back_received = model->totals.back.received;
}

void relay_take_target(struct model *model, const struct event_target *event)
{
    char text[RELAYED_TARGET_SIZE];

    if (event->found && !endpoint_equal(&event->before, &event->now))
        model->target.moved = *event;
    model_notice(model, relayed_target_text(event, model->config.zones, text, sizeof text));
}

const struct endpoint *client_server(const struct model *model, const struct event_client *event)
{
    return model->config.relay ? &event->target : &event->server;
}

const struct event_icmp *relay_target_error(const struct model *model)
{
    const struct target_state *target = &model->target;

    if (target->icmp_count == 0 || model->totals.back.received > target->back_received)
        return NULL;
    return &target->icmps[(target->icmp_count - 1) % ICMP_KEPT];
}

const struct event_icmp *relay_client_error(const struct model *model, uint32_t slot,
                                            uint32_t generation)
{
    const struct target_state *target = &model->target;

    for (uint64_t i = 0; i < ICMP_KEPT && i < target->icmp_count; i++) {
        const struct event_icmp *event = &target->icmps[(target->icmp_count - 1 - i) % ICMP_KEPT];
        if (event->slot == slot && event->generation == generation)
            return event;
    }
    return NULL;
}
