/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* own: getifaddrs(3) into one sorted table; rtnetlink(7) reports changes. */
#include "udptui/net/own.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "udptui/net/links.h"
#include "udptui/sys/address.h"

enum { BROADCASTS_AN_ADDRESS = 3 }; /* the subnet's first and last address, the configured one */

static struct endpoint endpoint_of(const struct sockaddr *address)
{
    struct sockaddr_storage storage = {.ss_family = AF_UNSPEC};

    if (address != NULL && address->sa_family == AF_INET)
        memcpy(&storage, address, sizeof(struct sockaddr_in));
    else if (address != NULL && address->sa_family == AF_INET6)
        memcpy(&storage, address, sizeof(struct sockaddr_in6));
    struct endpoint endpoint = address_to_endpoint(&storage);
    endpoint.scope = 0;
    endpoint.port = 0;
    return endpoint;
}

static void add_address(struct own_addresses *own, const struct endpoint *address)
{
    if (address->family != ENDPOINT_NONE && !endpoint_is_unspecified(address))
        own->rows[own->count++] = *address;
}

static void add_broadcast(struct own_addresses *own, const struct endpoint *address)
{
    if (address->family == ENDPOINT_IPV4 && !endpoint_is_unspecified(address))
        own->broadcasts[own->broadcast_count++] = endpoint_ipv4(address);
}

/* Without one, as 'ip address add' leaves it, getifaddrs gives the interface's own address. */
static void add_configured(struct own_addresses *own, const struct ifaddrs *interface,
                           const struct endpoint *address)
{
    struct endpoint configured;

    if (!(interface->ifa_flags & IFF_BROADCAST))
        return;
    configured = endpoint_of(interface->ifa_broadaddr);
    if (!endpoint_equal(&configured, address))
        add_broadcast(own, &configured);
}

/* The first and the last address of an IPv4 subnet; /31 and /32 have no broadcast (RFC 3021). */
static void add_subnet(struct own_addresses *own, const struct ifaddrs *interface,
                       const struct endpoint *address)
{
    struct endpoint netmask, first = *address, last = *address;

    if (address->family != ENDPOINT_IPV4 || interface->ifa_netmask == NULL)
        return;
    netmask = endpoint_of(interface->ifa_netmask);
    if (netmask.family != ENDPOINT_IPV4 || netmask.address[3] >= 0xfe)
        return;
    for (int i = 0; i < 4; i++) {
        first.address[i] = (uint8_t)(address->address[i] & netmask.address[i]);
        last.address[i] = (uint8_t)(address->address[i] | (uint8_t)~netmask.address[i]);
    }
    add_broadcast(own, &first);
    add_broadcast(own, &last);
    add_configured(own, interface, address);
}

/* lo, and other interfaces with a loopback address (in a VRF, its device). */
static void add_loopback(struct own_addresses *own, const struct ifaddrs *interface,
                         const struct endpoint *address)
{
    uint32_t index = if_nametoindex(interface->ifa_name);

    if (!(interface->ifa_flags & IFF_LOOPBACK) && !endpoint_is_loopback(address))
        return;
    for (size_t i = 0; i < own->loopback_count; i++)
        if (own->loopbacks[i] == index)
            return;
    if (own->loopback_count < OWN_LOOPBACKS_MAX && index != 0)
        own->loopbacks[own->loopback_count++] = index;
}

static size_t count_addresses(const struct ifaddrs *list)
{
    size_t count = 0;

    for (; list != NULL; list = list->ifa_next)
        count++;
    return count;
}

static void free_addresses(struct own_addresses *own)
{
    free(own->rows);
    free(own->broadcasts);
}

static void add_all(struct own_addresses *own, const struct ifaddrs *list)
{
    for (const struct ifaddrs *i = list; i != NULL; i = i->ifa_next) {
        struct endpoint address = endpoint_of(i->ifa_addr);
        add_loopback(own, i, &address);
        add_address(own, &address);
        add_subnet(own, i, &address);
    }
    source_sort(own);
}

static void read_addresses(struct own_addresses *out)
{
    struct own_addresses found = {.count = 0};
    struct ifaddrs *list;

    if (getifaddrs(&list) != 0)
        return;
    found.rows = calloc(count_addresses(list) + 1, sizeof *found.rows);
    found.broadcasts =
        calloc(count_addresses(list) * BROADCASTS_AN_ADDRESS + 1, sizeof *found.broadcasts);
    if (found.rows != NULL && found.broadcasts != NULL) {
        add_all(&found, list);
        free_addresses(out);
        *out = found;
    } else {
        free_addresses(&found);
    }
    freeifaddrs(list);
}

void own_open(struct own *own)
{
    *own =
        (struct own){.fd = links_watch(true)}; /* first, so that no change is missed in between */
    read_addresses(&own->addresses);
}

void own_close(struct own *own)
{
    if (own->fd >= 0)
        close(own->fd);
    free_addresses(&own->addresses);
    *own = (struct own){.fd = -1};
}

void own_refresh(struct own *own)
{
    if (own->fd >= 0 && links_changed(own->fd, NULL, NULL))
        read_addresses(&own->addresses);
}
