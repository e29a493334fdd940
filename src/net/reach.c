/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reach: getifaddrs(3), each address with a rank, the best one wins. */
#include "udptui/net/reach.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "udptui/sys/address.h"

enum {
    RANK_NONE,
    RANK_LOOPBACK,
    RANK_BROADCAST,
    RANK_GROUP,
    RANK_LINK_LOCAL,
    RANK_IPV6,
    RANK_IPV4,
};

static int reach_rank(const struct endpoint *address)
{
    if (endpoint_is_loopback(address))
        return RANK_LOOPBACK;
    if (endpoint_is_multicast(address))
        return RANK_GROUP;
    if (address->scope != 0)
        return RANK_LINK_LOCAL;
    return address->family == ENDPOINT_IPV4 ? RANK_IPV4 : RANK_IPV6;
}

static struct endpoint reach_interface_address(const struct ifaddrs *interface)
{
    struct sockaddr_storage storage = {.ss_family = interface->ifa_addr->sa_family};

    if (storage.ss_family == AF_INET)
        memcpy(&storage, interface->ifa_addr, sizeof(struct sockaddr_in));
    else if (storage.ss_family == AF_INET6)
        memcpy(&storage, interface->ifa_addr, sizeof(struct sockaddr_in6));
    return address_to_endpoint(&storage);
}

static bool reach_fits(const struct endpoint *address, const struct udp_socket *socket)
{
    return address->family == ENDPOINT_IPV6 ? socket->family == AF_INET6
                                            : address->family == ENDPOINT_IPV4 && socket->ipv4;
}

/* The best so far, with the port of the socket that it reaches. */
struct choice {
    int rank;
    struct endpoint address;
};

static void reach_consider(struct choice *best, int rank, struct endpoint address,
                           const struct udp_socket *socket)
{
    if (rank <= best->rank)
        return;
    address.port = socket->local.port;
    *best = (struct choice){.rank = rank, .address = address};
}

/* Of a socket on every address: those of the interfaces. */
static void reach_consider_interfaces(struct choice *best, const struct ifaddrs *list,
                                      const struct udp_socket *socket)
{
    for (const struct ifaddrs *i = list; i != NULL; i = i->ifa_next) {
        if (i->ifa_addr == NULL || !(i->ifa_flags & IFF_UP))
            continue;
        struct endpoint address = reach_interface_address(i);
        if (reach_fits(&address, socket))
            reach_consider(best, reach_rank(&address), address, socket);
    }
}

/* 255.255.255.255, or an interface's. */
static bool reach_is_broadcast(const struct endpoint *address, const struct ifaddrs *list)
{
    static const uint8_t everybody[4] = {255, 255, 255, 255};
    bool found = address->family == ENDPOINT_IPV4 && memcmp(address->address, everybody, 4) == 0;

    for (const struct ifaddrs *i = list; i != NULL && !found; i = i->ifa_next) {
        struct sockaddr_in own, broadcast;
        if (i->ifa_addr == NULL || i->ifa_addr->sa_family != AF_INET || i->ifa_broadaddr == NULL ||
            !(i->ifa_flags & IFF_BROADCAST))
            continue;
        memcpy(&own, i->ifa_addr, sizeof own);
        memcpy(&broadcast, i->ifa_broadaddr, sizeof broadcast);
        /* without one, getifaddrs gives the interface's own address */
        found = address->family == ENDPOINT_IPV4 &&
                broadcast.sin_addr.s_addr != own.sin_addr.s_addr &&
                memcmp(&broadcast.sin_addr, address->address, 4) == 0;
    }
    return found;
}

static int reach_rank_bound(const struct endpoint *local, const struct ifaddrs *list)
{
    return reach_is_broadcast(local, list) ? RANK_BROADCAST : reach_rank(local);
}

bool reach_address(const struct udp_socket *sockets, size_t count, struct endpoint *out,
                   bool *broadcast)
{
    struct choice best = {.rank = RANK_NONE};
    struct ifaddrs *list;

    if (getifaddrs(&list) != 0)
        list = NULL;
    for (size_t i = 0; i < count; i++)
        if (endpoint_is_unspecified(&sockets[i].local))
            reach_consider_interfaces(&best, list, &sockets[i]);
        else
            reach_consider(&best, reach_rank_bound(&sockets[i].local, list), sockets[i].local,
                           &sockets[i]);
    freeifaddrs(list);
    *out = best.address;
    *broadcast = best.rank == RANK_BROADCAST;
    return best.rank != RANK_NONE;
}
