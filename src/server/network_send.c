/* SPDX-License-Identifier: GPL-3.0-or-later */
/* network_send: the acks that came through the imagined network, to the real one. */
#include "network_parts_internal.h"

#include "udptui/sys/clock.h"

static void note_sent(struct network *network, struct hop *hop, int64_t wall_ns, int error)
{
    struct flight *flight = &network->flights[hop->flight];

    if (error != 0) {
        flight->error = error;
        flight->fate.acks[hop->leg].state = LEG_NONE;
        return;
    }
    flight->acks_sent++;
    answer_sent(network->answer, flight->peer, 1, network->moment_ns);
    if (flight->service_ns == EVENT_UNKNOWN && flight->datagram.wall_ns != 0 &&
        wall_ns >= flight->datagram.wall_ns)
        flight->service_ns = wall_ns - flight->datagram.wall_ns;
    if (network->sent != NULL)
        network->sent(network->sent_context, flight, hop->bytes, hop->size_bytes, wall_ns);
    if (flight->ack != NULL)
        return;
    flight->ack = hop->bytes; /* the flight's from now on */
    flight->ack_bytes = hop->size_bytes;
    hop->bytes = NULL;
}

static size_t same_socket(const struct network *network, size_t first)
{
    size_t count = 1;
    const struct hop *hops = network->hops;
    size_t socket = network->flights[hops[network->batch[first]].flight].socket_index;

    while (first + count < network->batch_count &&
           network->flights[hops[network->batch[first + count]].flight].socket_index == socket)
        count++;
    return count;
}

static struct batch_item item_of(const struct network *network, const struct hop *hop)
{
    const struct datagram *datagram = &network->flights[hop->flight].datagram;

    return (struct batch_item){.peer = datagram->peer,
                               .source = datagram->source,
                               .bytes = hop->bytes,
                               .size_bytes = hop->size_bytes,
                               .segment_bytes = (uint16_t)hop->size_bytes,
                               .count = 1};
}

static void send_some(struct network *network, size_t first, size_t count)
{
    const uint32_t *batch = network->batch + first;
    size_t socket = network->flights[network->hops[batch[0]].flight].socket_index;
    uint16_t sent[NETWORK_BATCH];
    int results[NETWORK_BATCH];

    for (size_t i = 0; i < count; i++)
        network->items[i] = item_of(network, &network->hops[batch[i]]);
    int64_t wall_ns = clock_wall_ns();
    batch_send(network->answer->sender, &network->sockets[socket], network->items, count, sent,
               results);
    for (size_t i = 0; i < count; i++)
        note_sent(network, &network->hops[batch[i]], wall_ns, results[i]);
}

void network_send(struct network *network)
{
    for (size_t first = 0, count; first < network->batch_count; first += count) {
        count = same_socket(network, first);
        send_some(network, first, count);
    }
}
