/* SPDX-License-Identifier: GPL-3.0-or-later */
/* interfaces: getifaddrs(3), each address with a rank, the best one wins. */
#include "udptui/net/interfaces.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "udptui/net/address.h"

enum { RANK_NONE, RANK_LOOPBACK, RANK_LINK_LOCAL, RANK_IPV6, RANK_IPV4 };

static int rank_of(const struct endpoint *address)
{
    if (endpoint_is_loopback(address))
        return RANK_LOOPBACK;
    if (address->scope != 0)
        return RANK_LINK_LOCAL;
    return address->family == ENDPOINT_IPV4 ? RANK_IPV4 : RANK_IPV6;
}

static struct endpoint address_of(const struct ifaddrs *interface)
{
    struct sockaddr_storage storage = {.ss_family = interface->ifa_addr->sa_family};

    if (storage.ss_family == AF_INET)
        memcpy(&storage, interface->ifa_addr, sizeof(struct sockaddr_in));
    else if (storage.ss_family == AF_INET6)
        memcpy(&storage, interface->ifa_addr, sizeof(struct sockaddr_in6));
    return address_to_endpoint(&storage);
}

/* An IPv4 socket is reached by IPv4 only; one bound to :: by both. */
static bool reaches(const struct endpoint *address, const struct endpoint *bound)
{
    return address->family != ENDPOINT_NONE &&
           (bound->family == ENDPOINT_IPV6 || address->family == ENDPOINT_IPV4);
}

bool interfaces_join_address(const struct endpoint *bound, struct endpoint *out)
{
    struct ifaddrs *list;
    int best = RANK_NONE;

    *out = *bound;
    if (!endpoint_is_unspecified(bound))
        return true;
    if (getifaddrs(&list) != 0)
        return false;
    for (const struct ifaddrs *i = list; i != NULL; i = i->ifa_next) {
        if (i->ifa_addr == NULL || !(i->ifa_flags & IFF_UP))
            continue;
        struct endpoint address = address_of(i);
        if (!reaches(&address, bound) || rank_of(&address) <= best)
            continue;
        best = rank_of(&address);
        *out = address;
    }
    freeifaddrs(list);
    out->port = bound->port;
    return best != RANK_NONE;
}
