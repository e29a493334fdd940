/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * packet: checksums and headers of a datagram. Parsing is in packet_parse.c.
 *
 * The Internet checksum (RFC 1071) is the complement of a sum of 16-bit words with end-around
 * carry. At most 65,575 bytes are summed, which 32 bits hold without folding in between.
 */
#include "udptui/proto/packet.h"

#include <string.h>

#include "udptui/proto/event.h"

enum { DEFAULT_HOP_LIMIT = 64, IPPROTO_NUMBER_UDP = 17, DONT_FRAGMENT = 0x4000 };

/* ---- checksums */

/* An odd last byte is the upper half of a word (RFC 768: padded with zero). */
static uint32_t sum_bytes(uint32_t sum, const uint8_t *bytes, size_t size_bytes)
{
    size_t i = 0;

    for (; i + 1 < size_bytes; i += 2)
        sum += (uint32_t)bytes[i] << 8 | bytes[i + 1];
    return i < size_bytes ? sum + ((uint32_t)bytes[i] << 8) : sum;
}

static uint16_t fold(uint32_t sum)
{
    while (sum >> 16 != 0)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)~sum;
}

static size_t address_bytes(const struct endpoint *endpoint)
{
    return endpoint->family == ENDPOINT_IPV6 ? 16 : 4;
}

static uint32_t sum_pseudo_header(const struct endpoint *source, const struct endpoint *destination,
                                  uint32_t length)
{
    uint32_t sum = IPPROTO_NUMBER_UDP + length;

    sum = sum_bytes(sum, source->address, address_bytes(source));
    return sum_bytes(sum, destination->address, address_bytes(destination));
}

uint16_t packet_checksum(const struct endpoint *source, const struct endpoint *destination,
                         const uint8_t *payload, size_t size_bytes)
{
    uint32_t length = (uint32_t)size_bytes + PACKET_UDP_HEADER;
    uint32_t sum = sum_pseudo_header(source, destination, length);

    sum += (uint32_t)source->port + destination->port + length;
    uint16_t checksum = fold(sum_bytes(sum, payload, size_bytes));
    return checksum != 0 ? checksum : 0xffff;
}

/* The value of a host that leaves the rest to its network card: the pseudo-header's sum, not
 * complemented. */
static bool is_partial(const struct packet *packet)
{
    uint32_t length = (uint32_t)packet->size_bytes + PACKET_UDP_HEADER;
    uint16_t complement = fold(sum_pseudo_header(&packet->source, &packet->destination, length));

    return (packet->checksum ^ complement) == 0xffff;
}

enum checksum_status packet_checksum_status(const struct packet *packet, bool rerouted)
{
    if (packet->checksum == 0 && packet->source.family == ENDPOINT_IPV4)
        return CHECKSUM_NONE;
    if (packet->size_bytes != packet->original_bytes || rerouted)
        return CHECKSUM_UNKNOWN;
    if (packet->checksum ==
        packet_checksum(&packet->source, &packet->destination, packet->payload, packet->size_bytes))
        return CHECKSUM_GOOD;
    return is_partial(packet) ? CHECKSUM_PARTIAL : CHECKSUM_BAD;
}

/* ---- headers */

static void packet_put16(uint8_t *out, size_t value)
{
    out[0] = (uint8_t)(value >> 8);
    out[1] = (uint8_t)value;
}

static uint8_t known_or(int16_t value, uint8_t otherwise)
{
    return value == EVENT_UNKNOWN ? otherwise : (uint8_t)value;
}

/* RFC 791 section 3.1. A datagram that is not fragmented needs no identification (RFC 6864). */
static size_t put_ipv4(const struct packet *packet, size_t udp_bytes, uint8_t *out)
{
    memset(out, 0, PACKET_IPV4_HEADER);
    out[0] = 4 << 4 | PACKET_IPV4_HEADER / 4;
    out[1] = known_or(packet->traffic_class, 0);
    packet_put16(out + 2, PACKET_IPV4_HEADER + udp_bytes);
    packet_put16(out + 6, DONT_FRAGMENT);
    out[8] = known_or(packet->hop_limit, DEFAULT_HOP_LIMIT);
    out[9] = IPPROTO_NUMBER_UDP;
    memcpy(out + 12, packet->source.address, 4);
    memcpy(out + 16, packet->destination.address, 4);
    packet_put16(out + 10, fold(sum_bytes(0, out, PACKET_IPV4_HEADER)));
    return PACKET_IPV4_HEADER;
}

/* RFC 8200 section 3: version, traffic class and flow label share the first word. */
static size_t put_ipv6(const struct packet *packet, size_t udp_bytes, uint8_t *out)
{
    uint8_t traffic_class = known_or(packet->traffic_class, 0);

    memset(out, 0, PACKET_IPV6_HEADER);
    out[0] = (uint8_t)(6 << 4 | traffic_class >> 4);
    out[1] = (uint8_t)(traffic_class << 4);
    packet_put16(out + 4, udp_bytes);
    out[6] = IPPROTO_NUMBER_UDP;
    out[7] = known_or(packet->hop_limit, DEFAULT_HOP_LIMIT);
    memcpy(out + 8, packet->source.address, 16);
    memcpy(out + 24, packet->destination.address, 16);
    return PACKET_IPV6_HEADER;
}

/* A UDP socket does not report whether the sender of an IPv4 datagram computed a checksum: udp(7)
 * has no such option, and ip(7)'s IP_CHECKSUM is present only if a network card computed the sum.
 * An IPv6 datagram that was received had one (RFC 8200 section 8.1; UDP_NO_CHECK6_RX is not
 * set). */
static uint16_t checksum_to_write(const struct packet *packet)
{
    bool seen = packet->checksum_status != CHECKSUM_NOT_SEEN;

    if (packet->original_bytes > packet->size_bytes ||
        (packet->source.family == ENDPOINT_IPV4 && !seen))
        return 0;
    if (packet->checksum_status == CHECKSUM_BAD && packet->checksum != 0)
        return packet->checksum;
    return packet_checksum(&packet->source, &packet->destination, packet->payload,
                           packet->size_bytes);
}

size_t packet_headers(const struct packet *packet, uint8_t *out)
{
    bool cut = packet->original_bytes > packet->size_bytes;
    size_t udp_bytes = PACKET_UDP_HEADER + (cut ? packet->original_bytes : packet->size_bytes);
    size_t ip_bytes = packet->source.family == ENDPOINT_IPV6 ? put_ipv6(packet, udp_bytes, out)
                                                             : put_ipv4(packet, udp_bytes, out);
    uint8_t *udp = out + ip_bytes;

    packet_put16(udp, packet->source.port);
    packet_put16(udp + 2, packet->destination.port);
    packet_put16(udp + 4, udp_bytes);
    packet_put16(udp + 6, checksum_to_write(packet));
    return ip_bytes + PACKET_UDP_HEADER;
}
