/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * packet_parse: the loop over the layers, and IP and what it carries: UDP, tunnels, fragments.
 * Links are in packet_link.c and packet_80211.c.
 */
#include <string.h>

#include "packet_internal.h"

/* A frame of more layers is an attack. */
enum { LAYERS_MAX = 40 };

/* https://www.iana.org/assignments/protocol-numbers */
enum {
    NEXT_HOP_BY_HOP = 0,
    NEXT_IPV4 = 4,
    NEXT_UDP = 17,
    NEXT_IPV6 = 41,
    NEXT_ROUTING = 43,
    NEXT_FRAGMENT = 44,
    NEXT_GRE = 47,
    NEXT_ESP = 50,
    NEXT_AUTHENTICATION = 51,
    NEXT_MOBILE = 55, /* RFC 2004: minimal encapsulation */
    NEXT_DESTINATION = 60,
    NEXT_ETHERIP = 97,
    NEXT_IPCOMP = 108,
    NEXT_L2TP = 115,
    NEXT_MPLS = 137,
};

/* ---- cursors */

const uint8_t *layer_take(struct cursor *cursor, size_t count)
{
    const uint8_t *bytes = cursor->bytes;

    if (count > cursor->size_bytes)
        return NULL;
    cursor->bytes += count;
    cursor->size_bytes -= count;
    cursor->original_bytes -= count;
    return bytes;
}

void layer_limit(struct cursor *cursor, size_t length)
{
    cursor->original_bytes = length;
    if (cursor->size_bytes > length)
        cursor->size_bytes = length;
}

enum layer layer_end(struct cursor *cursor, enum packet_status status)
{
    cursor->out->status = status;
    return LAYER_DONE;
}

enum layer layer_unread(struct cursor *cursor, enum packet_unread_kind kind, uint32_t number)
{
    cursor->out->unread = (struct packet_unread){.kind = kind, .number = number};
    return layer_end(cursor, PACKET_UNREAD);
}

enum layer layer_next(struct cursor *cursor, enum layer layer, uint32_t number)
{
    cursor->number = number;
    return layer;
}

enum layer layer_skip(struct cursor *cursor, size_t count, enum layer layer)
{
    return layer_take(cursor, count) != NULL ? layer : layer_end(cursor, PACKET_MALFORMED);
}

