/* SPDX-License-Identifier: GPL-3.0-or-later */
/* network_overtake: who came through before whom. */
#include "network_parts_internal.h"
#include "network_pool_internal.h"

/* Whether one has come through on this way, and no more: copies overtake nobody. */
static bool is_first(const struct flight *flight, enum impair_way way)
{
    const struct leg *legs = way == IMPAIR_IN ? flight->fate.requests : flight->fate.acks;
    int count = way == IMPAIR_IN ? FATE_REQUESTS : FATE_ACKS;
    int arrived = 0;

    for (int i = 0; i < count; i++)
        arrived += legs[i].state == LEG_ARRIVED;
    return arrived == 1;
}

/* Whether other, of a hop on the same way, is of the same client and was sent before. */
static bool is_earlier(const struct flight *other, const struct flight *flight)
{
    return other->number < flight->number && other->peer.slot == flight->peer.slot &&
           other->peer.generation == flight->peer.generation;
}

void network_overtake(struct network *network, const struct flight *flight, enum impair_way way,
                      int64_t now_ns)
{
    if (!is_first(flight, way))
        return;
    for (uint32_t i = *pool_bucket(network, flight->peer); i != NETWORK_NONE;
         i = network->hops[i].older) {
        struct hop *hop = &network->hops[i];
        if (hop->way != way || !is_earlier(&network->flights[hop->flight], flight))
            continue;
        hop->overtaken = (uint16_t)(hop->overtaken + (hop->overtaken < UINT16_MAX));
        if (hop->gap > 0 && hop->overtaken == hop->gap)
            delayq_set(network->delayq, i, hop->due_ns > now_ns ? hop->due_ns : now_ns);
    }
}
