/* SPDX-License-Identifier: GPL-3.0-or-later */
/* endpoint: comparing, hashing and classing 24 bytes. The text forms are in endpoint_text.c. */
#include "udptui/core/endpoint.h"

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

/* ---- SipHash-1-3 (Aumasson and Bernstein, 2012) of exactly three words */

static uint64_t rotate(uint64_t word, int bits)
{
    return word << bits | word >> (64 - bits);
}

static void sip_round(uint64_t v[4])
{
    v[0] += v[1];
    v[2] += v[3];
    v[1] = rotate(v[1], 13) ^ v[0];
    v[3] = rotate(v[3], 16) ^ v[2];
    v[0] = rotate(v[0], 32);
    v[2] += v[1];
    v[0] += v[3];
    v[1] = rotate(v[1], 17) ^ v[2];
    v[3] = rotate(v[3], 21) ^ v[0];
    v[2] = rotate(v[2], 32);
}

static void sip_word(uint64_t v[4], uint64_t word)
{
    v[3] ^= word;
    sip_round(v);
    v[0] ^= word;
}

uint64_t endpoint_hash(const struct endpoint *endpoint, const struct endpoint_key *key)
{
    uint64_t v[4] = {key->k0 ^ UINT64_C(0x736f6d6570736575), key->k1 ^ UINT64_C(0x646f72616e646f6d),
                     key->k0 ^ UINT64_C(0x6c7967656e657261),
                     key->k1 ^ UINT64_C(0x7465646279746573)};
    uint64_t words[3];

    memcpy(words, endpoint, sizeof words);
    for (int i = 0; i < 3; i++)
        sip_word(v, words[i]);
    sip_word(v, (uint64_t)sizeof words << 56);
    v[2] ^= 0xff;
    for (int i = 0; i < 3; i++)
        sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/* ---- classes of addresses */

struct range {
    uint8_t family;
    uint8_t prefix_bits;
    uint8_t address[16];
};

#define IPV4_RANGE(bits, ...)                                                                      \
    {                                                                                              \
        ENDPOINT_IPV4, bits,                                                                       \
        {                                                                                          \
            __VA_ARGS__                                                                            \
        }                                                                                          \
    }
#define IPV6_RANGE(bits, ...)                                                                      \
    {                                                                                              \
        ENDPOINT_IPV6, bits,                                                                       \
        {                                                                                          \
            __VA_ARGS__                                                                            \
        }                                                                                          \
    }

static const struct range local_ranges[] = {
    IPV4_RANGE(8, 0),                /* this network, RFC 1122 */
    IPV4_RANGE(8, 10),               /* private, RFC 1918 */
    IPV4_RANGE(12, 172, 16),         /* private */
    IPV4_RANGE(16, 192, 168),        /* private */
    IPV4_RANGE(10, 100, 64),         /* shared, RFC 6598 */
    IPV4_RANGE(8, 127),              /* loopback */
    IPV4_RANGE(16, 169, 254),        /* link-local, RFC 3927 */
    IPV4_RANGE(24, 192, 0, 2),       /* documentation, RFC 5737 */
    IPV4_RANGE(24, 198, 51, 100),    /* documentation */
    IPV4_RANGE(24, 203, 0, 113),     /* documentation */
    IPV6_RANGE(127, 0),              /* :: and ::1 */
    IPV6_RANGE(7, 0xfc),             /* unique local, RFC 4193 */
    IPV6_RANGE(10, 0xfe, 0x80),      /* link-local, RFC 4291 */
    IPV6_RANGE(32, 0x20, 1, 13, 184) /* documentation, RFC 3849 */
};

static const struct range loopback_ranges[] = {
    IPV4_RANGE(8, 127),
    {ENDPOINT_IPV6, 128, {[15] = 1}},
};

static const struct range multicast_ranges[] = {
    IPV4_RANGE(4, 224),
    IPV6_RANGE(8, 0xff),
};

static const struct range unspecified_ranges[] = {
    IPV4_RANGE(32, 0),
    IPV6_RANGE(128, 0),
};

static bool is_in(const struct endpoint *endpoint, const struct range *range)
{
    size_t whole = range->prefix_bits / 8;
    uint8_t rest = (uint8_t)(0xff00 >> range->prefix_bits % 8);

    if (endpoint->family != range->family || memcmp(endpoint->address, range->address, whole) != 0)
        return false;
    return whole == sizeof range->address ||
           ((endpoint->address[whole] ^ range->address[whole]) & rest) == 0;
}

static bool is_in_any(const struct endpoint *endpoint, const struct range *ranges, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (is_in(endpoint, &ranges[i]))
            return true;
    return false;
}

#define IS_IN_ANY(endpoint, ranges) is_in_any(endpoint, ranges, sizeof ranges / sizeof *ranges)

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

struct endpoint endpoint_prefix(const struct endpoint *endpoint)
{
    struct endpoint prefix = {.family = endpoint->family};

    memcpy(prefix.address, endpoint->address, endpoint->family == ENDPOINT_IPV6 ? 8 : 4);
    return prefix;
}
