/* SPDX-License-Identifier: GPL-3.0-or-later */
/* source: the checks in order of what they cost; most datagrams pass all of them. */
#include "udptui/core/source.h"

#include <stdlib.h>
#include <string.h>

/* echo, daytime, qotd, chargen, time, dns, tftp, ntp (RFC 862, 867, 865, 864, 868, ...) */
static const uint16_t service_ports[] = {7, 13, 17, 19, 37, 53, 69, 123};

static bool is_service_port(uint16_t port)
{
    for (size_t i = 0; i < sizeof service_ports / sizeof *service_ports; i++)
        if (service_ports[i] == port)
            return true;
    return false;
}

static int compare_rows(const void *a, const void *b)
{
    const struct own_address *left = a, *right = b;

    return endpoint_compare(&left->address, &right->address);
}

void source_sort(struct own_addresses *own)
{
    if (own->count > 1)
        qsort(own->rows, own->count, sizeof *own->rows, compare_rows);
}

/* Whether the address is one of this kind; an address may be in the table as both. */
static bool is_own(const struct own_addresses *own, const struct endpoint *peer, enum own_kind kind)
{
    struct endpoint wanted = *peer;
    size_t low = 0, high = own->count;

    wanted.port = 0;
    wanted.scope = 0; /* an address of ours is ours, whatever the link it is asked for on */
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (endpoint_compare(&own->rows[middle].address, &wanted) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < own->count && endpoint_equal(&own->rows[low].address, &wanted); low++)
        if (own->rows[low].kind == kind)
            return true;
    return false;
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

/* Whether what is sent to the peer would come to this listener. */
static bool is_heard_by(const struct source_rules *rules, const struct endpoint *listener,
                        const struct endpoint *peer)
{
    if (listener->port != peer->port)
        return false;
    if (!endpoint_is_unspecified(listener))
        return listener->family == peer->family &&
               memcmp(listener->address, peer->address, sizeof peer->address) == 0;
    return endpoint_is_loopback(peer) ||
           (rules->own != NULL && is_own(rules->own, peer, OWN_ADDRESS));
}

static bool is_ourselves(const struct source_rules *rules, const struct datagram *datagram)
{
    if (endpoint_equal(&datagram->peer, &datagram->local))
        return true;
    for (size_t i = 0; i < rules->listener_count; i++)
        if (is_heard_by(rules, &rules->listeners[i], &datagram->peer))
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
    if (rules->own != NULL && peer->family == ENDPOINT_IPV4 &&
        is_own(rules->own, peer, OWN_BROADCAST))
        return SOURCE_BROADCAST;
    return SOURCE_FINE;
}
