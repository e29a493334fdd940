/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* address: the only place that knows the layout of sockaddr_in and sockaddr_in6. */
#include "udptui/sys/address.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>

static struct endpoint from_ipv4(const struct sockaddr_in *in)
{
    struct endpoint endpoint = {.family = ENDPOINT_IPV4, .port = ntohs(in->sin_port)};

    memcpy(endpoint.address, &in->sin_addr, 4);
    return endpoint;
}

static struct endpoint from_ipv6(const struct sockaddr_in6 *in6)
{
    struct endpoint endpoint = {
        .family = ENDPOINT_IPV6, .port = ntohs(in6->sin6_port), .scope = in6->sin6_scope_id};

    memcpy(endpoint.address, &in6->sin6_addr, 16);
    return endpoint;
}

static struct endpoint from_mapped(const struct sockaddr_in6 *in6)
{
    struct endpoint endpoint = {.family = ENDPOINT_IPV4, .port = ntohs(in6->sin6_port)};

    memcpy(endpoint.address, in6->sin6_addr.s6_addr + ENDPOINT_MAPPED_BYTES, 4);
    return endpoint;
}

struct endpoint address_to_endpoint(const struct sockaddr_storage *address)
{
    const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)(const void *)address;

    if (address->ss_family == AF_INET)
        return from_ipv4((const struct sockaddr_in *)(const void *)address);
    if (address->ss_family == AF_INET6)
        return endpoint_is_mapped(in6->sin6_addr.s6_addr) ? from_mapped(in6) : from_ipv6(in6);
    return (struct endpoint){.family = ENDPOINT_NONE};
}

struct endpoint address_as_ipv6(const struct sockaddr_storage *address)
{
    return from_ipv6((const struct sockaddr_in6 *)(const void *)address);
}

static socklen_t to_ipv4(const struct endpoint *endpoint, struct sockaddr_in *out)
{
    *out = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(endpoint->port)};
    memcpy(&out->sin_addr, endpoint->address, 4);
    return sizeof *out;
}

static socklen_t to_ipv6(const struct endpoint *endpoint, struct sockaddr_in6 *out)
{
    *out = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = htons(endpoint->port)};
    if (endpoint->family == ENDPOINT_IPV4) {
        memcpy(&out->sin6_addr, endpoint_mapped_prefix, ENDPOINT_MAPPED_BYTES);
        memcpy(out->sin6_addr.s6_addr + ENDPOINT_MAPPED_BYTES, endpoint->address, 4);
    } else {
        memcpy(&out->sin6_addr, endpoint->address, 16);
        out->sin6_scope_id = endpoint->scope;
    }
    return sizeof *out;
}

socklen_t address_from_endpoint(const struct endpoint *endpoint, int socket_family,
                                struct sockaddr_storage *out)
{
    if (socket_family == AF_INET6)
        return to_ipv6(endpoint, (struct sockaddr_in6 *)(void *)out);
    return to_ipv4(endpoint, (struct sockaddr_in *)(void *)out);
}
