/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * packet_link: what precedes an IP packet: a capture's link types
 * (https://www.tcpdump.org/linktypes.html) and the layers between them and IP.
 */
#include "packet_internal.h"

#include "udptui/base/array.h"

/* ---- link types */

/* A known link type: its first layer, after skip bytes that are ignored. */
struct link {
    uint16_t link_type;
    uint8_t skip_bytes;
    uint8_t layer;
};

static const struct link links[] = {
    {0, 0, LAYER_FAMILY}, /* NULL */
    {1, 0, LAYER_ETHERNET},
    {6, 0, LAYER_TOKEN_RING},
    {7, 0, LAYER_ARCNET},
    {9, 0, LAYER_PPP},
    {10, 0, LAYER_FDDI},
    {11, 0, LAYER_LLC}, /* ATM, RFC 1483, as some systems number it */
    {12, 0, LAYER_IP},  /* raw IP, as some systems number it; 14: OpenBSD */
    {14, 0, LAYER_IP},
    {50, 0, LAYER_PPP}, /* PPP in HDLC-like framing */
    {51, 0, LAYER_PPPOE},
    {100, 0, LAYER_LLC}, /* ATM, RFC 1483 */
    {101, 0, LAYER_IP},
    {104, 0, LAYER_HDLC},
    {105, 0, LAYER_80211},
    {108, 0, LAYER_FAMILY}, /* LOOP */
    {109, 12, LAYER_IP},    /* OpenBSD's IPsec interface */
    {113, 0, LAYER_COOKED},
    {117, 0, LAYER_PFLOG},
    {119, 0, LAYER_PRISM},
    {122, 16, LAYER_LLC}, /* IP over Fibre Channel, RFC 2625 */
    {127, 0, LAYER_RADIOTAP},
    {163, 0, LAYER_PRISM}, /* AVS, which says by itself that it is not Prism */
    {166, 2, LAYER_PPP},   /* pppd: the direction in place of the address, and the control byte */
    {192, 0, LAYER_PPI},
    {204, 1, LAYER_PPP}, /* the direction, then PPP or HDLC */
    {205, 1, LAYER_HDLC},
    {219, 0, LAYER_MPLS},
    {228, 0, LAYER_IPV4},
    {229, 0, LAYER_IPV6},
    {239, 0, LAYER_NFLOG},
    {240, 4, LAYER_ETHERNET},  /* NetANALYZER */
    {241, 12, LAYER_ETHERNET}, /* NetANALYZER, with the preamble */
    {258, 0, LAYER_PKTAP},
    {274, 8, LAYER_ETHERNET}, /* IEEE 802.3br, with the preamble */
    {276, 0, LAYER_COOKED2},
    {282, 4, LAYER_ETHERNET}, /* Broadcom's switches, with their tag in front */
};

enum layer layer_link(struct cursor *cursor)
{
    for (size_t i = 0; i < COUNT_OF(links); i++)
        if (links[i].link_type == cursor->number)
            return layer_skip(cursor, links[i].skip_bytes, (enum layer)links[i].layer);
    return layer_unread(cursor, UNREAD_LINK, cursor->number);
}

/* ---- ethertypes, https://www.iana.org/assignments/ieee-802-numbers */

enum {
    ETHERTYPE_MIN = 0x0600, /* below it is a length, IEEE 802.3 section 3.2.6 */
    ETHERTYPE_IPV4 = 0x0800,
    ETHERTYPE_IPV6 = 0x86dd,
    ETHERTYPE_VLAN = 0x8100, /* IEEE 802.1Q, and two for tags around it */
    ETHERTYPE_PROVIDER = 0x88a8,
    ETHERTYPE_VLAN_OLD = 0x9100,
    ETHERTYPE_BRIDGING = 0x6558, /* Ethernet itself */
    ETHERTYPE_MPLS = 0x8847,
    ETHERTYPE_MPLS_UPSTREAM = 0x8848,
    ETHERTYPE_PPP = 0x880b,
    ETHERTYPE_PPPOE = 0x8864,
    ETHERTYPE_MACSEC = 0x88e5,
    ETHERTYPE_BACKBONE = 0x88e7, /* IEEE 802.1ah */
    ETHERTYPE_HSR = 0x892f,
    ETHERTYPE_NSH = 0x894f,
    ETHERTYPE_CISCO = 0x8909,
    ETHERTYPE_TRILL = 0x22f3,
    ETHERTYPE_SIXLOWPAN = 0xa0ed,
};

/* Removes a tag; its last two bytes are the next type. */
static enum layer skip_tag(struct cursor *cursor, size_t size_bytes)
{
    const uint8_t *tag = layer_take(cursor, size_bytes);

    if (tag == NULL)
        return layer_end(cursor, PACKET_MALFORMED);
    return layer_next(cursor, LAYER_ETHERTYPE, layer_get16(tag + size_bytes - 2));
}

/* IEEE 802.1AE: flags, number, and 8 bytes of identifier if a flag says so; what is not encrypted
 * is only signed. */
static enum layer parse_macsec(struct cursor *cursor)
{
    enum { HAS_IDENTIFIER = 0x20, ENCRYPTED_OR_CHANGED = 0x0c };
    const uint8_t *tag = layer_take(cursor, 6);

    if (tag == NULL)
        return layer_end(cursor, PACKET_MALFORMED);
    if (tag[0] & ENCRYPTED_OR_CHANGED)
        return layer_unread(cursor, UNREAD_ETHERTYPE, ETHERTYPE_MACSEC);
    return skip_tag(cursor, tag[0] & HAS_IDENTIFIER ? 8 + 2 : 2);
}

enum layer layer_ethertype(struct cursor *cursor)
{
    if (cursor->number < ETHERTYPE_MIN) {
        layer_limit(cursor, cursor->number);
        return LAYER_LLC;
    }
    switch (cursor->number) {
    case ETHERTYPE_IPV4:
        return LAYER_IPV4;
    case ETHERTYPE_IPV6:
        return LAYER_IPV6;
    case ETHERTYPE_VLAN:
    case ETHERTYPE_PROVIDER:
    case ETHERTYPE_VLAN_OLD:
        return skip_tag(cursor, 4);
    case ETHERTYPE_HSR:
        return skip_tag(cursor, 6);
    case ETHERTYPE_BRIDGING:
        return LAYER_ETHERNET;
    case ETHERTYPE_BACKBONE:
        return layer_skip(cursor, 4, LAYER_ETHERNET);
    case ETHERTYPE_MPLS:
    case ETHERTYPE_MPLS_UPSTREAM:
        return LAYER_MPLS;
    case ETHERTYPE_PPP:
        return LAYER_PPP;
    case ETHERTYPE_PPPOE:
        return LAYER_PPPOE;
    case ETHERTYPE_MACSEC:
        return parse_macsec(cursor);
    case ETHERTYPE_NSH:
    case ETHERTYPE_CISCO:
    case ETHERTYPE_TRILL:
    case ETHERTYPE_SIXLOWPAN:
        return layer_unread(cursor, UNREAD_ETHERTYPE, cursor->number);
    default:
        return layer_end(cursor, PACKET_OTHER);
    }
}

/* A header of size_bytes with an ethertype at type_at. */
static enum layer parse_typed(struct cursor *cursor, size_t size_bytes, size_t type_at)
{
    const uint8_t *header = layer_take(cursor, size_bytes);

    if (header == NULL)
        return layer_end(cursor, PACKET_MALFORMED);
    return layer_next(cursor, LAYER_ETHERTYPE, layer_get16(header + type_at));
}

enum layer layer_ethernet(struct cursor *cursor)
{
    return parse_typed(cursor, 14, 12);
}

/* IEEE 802.2: service access points and control; SNAP (RFC 1042) carries an ethertype if the
 * organisation is none, or 0x0000f8 (IEEE 802.1H). */
enum layer layer_llc(struct cursor *cursor)
{
    enum { SNAP = 0xaa, IP = 0x06, UNNUMBERED = 0x03, BRIDGED = 0x0080c2 };
    const uint8_t *header = layer_take(cursor, 3);

    if (header == NULL)
        return layer_end(cursor, PACKET_MALFORMED);
    if (header[0] == IP && header[2] == UNNUMBERED)
        return LAYER_IPV4;
    if (header[0] != SNAP || header[2] != UNNUMBERED)
        return layer_end(cursor, PACKET_OTHER);
    const uint8_t *snap = layer_take(cursor, 5);
    if (snap == NULL)
        return layer_end(cursor, PACKET_MALFORMED);
    uint32_t organisation = layer_get32(snap) >> 8, type = layer_get16(snap + 3);
    if (organisation == BRIDGED && (type == 1 || type == 7)) /* RFC 2684: padding, Ethernet */
        return layer_skip(cursor, 2, LAYER_ETHERNET);
    if ((organisation != 0 && organisation != 0x0000f8) || type < ETHERTYPE_MIN)
        return layer_end(cursor, PACKET_OTHER);
    return layer_next(cursor, LAYER_ETHERTYPE, type);
}

/* ---- PPP, RFC 1661, RFC 1662, RFC 2516 */

enum {
    PPP_ALL_STATIONS = 0xff,
    PPP_UNNUMBERED = 0x03,
    PPP_IPV4 = 0x0021,
    PPP_BRIDGED = 0x0031, /* RFC 3518 */
    PPP_MULTILINK = 0x003d,
    PPP_ENCRYPTED = 0x0053,
    PPP_IPV6 = 0x0057,
    PPP_HEADERS_FIRST = 0x0061, /* compressed headers, RFC 2509 */
    PPP_HEADERS_LAST = 0x0069,
    PPP_COMPRESSED_LINK = 0x00fb,
    PPP_COMPRESSED = 0x00fd,
    PPP_MPLS = 0x0281,
    PPP_MPLS_MULTICAST = 0x0283,
};

/* Flags, the kind of the network, then its frame; 1 is Ethernet. */
static enum layer parse_bridged(struct cursor *cursor)
{
    enum { HAS_IDENTIFIER = 0x40, ETHERNET = 1 };
    const uint8_t *header = layer_take(cursor, 2);

    if (header == NULL)
        return layer_end(cursor, PACKET_MALFORMED);
    if (header[1] != ETHERNET)
        return layer_unread(cursor, UNREAD_PPP, PPP_BRIDGED);
    return layer_skip(cursor, header[0] & HAS_IDENTIFIER ? 4 : 0, LAYER_ETHERNET);
}

static enum layer parse_ppp_protocol(struct cursor *cursor, uint32_t protocol)
{
    switch (protocol) {
    case PPP_IPV4:
        return LAYER_IPV4;
    case PPP_IPV6:
        return LAYER_IPV6;
    case PPP_MPLS:
    case PPP_MPLS_MULTICAST:
        return LAYER_MPLS;
    case PPP_BRIDGED:
        return parse_bridged(cursor);
    case PPP_MULTILINK:
    case PPP_ENCRYPTED:
    case PPP_COMPRESSED_LINK:
    case PPP_COMPRESSED:
        return layer_unread(cursor, UNREAD_PPP, protocol);
    default:
        if (protocol >= PPP_HEADERS_FIRST && protocol <= PPP_HEADERS_LAST)
            return layer_unread(cursor, UNREAD_PPP, protocol);
        return layer_end(cursor, PACKET_OTHER);
    }
}

/* Address and control are often left out; so is a protocol's upper byte if it is zero, which is
 * seen by the lower bit of the first. In PPP over a serial line Cisco's framing may stand, too. */
enum layer layer_ppp(struct cursor *cursor)
{
    const uint8_t *bytes = cursor->bytes;

    if (cursor->size_bytes >= 2 && bytes[0] == PPP_ALL_STATIONS && bytes[1] == PPP_UNNUMBERED)
        layer_take(cursor, 2);
    else if (cursor->size_bytes >= 2 && (bytes[0] == 0x0f || bytes[0] == 0x8f) && bytes[1] == 0)
        return LAYER_HDLC;
    bytes = cursor->bytes;
    if (cursor->size_bytes == 0)
        return layer_end(cursor, PACKET_MALFORMED);
    if (bytes[0] & 1) {
        uint32_t protocol = layer_take(cursor, 1)[0];
        return parse_ppp_protocol(cursor, protocol);
    }
    bytes = layer_take(cursor, 2);
    return bytes != NULL ? parse_ppp_protocol(cursor, layer_get16(bytes))
                         : layer_end(cursor, PACKET_MALFORMED);
}

enum layer layer_pppoe(struct cursor *cursor)
{
    const uint8_t *header = layer_take(cursor, 6);

    if (header == NULL)
        return layer_end(cursor, PACKET_MALFORMED);
    if (header[0] != 0x11 || header[1] != 0) /* version and type, code: a session's data */
        return layer_unread(cursor, UNREAD_ETHERTYPE, ETHERTYPE_PPPOE);
    layer_limit(cursor, layer_get16(header + 4));
    return LAYER_PPP;
}

/* Cisco's HDLC: address, control, ethertype. */
enum layer layer_hdlc(struct cursor *cursor)
{
    return parse_typed(cursor, 4, 2);
}

/* ---- MPLS, RFC 3032 */

/* Whether an Ethernet frame that carries IP seems to begin here. */
static bool is_ethernet_at(const struct cursor *cursor, size_t at)
{
    if (cursor->size_bytes < at + 14)
        return false;
    switch (layer_get16(cursor->bytes + at + 12)) {
    case ETHERTYPE_IPV4:
    case ETHERTYPE_IPV6:
    case ETHERTYPE_VLAN:
    case ETHERTYPE_PROVIDER:
        return true;
    default:
        return false;
    }
}

/* No field names what follows the labels: it is IP by its first four bits, or else the Ethernet of
 * a pseudowire, with or without a control word (RFC 4385). */
static enum layer guess_payload(struct cursor *cursor)
{
    enum { CONTROL_WORD = 4 };

    switch (cursor->bytes[0] >> 4) {
    case 4:
        return LAYER_IPV4;
    case 6:
        return LAYER_IPV6;
    default:
        break;
    }
    if (cursor->bytes[0] >> 4 == 0 && is_ethernet_at(cursor, CONTROL_WORD))
        return layer_skip(cursor, CONTROL_WORD, LAYER_ETHERNET);
    return is_ethernet_at(cursor, 0) ? LAYER_ETHERNET
                                     : layer_unread(cursor, UNREAD_ETHERTYPE, ETHERTYPE_MPLS);
}

/* Labels of 4 bytes, the last one marked. */
enum layer layer_mpls(struct cursor *cursor)
{
    const uint8_t *label;

    do {
        label = layer_take(cursor, 4);
        if (label == NULL || cursor->size_bytes == 0)
            return layer_end(cursor, PACKET_MALFORMED);
    } while ((label[2] & 1) == 0);
    return guess_payload(cursor);
}

/* ---- BSD, Linux */

/* The address family of the system that captured, in its byte order with NULL; below 256
 * everywhere. */
enum layer layer_family(struct cursor *cursor)
{
    const uint8_t *header = layer_take(cursor, 4);

    if (header == NULL)
        return layer_end(cursor, PACKET_MALFORMED);
    switch (header[0] | header[1] | header[2] | header[3]) {
    case 2:
        return LAYER_IPV4;
    case 10: /* Linux */
    case 24: /* NetBSD, OpenBSD */
    case 28: /* FreeBSD */
    case 30: /* macOS */
        return LAYER_IPV6;
    default:
        return layer_end(cursor, PACKET_OTHER);
    }
}

/* A cooked frame: the type means what the device's kind (ARPHRD_) says. */
static enum layer parse_cooked(struct cursor *cursor, unsigned device, unsigned type)
{
    enum { DEVICE_80211 = 801, DEVICE_PRISM, DEVICE_RADIOTAP, DEVICE_NETLINK = 824 };
    enum { LLC = 4 };

    switch (device) {
    case DEVICE_80211:
        return LAYER_80211;
    case DEVICE_PRISM:
        return LAYER_PRISM;
    case DEVICE_RADIOTAP:
        return LAYER_RADIOTAP;
    case DEVICE_NETLINK:
        return layer_end(cursor, PACKET_OTHER);
    default:
        break;
    }
    if (type == LLC)
        return LAYER_LLC;
    if (type < ETHERTYPE_MIN)
        return layer_end(cursor, PACKET_OTHER);
    return layer_next(cursor, LAYER_ETHERTYPE, type);
}

enum layer layer_cooked(struct cursor *cursor)
{
    const uint8_t *header = layer_take(cursor, 16);

    if (header == NULL)
        return layer_end(cursor, PACKET_MALFORMED);
    return parse_cooked(cursor, layer_get16(header + 2), layer_get16(header + 14));
}

enum layer layer_cooked2(struct cursor *cursor)
{
    const uint8_t *header = layer_take(cursor, 20);

    if (header == NULL)
        return layer_end(cursor, PACKET_MALFORMED);
    return parse_cooked(cursor, layer_get16(header + 8), layer_get16(header));
}

/* Linux's netfilter log: attributes (length and type in the capturing machine's byte order, padded
 * to 4 bytes), of which one is the packet. Types are below 256, which reveals the byte order. */
enum layer layer_nflog(struct cursor *cursor)
{
    enum { PAYLOAD = 9 };
    const uint8_t *attribute;

    if (layer_take(cursor, 4) == NULL)
        return layer_end(cursor, PACKET_MALFORMED);
    while ((attribute = layer_take(cursor, 4)) != NULL) {
        bool little = attribute[3] == 0;
        size_t length = little ? layer_get16_little(attribute) : layer_get16(attribute);
        unsigned type = little ? attribute[2] : attribute[3];
        if (length < 4)
            break;
        if (type == PAYLOAD) {
            layer_limit(cursor, length - 4);
            return LAYER_IP;
        }
        if (layer_take(cursor, ((length + 3) & ~(size_t)3) - 4) == NULL)
            break;
    }
    return layer_end(cursor, PACKET_MALFORMED);
}

/* OpenBSD's packet filter: it begins with the header's length without padding. */
enum layer layer_pflog(struct cursor *cursor)
{
    size_t length = cursor->size_bytes > 0 ? cursor->bytes[0] : 0;

    return layer_skip(cursor, length > 0 ? (length + 3) & ~(size_t)3 : 1, LAYER_IP);
}

/* Apple's: length, kind of record (1: a packet), and its link type, little-endian. Nested ones
 * would be an attack: the loop over the layers is bounded. */
enum layer layer_pktap(struct cursor *cursor)
{
    enum { HEADER_MIN = 12, PACKET = 1 };
    const uint8_t *header = cursor->bytes;

    if (cursor->size_bytes < HEADER_MIN || layer_get32_little(header) < HEADER_MIN ||
        layer_take(cursor, layer_get32_little(header)) == NULL)
        return layer_end(cursor, PACKET_MALFORMED);
    if (layer_get32_little(header + 4) != PACKET)
        return layer_end(cursor, PACKET_OTHER);
    return layer_next(cursor, LAYER_LINK, layer_get32_little(header + 8));
}

/* ---- other local networks */

/* IEEE 802.5: access and frame control, addresses; the first bit of the source's says that a route
 * follows, with its length in the first byte. */
enum layer layer_token_ring(struct cursor *cursor)
{
    const uint8_t *header = layer_take(cursor, 14);

    if (header == NULL)
        return layer_end(cursor, PACKET_MALFORMED);
    if ((header[1] & 0xc0) != 0x40) /* not LLC */
        return layer_end(cursor, PACKET_OTHER);
    size_t route = header[8] & 0x80 && cursor->size_bytes > 0 ? cursor->bytes[0] & 0x1f : 0;
    return layer_skip(cursor, route, LAYER_LLC);
}

/* Frame control (0x50: LLC), addresses. */
enum layer layer_fddi(struct cursor *cursor)
{
    const uint8_t *header = layer_take(cursor, 13);

    if (header == NULL)
        return layer_end(cursor, PACKET_MALFORMED);
    return (header[0] & 0xf0) == 0x50 ? LAYER_LLC : layer_end(cursor, PACKET_OTHER);
}

/* Addresses and protocol; RFC 1201 has a flag and a number behind it, RFC 1051 has not. */
enum layer layer_arcnet(struct cursor *cursor)
{
    enum { IP_RFC1051 = 240, IP_RFC1201 = 212 };
    const uint8_t *header = layer_take(cursor, 3);

    if (header == NULL)
        return layer_end(cursor, PACKET_MALFORMED);
    if (header[2] == IP_RFC1051)
        return LAYER_IPV4;
    if (header[2] != IP_RFC1201)
        return layer_end(cursor, PACKET_OTHER);
    const uint8_t *flag = layer_take(cursor, 3);
    if (flag != NULL && flag[0] == 0xff) /* an exception packet: padding, then the same fields */
        flag = layer_take(cursor, 4) != NULL ? flag : NULL;
    if (flag == NULL)
        return layer_end(cursor, PACKET_MALFORMED);
    if (flag[0] != 0 && flag[0] != 0xff)
        return layer_unread(cursor, UNREAD_LINK, 7); /* a part of a larger packet */
    return LAYER_IPV4;
}
