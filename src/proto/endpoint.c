/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * endpoint: comparing, hashing and classing 24 bytes. The text forms are in endpoint_text.c.
 *
 * Invariant of the header: no byte of an endpoint is undefined, so that bytes can be compared. An
 * address is handled as two 64-bit words; IPv4 fills the upper half of the first.
 */
#include "udptui/proto/endpoint.h"

#include "udptui/base/array.h"

#include <string.h>

_Static_assert(sizeof(struct endpoint) == 24, "an endpoint has no padding");

bool endpoint_equal(const struct endpoint *a, const struct endpoint *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

bool endpoint_same_address(const struct endpoint *a, const struct endpoint *b)
{
    return a->family == b->family && a->scope == b->scope &&
           memcmp(a->address, b->address, sizeof a->address) == 0;
}

int endpoint_compare(const struct endpoint *a, const struct endpoint *b)
{
    int order = (a->family > b->family) - (a->family < b->family);

    if (order == 0)
        order = memcmp(a->address, b->address, sizeof a->address);
    if (order == 0)
        order = (a->scope > b->scope) - (a->scope < b->scope);
    if (order == 0)
        order = (a->port > b->port) - (a->port < b->port);
    return order;
}

const uint8_t endpoint_mapped_prefix[ENDPOINT_MAPPED_BYTES] = {[10] = 0xff, [11] = 0xff};

uint64_t endpoint_hash(const struct endpoint *endpoint, const struct hash_key *key)
{
    uint64_t rest = (uint64_t)endpoint->scope | (uint64_t)endpoint->port << 32 |
                    (uint64_t)endpoint->family << 48;

    return hash_keyed_words_3(key, hash_load_word(endpoint->address),
                              hash_load_word(endpoint->address + 8), rest);
}

/* ---- classes of addresses */

struct words {
    uint64_t head, tail; /* the address in network order, as numbers */
};

struct range {
    enum endpoint_family family;
    unsigned prefix_bits; /* 1 .. 128 */
    struct words first;   /* its first address */
};

#define IPV4(a, b, c)                                                                              \
    {                                                                                              \
        .head = (uint64_t)(a) << 56 | (uint64_t)(b) << 48 | (uint64_t)(c) << 40                    \
    }
#define IPV6(a, b)                                                                                 \
    {                                                                                              \
        .head = (uint64_t)(a) << 48 | (uint64_t)(b) << 32                                          \
    }

static const struct range local_ranges[] = {
    {ENDPOINT_IPV4, 8, IPV4(127, 0, 0)},       /* loopback, RFC 1122 */
    {ENDPOINT_IPV4, 8, IPV4(10, 0, 0)},        /* private, RFC 1918 */
    {ENDPOINT_IPV4, 16, IPV4(192, 168, 0)},    /* private */
    {ENDPOINT_IPV4, 12, IPV4(172, 16, 0)},     /* private */
    {ENDPOINT_IPV4, 16, IPV4(169, 254, 0)},    /* link-local, RFC 3927 */
    {ENDPOINT_IPV4, 10, IPV4(100, 64, 0)},     /* shared, RFC 6598 */
    {ENDPOINT_IPV4, 8, IPV4(0, 0, 0)},         /* this network, RFC 1122 */
    {ENDPOINT_IPV4, 24, IPV4(192, 0, 2)},      /* documentation, RFC 5737 */
    {ENDPOINT_IPV4, 24, IPV4(198, 51, 100)},   /* documentation */
    {ENDPOINT_IPV4, 24, IPV4(203, 0, 113)},    /* documentation */
    {ENDPOINT_IPV6, 127, IPV6(0, 0)},          /* :: and ::1, RFC 4291 */
    {ENDPOINT_IPV6, 10, IPV6(0xfe80, 0)},      /* link-local, RFC 4291 */
    {ENDPOINT_IPV6, 7, IPV6(0xfc00, 0)},       /* unique local, RFC 4193 */
    {ENDPOINT_IPV6, 32, IPV6(0x2001, 0x0db8)}, /* documentation, RFC 3849 */
};

static const struct range loopback_ranges[] = {
    {ENDPOINT_IPV4, 8, IPV4(127, 0, 0)},
    {ENDPOINT_IPV6, 128, {.tail = 1}},
};

static const struct range multicast_ranges[] = {
    {ENDPOINT_IPV4, 4, IPV4(224, 0, 0)},
    {ENDPOINT_IPV6, 8, IPV6(0xff00, 0)},
};

static const struct range unspecified_ranges[] = {
    {ENDPOINT_IPV4, 32, IPV4(0, 0, 0)},
    {ENDPOINT_IPV6, 128, IPV6(0, 0)},
};

static const struct range hostless_ranges[] = {
    {ENDPOINT_IPV6, 96, IPV6(0, 0)},               /* IPv4-compatible, RFC 4291 2.5.5.1; :: */
    {ENDPOINT_IPV6, 96, {.tail = 0xffff00000000}}, /* IPv4-mapped, RFC 4291 2.5.5.2 */
    {ENDPOINT_IPV6, 8, IPV6(0xff00, 0)},           /* multicast */
};

static inline uint64_t load_big(const uint8_t *bytes)
{
    uint64_t high = (uint64_t)bytes[0] << 24 | (uint64_t)bytes[1] << 16 | (uint64_t)bytes[2] << 8 |
                    (uint64_t)bytes[3];
    uint64_t low = (uint64_t)bytes[4] << 24 | (uint64_t)bytes[5] << 16 | (uint64_t)bytes[6] << 8 |
                   (uint64_t)bytes[7];

    return high << 32 | low;
}

static bool is_in(struct words address, const struct range *range)
{
    uint64_t head = address.head ^ range->first.head;
    uint64_t tail = address.tail ^ range->first.tail;

    if (range->prefix_bits <= 64)
        return head >> (64 - range->prefix_bits) == 0;
    return head == 0 && tail >> (128 - range->prefix_bits) == 0;
}

/* Called for every datagram of the engine: the address is split once. */
static bool is_in_any(const struct endpoint *endpoint, const struct range *ranges, size_t count)
{
    struct words address = {.head = load_big(endpoint->address),
                            .tail = load_big(endpoint->address + 8)};

    for (size_t i = 0; i < count; i++)
        if (ranges[i].family == endpoint->family && is_in(address, &ranges[i]))
            return true;
    return false;
}

#define IS_IN_ANY(endpoint, ranges) is_in_any(endpoint, ranges, COUNT_OF(ranges))

bool endpoint_is_public(const struct endpoint *endpoint)
{
    return !IS_IN_ANY(endpoint, local_ranges);
}

bool endpoint_is_loopback(const struct endpoint *endpoint)
{
    return IS_IN_ANY(endpoint, loopback_ranges);
}

bool endpoint_is_multicast(const struct endpoint *endpoint)
{
    return IS_IN_ANY(endpoint, multicast_ranges);
}

bool endpoint_is_unspecified(const struct endpoint *endpoint)
{
    return IS_IN_ANY(endpoint, unspecified_ranges);
}

struct endpoint endpoint_reached(const struct endpoint *endpoint)
{
    if (!endpoint_is_unspecified(endpoint))
        return *endpoint;
    if (endpoint->family == ENDPOINT_IPV4)
        return (struct endpoint){
            .family = ENDPOINT_IPV4, .address = {127, 0, 0, 1}, .port = endpoint->port};
    return (struct endpoint){
        .family = ENDPOINT_IPV6, .address = {[15] = 1}, .port = endpoint->port};
}

uint32_t endpoint_ipv4(const struct endpoint *endpoint)
{
    return (uint32_t)(load_big(endpoint->address) >> 32);
}

bool endpoint_is_host(const struct endpoint *endpoint)
{
    /* 0/8: this network (RFC 1122 3.2.1.3); 224/3: multicast, reserved, 255.255.255.255 */
    if (endpoint->family == ENDPOINT_IPV4)
        return endpoint->address[0] != 0 && endpoint->address[0] < 224;
    return !IS_IN_ANY(endpoint, hostless_ranges) || IS_IN_ANY(endpoint, loopback_ranges);
}

struct endpoint endpoint_prefix(const struct endpoint *endpoint, unsigned bits)
{
    struct endpoint prefix = {.family = endpoint->family};

    memcpy(prefix.address, endpoint->address, bits / 8);
    if (bits % 8 != 0)
        prefix.address[bits / 8] =
            (uint8_t)(endpoint->address[bits / 8] & (0xff << (8 - bits % 8)));
    return prefix;
}
