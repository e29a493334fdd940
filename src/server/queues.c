/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "udptui/server/queues.h"

#include "udptui/net/udp.h"

void queues_look(struct queues *queues, const struct udp_socket *sockets, size_t count,
                 struct event_totals *totals)
{
    totals->queue_bytes = totals->queue_capacity = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t dropped;
        uint32_t waiting_bytes;
        if (!udp_queue_info(&sockets[i], &dropped, &waiting_bytes))
            continue;
        uint32_t more = (uint32_t)dropped - queues->dropped_seen[i];
        totals->kernel_dropped += more;
        totals->queue_bytes += waiting_bytes;
        totals->queue_capacity += (uint64_t)sockets[i].receive_buffer_bytes;
        queues->dropped_seen[i] = (uint32_t)dropped;
        /* the queue may have been full before the first of the datagrams was looked at */
        totals->dropped_at_least |= totals->kernel_dropped > 0 && dropped > 0 && queues->grouped[i];
    }
}
