/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* message: see the header. */
#include "udptui/dissect/message.h"

#include "udptui/proto/relayed.h"

size_t dissect_message(const struct event_message *event, const uint8_t *payload,
                       const uint8_t *ack, struct dissect_datagram out[DISSECT_ASKED_MAX])
{
    const struct endpoint *server = relayed_server(event);
    bool back = relayed_goes_back(event);
    bool other = event->ack_from.family != ENDPOINT_NONE;

    out[0] = (struct dissect_datagram){.wall_ns = event->wall_ns,
                                       .source = back ? *server : event->from,
                                       .destination = back ? event->from : *server,
                                       .payload = payload,
                                       .size_bytes = event->stored_bytes,
                                       .original_bytes = event->size_bytes};
    if (event->ack_stored_bytes == 0)
        return 1;
    out[1] = (struct dissect_datagram){.wall_ns = event->wall_ns +
                                                  (event->service_ns > 0 ? event->service_ns : 1),
                                       .source = other ? event->ack_from : event->to,
                                       .destination = event->from,
                                       .payload = ack,
                                       .size_bytes = event->ack_stored_bytes,
                                       .original_bytes = event->ack_bytes};
    return 2;
}
