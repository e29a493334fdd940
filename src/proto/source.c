/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* source: the cheapest checks come first; most datagrams pass all of them. */
#include "udptui/proto/source.h"

#include "udptui/base/array.h"

#include <stdlib.h>
#include <string.h>

/* echo, daytime, qotd, chargen, time, dns, tftp, ntp (RFC 862, 867, 865, 864, 868, ...) */
static const uint16_t service_ports[] = {7, 13, 17, 19, 37, 53, 69, 123};

static bool is_service_port(uint16_t port)
{
    for (size_t i = 0; i < COUNT_OF(service_ports); i++)
        if (service_ports[i] == port)
            return true;
    return false;
}

static int compare_endpoints(const void *a, const void *b)
{
    return endpoint_compare(a, b);
}

static int compare_numbers(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;

    return (left > right) - (left < right);
}

void source_sort(struct own_addresses *own)
{
    if (own->count > 0)
        qsort(own->rows, own->count, sizeof *own->rows, compare_endpoints);
    if (own->broadcast_count > 0)
        qsort(own->broadcasts, own->broadcast_count, sizeof *own->broadcasts, compare_numbers);
}

static bool is_own(const struct own_addresses *own, const struct endpoint *peer)
{
    struct endpoint wanted = *peer;

    wanted.port = 0;
    wanted.scope = 0; /* our address is ours, whatever the zone */
    return own->count > 0 &&
           bsearch(&wanted, own->rows, own->count, sizeof *own->rows, compare_endpoints) != NULL;
}

/* Called for every datagram; the table seldom has more than a few rows. */
static bool is_broadcast(const struct own_addresses *own, const struct endpoint *peer)
{
    uint32_t wanted;
    size_t low = 0, high = own->broadcast_count;

    if (peer->family != ENDPOINT_IPV4)
        return false;
    wanted = endpoint_ipv4(peer);
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (own->broadcasts[middle] < wanted)
            low = middle + 1;
        else
            high = middle;
    }
    return low < own->broadcast_count && own->broadcasts[low] == wanted;
}

/* A loopback address never leaves its host (RFC 1122 3.2.1.3, RFC 4291 2.5.3). */
static bool is_foreign_loopback(const struct own_addresses *own, const struct datagram *datagram)
{
    if (datagram->interface == 0 || !endpoint_is_loopback(&datagram->peer))
        return false;
    for (size_t i = 0; i < own->loopback_count; i++)
        if (own->loopbacks[i] == datagram->interface)
            return false;
    return true;
}

/* Whether a datagram to the peer would reach this listener. */
static bool source_reaches_listener(const struct source_rules *rules,
                                    const struct endpoint *listener, const struct endpoint *peer)
{
    if (listener->port != peer->port)
        return false;
    if (!endpoint_is_unspecified(listener))
        return listener->family == peer->family &&
               memcmp(listener->address, peer->address, sizeof peer->address) == 0;
    return endpoint_is_loopback(peer) || (rules->own != NULL && is_own(rules->own, peer));
}

static bool is_ourselves(const struct source_rules *rules, const struct datagram *datagram)
{
    if (datagram->peer.port == datagram->local.port &&
        endpoint_equal(&datagram->peer, &datagram->local))
        return true;
    for (size_t i = 0; i < rules->listener_count; i++)
        if (source_reaches_listener(rules, &rules->listeners[i], &datagram->peer))
            return true;
    return false;
}

enum source_fault source_check(const struct source_rules *rules, const struct datagram *datagram)
{
    const struct endpoint *peer = &datagram->peer;

    if (peer->port == 0)
        return SOURCE_NO_PORT;
    if (!rules->answer_all && is_service_port(peer->port))
        return SOURCE_SERVICE;
    if (!endpoint_is_host(peer))
        return SOURCE_NO_HOST;
    if (rules->own != NULL && is_foreign_loopback(rules->own, datagram))
        return SOURCE_LOOPBACK;
    if (is_ourselves(rules, datagram))
        return SOURCE_OURSELVES;
    if (rules->own != NULL && is_broadcast(rules->own, peer))
        return SOURCE_BROADCAST;
    return SOURCE_FINE;
}
