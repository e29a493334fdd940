/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * packet: a UDP datagram with its headers as they are on the wire (RFC 768, RFC 791, RFC 8200),
 * made from what the sockets told and taken apart again from a capture.
 */
#ifndef UDPTUI_CORE_PACKET_H
#define UDPTUI_CORE_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/core/endpoint.h"

enum {
    PACKET_UDP_HEADER = 8,
    PACKET_IPV4_HEADER = 20,
    PACKET_IPV6_HEADER = 40,
    PACKET_HEADERS_MAX = PACKET_IPV6_HEADER + PACKET_UDP_HEADER,
};

struct packet {
    struct endpoint source, destination; /* one family */
    const uint8_t *payload;
    size_t size_bytes;     /* of the payload as it is in hand */
    size_t original_bytes; /* as it was on the wire: more where a capture or our buffer cut it */
    int16_t hop_limit, traffic_class; /* EVENT_UNKNOWN: 64 and 0 are written */
    uint16_t checksum;                /* packet_parse: as found; 0 with IPv4: none */
    bool
        checksum_good; /* packet_parse: right, absent, or not to be told (cut, in fragments, or with
                         * an IPv6 routing header, whose last address it is made over) */
};

/* The UDP checksum over pseudo-header, header and payload (RFC 768; RFC 8200 section 8.1), never 0.
 * size_bytes: at most 65,527. */
uint16_t packet_checksum(const struct endpoint *source, const struct endpoint *destination,
                         const uint8_t *payload, size_t size_bytes);

/* Writes the IP and UDP headers for packet: IPv4 without options, not to be fragmented,
 * identification 0; IPv6 with flow label 0. Where the payload is cut (original_bytes >
 * size_bytes) the lengths are the original's and the UDP checksum, which nobody can tell, is 0.
 * Returns their length: 28 or 48. out: PACKET_HEADERS_MAX. */
size_t packet_headers(const struct packet *packet, uint8_t *out);

enum packet_status {
    PACKET_UDP,
    PACKET_OTHER,     /* not UDP, or not IP */
    PACKET_FRAGMENT,  /* a later fragment of a datagram: has no UDP header */
    PACKET_MALFORMED, /* cut within the headers, or they contradict each other */
    PACKET_LINK_TYPE, /* a link type that I do not know */
};

/* Takes a captured frame apart, whatever it holds. link_type: as in the file (LINKTYPE_ETHERNET
 * 1, RAW 101, NULL 0, LOOP 108, LINUX_SLL 113, LINUX_SLL2 276, IPV4 228, IPV6 229). VLAN tags
 * (IEEE 802.1Q, 802.1ad), IPv4 options and IPv6 extension headers (hop-by-hop, routing,
 * destination, fragment, AH) are passed over. The first fragment of a datagram is PACKET_UDP,
 * cut. out is filled whole with PACKET_UDP; out->payload points into bytes. IPv6 zones are not
 * known: scope 0. */
enum packet_status packet_parse(int link_type, const uint8_t *bytes, size_t captured_bytes,
                                struct packet *out);

#endif
