/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * packet_parse: from a captured frame down to the UDP payload, one layer after the other.
 *
 * What is not yet taken apart is a span: the bytes that were captured, and how many the layer had
 * on the wire. Each layer takes its header off the front, by take(), which is the one place where
 * bytes are counted off; a length field may only make a span shorter, or say that it was cut.
 */
#include <string.h>

#include "udptui/core/packet.h"

enum {
    LINK_NULL = 0,
    LINK_ETHERNET = 1,
    LINK_RAW = 101,
    LINK_LOOP = 108,
    LINK_LINUX_SLL = 113,
    LINK_IPV4 = 228,
    LINK_IPV6 = 229,
    LINK_LINUX_SLL2 = 276,
};

/* https://www.iana.org/assignments/protocol-numbers */
enum {
    NEXT_HOP_BY_HOP = 0,
    NEXT_UDP = 17,
    NEXT_ROUTING = 43,
    NEXT_FRAGMENT = 44,
    NEXT_AUTHENTICATION = 51,
    NEXT_DESTINATION = 60,
};

enum { ETHERTYPE_IPV4 = 0x0800, ETHERTYPE_IPV6 = 0x86dd };

struct span {
    const uint8_t *bytes;
    size_t size_bytes;     /* captured */
    size_t original_bytes; /* on the wire, never less */
    bool fragment;         /* the rest is in other packets */
    bool rerouted;         /* the address in the IP header is not yet the last one */
};

/* The first count bytes, taken off; NULL where they were not captured. */
static const uint8_t *take(struct span *span, size_t count)
{
    const uint8_t *bytes = span->bytes;

    if (count > span->size_bytes)
        return NULL;
    span->bytes += count;
    span->size_bytes -= count;
    span->original_bytes -= count;
    return bytes;
}

/* A length field's say: behind it is padding. Before it is missing what a capture cut off. */
static void limit(struct span *span, size_t length)
{
    span->original_bytes = length;
    if (span->size_bytes > length)
        span->size_bytes = length;
}

static uint16_t get16(const uint8_t *bytes)
{
    return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

/* ---- UDP, RFC 768 */

/* A checksum can be told where all of it is there that it is made over. */
static bool is_good(const struct packet *packet, const struct span *span)
{
    bool whole = packet->size_bytes == packet->original_bytes && !span->rerouted;
    bool absent = packet->checksum == 0 && packet->source.family == ENDPOINT_IPV4;

    return !whole || absent ||
           packet->checksum == packet_checksum(&packet->source, &packet->destination,
                                               packet->payload, packet->size_bytes);
}

static enum packet_status parse_udp(struct span span, struct packet *out)
{
    const uint8_t *header = take(&span, PACKET_UDP_HEADER);

    if (header == NULL)
        return PACKET_MALFORMED;
    size_t length = get16(header + 4);
    if (length < PACKET_UDP_HEADER)
        return PACKET_MALFORMED;
    length -= PACKET_UDP_HEADER;
    if (length > span.original_bytes && !span.fragment)
        return PACKET_MALFORMED;
    limit(&span, length);
    out->source.port = get16(header);
    out->destination.port = get16(header + 2);
    out->checksum = get16(header + 6);
    out->payload = span.bytes;
    out->size_bytes = span.size_bytes;
    out->original_bytes = span.original_bytes;
    out->checksum_good = is_good(out, &span);
    return PACKET_UDP;
}

/* ---- IPv4, RFC 791 */

static struct endpoint ipv4_endpoint(const uint8_t *address)
{
    struct endpoint endpoint = {.family = ENDPOINT_IPV4};

    memcpy(endpoint.address, address, 4);
    return endpoint;
}

static enum packet_status parse_ipv4(struct span span, struct packet *out)
{
    const uint8_t *header = take(&span, PACKET_IPV4_HEADER);

    if (header == NULL || header[0] >> 4 != 4)
        return PACKET_MALFORMED;
    size_t header_bytes = (size_t)(header[0] & 15) * 4, total_bytes = get16(header + 2);
    if (header_bytes < PACKET_IPV4_HEADER || total_bytes < header_bytes)
        return PACKET_MALFORMED;
    limit(&span, total_bytes - PACKET_IPV4_HEADER);
    if (take(&span, header_bytes - PACKET_IPV4_HEADER) == NULL)
        return PACKET_MALFORMED;
    if (header[9] != NEXT_UDP)
        return PACKET_OTHER;
    uint16_t fragment = get16(header + 6);
    if ((fragment & 0x1fff) != 0)
        return PACKET_FRAGMENT;
    span.fragment = (fragment & 0x2000) != 0;
    out->traffic_class = header[1];
    out->hop_limit = header[8];
    out->source = ipv4_endpoint(header + 12);
    out->destination = ipv4_endpoint(header + 16);
    return parse_udp(span, out);
}

/* ---- IPv6, RFC 8200 */

/* An IPv4 address in IPv6's form is not for the wire, and no endpoint either (RFC 4291). */
static bool ipv6_endpoint(const uint8_t *address, struct endpoint *out)
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

    *out = (struct endpoint){.family = ENDPOINT_IPV6};
    memcpy(out->address, address, 16);
    return memcmp(address, mapped, sizeof mapped) != 0;
}

/* Section 4.5: offset in units of 8 bytes and "more" share a word. */
static enum packet_status enter_fragment(struct span *span, const uint8_t *header)
{
    uint16_t fragment = get16(header + 2);

