/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * packet: a UDP datagram with its headers as they are on the wire (RFC 768, RFC 791, RFC 8200),
 * built from what the sockets report, and parsed again from a capture.
 */
#ifndef UDPTUI_PROTO_PACKET_H
#define UDPTUI_PROTO_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/proto/checksum.h"
#include "udptui/proto/endpoint.h"

enum {
    PACKET_UDP_HEADER = 8,
    PACKET_IPV4_HEADER = 20,
    PACKET_IPV6_HEADER = 40,
    PACKET_HEADERS_MAX = PACKET_IPV6_HEADER + PACKET_UDP_HEADER,
};

struct packet {
    struct endpoint source, destination; /* one family */
    const uint8_t *payload;
    size_t size_bytes;     /* of the available payload */
    size_t original_bytes; /* as it was on the wire, by its UDP length: more if a capture, our
                            * buffer or a missing fragment cut it */
    int16_t hop_limit, traffic_class; /* EVENT_UNKNOWN: 64 and 0 are written */
    uint16_t checksum;                /* from a capture: as found */
    uint8_t checksum_status;          /* enum checksum_status; to be written: see packet_headers */
    uint8_t fragments;                /* number of fragments, if fragmented; 255: or more */
    bool untimed;                     /* from a capture without a time for it */
    uint64_t frame; /* of a capture, from 1: its frame, or the frame that gave its time; 0: none */
    const uint64_t *fragment_frames; /* the frames of all its fragments, if fragmented; else NULL */
    size_t fragment_frame_count;
};

/* The UDP checksum over pseudo-header, header and payload (RFC 768; RFC 8200 section 8.1), never 0.
 * size_bytes: at most 65,527. */
uint16_t packet_checksum(const struct endpoint *source, const struct endpoint *destination,
                         const uint8_t *payload, size_t size_bytes);

/* Checks packet->checksum. rerouted: an IPv6 routing header names another destination, which the
 * checksum covers. */
enum checksum_status packet_checksum_status(const struct packet *packet, bool rerouted);

/* What packet_parse found. */
static inline struct checksum_seen packet_checksum_seen(const struct packet *packet)
{
    return (struct checksum_seen){.value = packet->checksum, .status = packet->checksum_status};
}

/* Writes the IP and UDP headers for packet: IPv4 without options, not to be fragmented,
 * identification 0; IPv6 with flow label 0. The UDP checksum is right, or 0 with IPv4 if the status
 * is CHECKSUM_NOT_SEEN: no other value means "none, or not known"; with CHECKSUM_BAD it is
 * packet->checksum, if that is not 0. If the payload is cut
 * (original_bytes > size_bytes) the lengths are the original's and the checksum is 0. Returns their
 * length: 28 or 48. out: PACKET_HEADERS_MAX. */
size_t packet_headers(const struct packet *packet, uint8_t *out);

/* ---- parsing frames */

enum packet_status {
    PACKET_UDP,       /* packet is filled, the payload points into the frame */
    PACKET_OTHER,     /* not UDP, or not IP */
    PACKET_FRAGMENT,  /* of a datagram, the first or a later one: fragment is filled */
    PACKET_MALFORMED, /* cut within the headers, or they contradict each other */
    PACKET_UNREAD,    /* may carry UDP, but cannot be parsed: unread says what it is */
};

/* A part of an IP packet that may carry UDP. */
struct packet_fragment {
    uint32_t identification;
    uint32_t offset_bytes;
    bool more;             /* others follow it */
    uint8_t protocol;      /* of what is fragmented: for packet_parse_protocol */
    const uint8_t *bytes;  /* into the frame */
    size_t size_bytes;     /* captured */
    size_t original_bytes; /* on the wire */
};

/* What cannot be parsed: each kind has numbers of its own. */
enum packet_unread_kind {
    UNREAD_LINK,      /* LINKTYPE_ */
    UNREAD_ETHERTYPE, /* IEEE 802 Numbers */
    UNREAD_PPP,       /* PPP DLL Protocol Numbers */
    UNREAD_PROTOCOL,  /* IP protocol numbers */
    UNREAD_80211,     /* enum packet_unread_80211 */
};

enum packet_unread_80211 { UNREAD_ENCRYPTED, UNREAD_AGGREGATED, UNREAD_PARTS };

struct packet_unread {
    enum packet_unread_kind kind;
    uint32_t number;
};

struct packet_parsed {
    enum packet_status status;
    bool rerouted;        /* see packet_checksum_status */
    struct packet packet; /* with PACKET_FRAGMENT: without ports, payload and checksum */
    struct packet_fragment fragment;
    struct packet_unread unread;
};

/*
 * Parses a captured frame, whatever it holds. link_type: LINKTYPE_ of the file; known are Ethernet
 * (also 802.3 with LLC and SNAP), Linux cooked, raw IP, BSD loopback, PPP and Cisco HDLC,
 * unencrypted 802.11 (bare, with radiotap, PPI, Prism or AVS headers), NFLOG, PFLOG, PKTAP, FDDI,
 * Token Ring, ARCNET and the like. Within them: VLAN tags, PPPoE, MPLS, MACsec that is not
 * encrypted, IP in IP, GRE, IPv4 options and IPv6 extension headers, AH. Of a tunnel that carries
 * UDP in UDP, the outer datagram is returned. IPv6 zones are not known: scope 0. Returns
 * out->status.
 */
enum packet_status packet_parse(int link_type, const uint8_t *bytes, size_t captured_bytes,
                                struct packet_parsed *out);

/* The same for the payload of an IP packet, reassembled from fragments: fragment->bytes are the
 * whole, or its beginning, by fragment->protocol; addresses and the like stay those of packet. */
enum packet_status packet_parse_protocol(const struct packet *packet,
                                         const struct packet_fragment *fragment,
                                         struct packet_parsed *out);

/* "PPPoE session frames", "frames of link type 147 (USER0)". Returns out. */
const char *packet_unread_name(const struct packet_unread *unread, char *out, size_t size_bytes);

#endif
