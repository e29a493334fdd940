/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* model_relay: the parts for a relay only: what its target says, besides replies. */
#include <stdio.h>

#include "model_internal.h"
#include "udptui/proto/relayed.h"

void relay_take_icmp(struct model *model, const struct event_icmp *event)
{
    model->target.icmp = *event;
    model->target.back_received = model->totals.back.received;
}

void relay_take_target(struct model *model, const struct event_target *event)
{
    char text[RELAYED_TARGET_SIZE];

    model->target.looked = *event;
    model->target.back_received = model->totals.back.received;
    model_notice(model, relayed_target_text(event, model->config.zones, text, sizeof text));
}

const struct endpoint *client_server(const struct model *model, const struct event_client *event)
{
    return model->config.relay ? &event->target : &event->server;
}

bool relay_target_replies(const struct model *model)
{
    return model->totals.back.received > model->target.back_received;
}