    if (fragment >> 3 != 0)
        return PACKET_FRAGMENT;
    span->fragment |= (fragment & 1) != 0;
    return PACKET_UDP;
}

/* The length of an extension header whose first 8 bytes are there. AH (RFC 4302 section 2.2)
 * counts in words of 4 bytes, less 2; the others in units of 8, less 1. */
static size_t extension_bytes(uint8_t kind, const uint8_t *header)
{
    if (kind == NEXT_FRAGMENT)
        return 8;
    return kind == NEXT_AUTHENTICATION ? ((size_t)header[1] + 2) * 4 : ((size_t)header[1] + 1) * 8;
}

static bool is_extension(uint8_t kind)
{
    return kind == NEXT_HOP_BY_HOP || kind == NEXT_ROUTING || kind == NEXT_FRAGMENT ||
           kind == NEXT_AUTHENTICATION || kind == NEXT_DESTINATION;
}

/* Takes the extension headers off; each has 8 bytes at least, so there is an end. PACKET_UDP:
 * *kind is what follows them. */
static enum packet_status skip_extensions(struct span *span, uint8_t *kind)
{
    while (is_extension(*kind)) {
        const uint8_t *header = take(span, 8);
        if (header == NULL)
            return PACKET_MALFORMED;
        if (*kind == NEXT_FRAGMENT && enter_fragment(span, header) != PACKET_UDP)
            return PACKET_FRAGMENT;
        if (*kind == NEXT_ROUTING && header[3] != 0)
            span->rerouted = true;
        size_t length = extension_bytes(*kind, header);
        if (take(span, length - 8) == NULL)
            return PACKET_MALFORMED;
        *kind = header[0];
    }
    return PACKET_UDP;
}

static enum packet_status parse_ipv6(struct span span, struct packet *out)
{
    const uint8_t *header = take(&span, PACKET_IPV6_HEADER);

    if (header == NULL || header[0] >> 4 != 6)
        return PACKET_MALFORMED;
    uint8_t kind = header[6];
    limit(&span, get16(header + 4));
    enum packet_status status = skip_extensions(&span, &kind);
    if (status != PACKET_UDP)
        return status;
    if (kind != NEXT_UDP)
        return PACKET_OTHER;
    out->traffic_class = (int16_t)((header[0] & 15) << 4 | header[1] >> 4);
    out->hop_limit = header[7];
    if (!ipv6_endpoint(header + 8, &out->source) || !ipv6_endpoint(header + 24, &out->destination))
        return PACKET_MALFORMED;
    return parse_udp(span, out);
}

/* ---- links */

static enum packet_status parse_raw(struct span span, struct packet *out)
{
    if (span.size_bytes == 0)
        return PACKET_MALFORMED;
    return span.bytes[0] >> 4 == 6 ? parse_ipv6(span, out) : parse_ipv4(span, out);
}

/* IEEE 802.1Q and 802.1ad: a tag of 4 bytes, of which the last 2 are the next type. */
static bool is_vlan(uint16_t ethertype)
{
    return ethertype == 0x8100 || ethertype == 0x88a8 || ethertype == 0x9100;
}

static enum packet_status parse_ethertype(struct span span, uint16_t ethertype, struct packet *out)
{
    while (is_vlan(ethertype)) {
        const uint8_t *tag = take(&span, 4);
        if (tag == NULL)
            return PACKET_MALFORMED;
        ethertype = get16(tag + 2);
    }
    if (ethertype == ETHERTYPE_IPV4)
        return parse_ipv4(span, out);
    return ethertype == ETHERTYPE_IPV6 ? parse_ipv6(span, out) : PACKET_OTHER;
}

/* The address family of the system that captured, in its byte order with NULL; below 256
 * everywhere. */
static enum packet_status parse_family(struct span span, struct packet *out)
{
    const uint8_t *header = take(&span, 4);

    if (header == NULL)
        return PACKET_MALFORMED;
    switch (header[0] | header[1] | header[2] | header[3]) {
    case 2:
        return parse_ipv4(span, out);
    case 10: /* Linux */
    case 24: /* NetBSD, OpenBSD */
    case 28: /* FreeBSD */
    case 30: /* macOS */
        return parse_ipv6(span, out);
    default:
        return PACKET_OTHER;
    }
}

/* A header of size_bytes with an ethertype at type_at. */
static enum packet_status parse_typed(struct span span, size_t size_bytes, size_t type_at,
                                      struct packet *out)
{
    const uint8_t *header = take(&span, size_bytes);

    return header != NULL ? parse_ethertype(span, get16(header + type_at), out) : PACKET_MALFORMED;
}

enum packet_status packet_parse(int link_type, const uint8_t *bytes, size_t captured_bytes,
                                struct packet *out)
{
    struct span span = {
        .bytes = bytes, .size_bytes = captured_bytes, .original_bytes = captured_bytes};

    *out = (struct packet){0};
    switch (link_type) {
    case LINK_NULL:
    case LINK_LOOP:
        return parse_family(span, out);
    case LINK_ETHERNET:
        return parse_typed(span, 14, 12, out);
    case LINK_LINUX_SLL:
        return parse_typed(span, 16, 14, out);
    case LINK_LINUX_SLL2:
        return parse_typed(span, 20, 0, out);
    case LINK_RAW:
        return parse_raw(span, out);
    case LINK_IPV4:
        return parse_ipv4(span, out);
    case LINK_IPV6:
        return parse_ipv6(span, out);
    default:
        return PACKET_LINK_TYPE;
    }
}