uint16_t layer_get16(const uint8_t *bytes)
{
    return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

uint32_t layer_get32(const uint8_t *bytes)
{
    return (uint32_t)layer_get16(bytes) << 16 | layer_get16(bytes + 2);
}

uint16_t layer_get16_little(const uint8_t *bytes)
{
    return (uint16_t)(bytes[1] << 8 | bytes[0]);
}

uint32_t layer_get32_little(const uint8_t *bytes)
{
    return (uint32_t)layer_get16_little(bytes + 2) << 16 | layer_get16_little(bytes);
}

/* ---- UDP, RFC 768 */

/* A length larger than what IP carries means a cut datagram: the available bytes are shown. */
static enum layer parse_udp(struct cursor *cursor)
{
    struct packet *packet = &cursor->out->packet;
    const uint8_t *header = layer_take(cursor, PACKET_UDP_HEADER);

    if (header == NULL || layer_get16(header + 4) < PACKET_UDP_HEADER)
        return layer_end(cursor, PACKET_MALFORMED);
    layer_limit(cursor, layer_get16(header + 4) - (size_t)PACKET_UDP_HEADER);
    packet->source.port = layer_get16(header);
    packet->destination.port = layer_get16(header + 2);
    packet->checksum = layer_get16(header + 6);
    packet->payload = cursor->bytes;
    packet->size_bytes = cursor->size_bytes;
    packet->original_bytes = cursor->original_bytes;
    packet->checksum_status = (uint8_t)packet_checksum_status(packet, cursor->out->rerouted);
    return layer_end(cursor, PACKET_UDP);
}

/* ---- what IP carries */

/* IPv6 extension headers that are skipped, RFC 8200 section 4. */
static bool is_extension(uint32_t protocol)
{
    return protocol == NEXT_HOP_BY_HOP || protocol == NEXT_ROUTING || protocol == NEXT_FRAGMENT ||
           protocol == NEXT_DESTINATION;
}

/* Whether it may contain UDP. */
static bool may_carry(uint32_t protocol, enum endpoint_family family)
{
    switch (protocol) {
    case NEXT_UDP:
    case NEXT_IPV4:
    case NEXT_IPV6:
    case NEXT_GRE:
    case NEXT_AUTHENTICATION:
    case NEXT_ETHERIP:
    case NEXT_MPLS:
        return true;
    default:
        return family == ENDPOINT_IPV6 && is_extension(protocol);
    }
}

/* The cursor is after the headers of a fragment. */
static enum layer end_fragment(struct cursor *cursor, uint32_t protocol,
                               struct packet_fragment fragment)
{
    if (!may_carry(protocol, cursor->out->packet.source.family))
        return layer_next(cursor, LAYER_PROTOCOL, protocol);
    fragment.protocol = (uint8_t)protocol;
    fragment.bytes = cursor->bytes;
    fragment.size_bytes = cursor->size_bytes;
    fragment.original_bytes = cursor->original_bytes;
    cursor->out->fragment = fragment;
    return layer_end(cursor, PACKET_FRAGMENT);
}

/* Section 4.5: offset in units of 8 bytes and "more" share a word. A packet may have the header
 * without being a fragment (RFC 6946). */
static enum layer parse_ipv6_fragment(struct cursor *cursor)
{
    const uint8_t *header = layer_take(cursor, 8);

    if (header == NULL)
        return layer_end(cursor, PACKET_MALFORMED);
    unsigned word = layer_get16(header + 2);
    const struct packet_fragment fragment = {
        .identification = layer_get32(header + 4), .offset_bytes = word & 0xfff8, .more = word & 1};
    if (fragment.offset_bytes == 0 && !fragment.more)
        return layer_next(cursor, LAYER_PROTOCOL, header[0]);
    return end_fragment(cursor, header[0], fragment);
}

/* Lengths count in units of 8 bytes, less 1. */
static enum layer parse_extension(struct cursor *cursor)
{
    bool routing = cursor->number == NEXT_ROUTING;
    const uint8_t *header;

    if (cursor->number == NEXT_FRAGMENT)
        return parse_ipv6_fragment(cursor);
    header = layer_take(cursor, 8);
    if (header == NULL || layer_take(cursor, (size_t)header[1] * 8) == NULL)
        return layer_end(cursor, PACKET_MALFORMED);
    cursor->out->rerouted |= routing && header[3] != 0;
    return layer_next(cursor, LAYER_PROTOCOL, header[0]);
}

/* AH, RFC 4302 section 2.2: the length counts in words of 4 bytes, less 2. */
static enum layer parse_authentication(struct cursor *cursor)
{
    const uint8_t *header = layer_take(cursor, 8);

    if (header == NULL || layer_take(cursor, (size_t)header[1] * 4) == NULL)
        return layer_end(cursor, PACKET_MALFORMED);
    return layer_next(cursor, LAYER_PROTOCOL, header[0]);
}

/* ---- GRE, RFC 2784, RFC 2890, RFC 2637 */

enum {
    GRE_CHECKSUM = 0x8000,
    GRE_ROUTING = 0x4000,
    GRE_KEY = 0x2000,
    GRE_SEQUENCE = 0x1000,
    GRE_ACKNOWLEDGMENT = 0x0080, /* version 1 */
    GRE_VERSION = 0x0007,
};

enum {
    GRE_ETHERNET = 0x6558,
    GRE_PPP = 0x880b,
    GRE_ERSPAN = 0x88be, /* draft-foschiano-erspan: types I and II */
    GRE_ERSPAN3 = 0x22eb,
};

/* Type I has no header of its own, nor a sequence number in GRE's. */
static enum layer parse_erspan(struct cursor *cursor, unsigned flags)
{
    return layer_skip(cursor, flags & GRE_SEQUENCE ? 8 : 0, LAYER_ETHERNET);
}

/* The lowest bit of its 12 bytes says that 8 more follow. */
static enum layer parse_erspan3(struct cursor *cursor)
{
    const uint8_t *header = layer_take(cursor, 12);

    if (header == NULL)
        return layer_end(cursor, PACKET_MALFORMED);
    return layer_skip(cursor, header[11] & 1 ? 8 : 0, LAYER_ETHERNET);
}

static enum layer parse_gre(struct cursor *cursor)
{
    const uint8_t *header = layer_take(cursor, 4);

    if (header == NULL)
        return layer_end(cursor, PACKET_MALFORMED);
    unsigned flags = layer_get16(header), type = layer_get16(header + 2);
    bool pptp = (flags & GRE_VERSION) == 1; /* its key is always there */
    size_t options = 0;
    options += flags & GRE_CHECKSUM ? 4 : 0;
    options += flags & GRE_KEY || pptp ? 4 : 0;
    options += flags & GRE_SEQUENCE ? 4 : 0;
    options += pptp && flags & GRE_ACKNOWLEDGMENT ? 4 : 0;
    if ((flags & GRE_VERSION) > 1 || flags & GRE_ROUTING)
        return layer_unread(cursor, UNREAD_PROTOCOL, NEXT_GRE);
    if (layer_take(cursor, options) == NULL)
        return layer_end(cursor, PACKET_MALFORMED);
    switch (type) {
    case GRE_ETHERNET:
        return LAYER_ETHERNET;
    case GRE_PPP:
        return cursor->size_bytes > 0 ? LAYER_PPP : layer_end(cursor, PACKET_OTHER); /* an ack */
    case GRE_ERSPAN:
        return parse_erspan(cursor, flags);
    case GRE_ERSPAN3:
        return parse_erspan3(cursor);
    default:
        return layer_next(cursor, LAYER_ETHERTYPE, type);
    }
}

static enum layer parse_protocol(struct cursor *cursor)
{
    switch (cursor->number) {
    case NEXT_UDP:
        return parse_udp(cursor);
    case NEXT_IPV4:
        return LAYER_IPV4;
    case NEXT_IPV6:
        return LAYER_IPV6;
    case NEXT_GRE:
        return parse_gre(cursor);
    case NEXT_AUTHENTICATION:
        return parse_authentication(cursor);
    case NEXT_ETHERIP: /* RFC 3378 */
        return layer_skip(cursor, 2, LAYER_ETHERNET);
    case NEXT_MPLS: /* RFC 4023 */
        return LAYER_MPLS;
    case NEXT_ESP:
    case NEXT_MOBILE:
    case NEXT_IPCOMP:
    case NEXT_L2TP:
        return layer_unread(cursor, UNREAD_PROTOCOL, cursor->number);
    default:
        break;
    }
    if (cursor->out->packet.source.family == ENDPOINT_IPV6 && is_extension(cursor->number))
        return parse_extension(cursor);
    return layer_end(cursor, PACKET_OTHER);
}

/* ---- IPv4, RFC 791 */

static struct endpoint ipv4_endpoint(const uint8_t *address)
{
    struct endpoint endpoint = {.family = ENDPOINT_IPV4};

    memcpy(endpoint.address, address, 4);
    return endpoint;
}

/* A total length of 0 comes from a host that leaves segmentation to its network card. */
static enum layer parse_ipv4(struct cursor *cursor)
{
    struct packet_parsed *out = cursor->out;
    const uint8_t *header = layer_take(cursor, PACKET_IPV4_HEADER);

    if (header == NULL || header[0] >> 4 != 4)
        return layer_end(cursor, PACKET_MALFORMED);
    size_t header_bytes = (size_t)(header[0] & 15) * 4, total_bytes = layer_get16(header + 2);
    if (header_bytes < PACKET_IPV4_HEADER || (total_bytes < header_bytes && total_bytes != 0))
        return layer_end(cursor, PACKET_MALFORMED);
    if (total_bytes != 0)
        layer_limit(cursor, total_bytes - PACKET_IPV4_HEADER);
    if (layer_take(cursor, header_bytes - PACKET_IPV4_HEADER) == NULL)
        return layer_end(cursor, PACKET_MALFORMED);
    out->rerouted = false;
    out->packet.traffic_class = header[1];
    out->packet.hop_limit = header[8];
    out->packet.source = ipv4_endpoint(header + 12);
    out->packet.destination = ipv4_endpoint(header + 16);
    unsigned word = layer_get16(header + 6);
    const struct packet_fragment fragment = {.identification = layer_get16(header + 4),
                                             .offset_bytes = (word & 0x1fff) * 8,
                                             .more = word & 0x2000};
    if (fragment.offset_bytes == 0 && !fragment.more)
        return layer_next(cursor, LAYER_PROTOCOL, header[9]);
    return end_fragment(cursor, header[9], fragment);
}

/* ---- IPv6, RFC 8200 */

/* An IPv4 address in IPv6's form is not valid on the wire, nor is it an endpoint (RFC 4291). */
static bool ipv6_endpoint(const uint8_t *address, struct endpoint *out)
{
    *out = (struct endpoint){.family = ENDPOINT_IPV6};
    memcpy(out->address, address, 16);
    return !endpoint_is_mapped(address);
}

static enum layer parse_ipv6(struct cursor *cursor)
{
    struct packet_parsed *out = cursor->out;
    const uint8_t *header = layer_take(cursor, PACKET_IPV6_HEADER);

    if (header == NULL || header[0] >> 4 != 6)
        return layer_end(cursor, PACKET_MALFORMED);
    if (layer_get16(header + 4) != 0)
        layer_limit(cursor, layer_get16(header + 4));
    out->rerouted = false;
    out->packet.traffic_class = (int16_t)((header[0] & 15) << 4 | header[1] >> 4);
    out->packet.hop_limit = header[7];
    if (!ipv6_endpoint(header + 8, &out->packet.source) ||
        !ipv6_endpoint(header + 24, &out->packet.destination))
        return layer_end(cursor, PACKET_MALFORMED);
    return layer_next(cursor, LAYER_PROTOCOL, header[6]);
}

static enum layer parse_ip(struct cursor *cursor)
{
    if (cursor->size_bytes == 0)
        return layer_end(cursor, PACKET_MALFORMED);
    return cursor->bytes[0] >> 4 == 6 ? LAYER_IPV6 : LAYER_IPV4;
}

/* ---- the loop */

static layer_parser *const parsers[LAYERS] = {
    [LAYER_LINK] = layer_link,
    [LAYER_ETHERNET] = layer_ethernet,
    [LAYER_ETHERTYPE] = layer_ethertype,
    [LAYER_LLC] = layer_llc,
    [LAYER_IP] = parse_ip,
    [LAYER_IPV4] = parse_ipv4,
    [LAYER_IPV6] = parse_ipv6,
    [LAYER_PROTOCOL] = parse_protocol,
    [LAYER_PPP] = layer_ppp,
    [LAYER_PPPOE] = layer_pppoe,
    [LAYER_HDLC] = layer_hdlc,
    [LAYER_MPLS] = layer_mpls,
    [LAYER_FAMILY] = layer_family,
    [LAYER_COOKED] = layer_cooked,
    [LAYER_COOKED2] = layer_cooked2,
    [LAYER_TOKEN_RING] = layer_token_ring,
    [LAYER_FDDI] = layer_fddi,
    [LAYER_ARCNET] = layer_arcnet,
    [LAYER_NFLOG] = layer_nflog,
    [LAYER_PFLOG] = layer_pflog,
    [LAYER_PKTAP] = layer_pktap,
    [LAYER_80211] = layer_80211,
    [LAYER_RADIOTAP] = layer_radiotap,
    [LAYER_PPI] = layer_ppi,
    [LAYER_PRISM] = layer_prism,
};

static enum packet_status parse(struct cursor *cursor, enum layer layer)
{
    cursor->out->status = PACKET_MALFORMED;
    for (int i = 0; i < LAYERS_MAX && layer != LAYER_DONE; i++)
        layer = parsers[layer](cursor);
    return layer == LAYER_DONE ? cursor->out->status : PACKET_MALFORMED;
}

enum packet_status packet_parse(int link_type, const uint8_t *bytes, size_t captured_bytes,
                                struct packet_parsed *out)
{
    struct cursor cursor = {.bytes = bytes,
                            .size_bytes = captured_bytes,
                            .original_bytes = captured_bytes,
                            .number = (uint32_t)link_type,
                            .out = out};

    *out = (struct packet_parsed){.status = PACKET_MALFORMED};
    return parse(&cursor, LAYER_LINK);
}

enum packet_status packet_parse_protocol(const struct packet *packet,
                                         const struct packet_fragment *fragment,
                                         struct packet_parsed *out)
{
    struct cursor cursor = {.bytes = fragment->bytes,
                            .size_bytes = fragment->size_bytes,
                            .original_bytes = fragment->original_bytes,
                            .number = fragment->protocol,
                            .out = out};

    *out = (struct packet_parsed){.packet = *packet};
    return parse(&cursor, LAYER_PROTOCOL);
}
