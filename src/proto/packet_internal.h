/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * packet_layers: shared by the files that parse frames.
 *
 * The part that is not yet parsed is a cursor: the captured bytes, and how many there were on the
 * wire. Each layer removes its header and names the next layer. Only layer_take removes bytes; a
 * length field may only shorten the rest, or show that it was cut.
 */
#ifndef UDPTUI_PROTO_PACKET_INTERNAL_H
#define UDPTUI_PROTO_PACKET_INTERNAL_H

#include "udptui/proto/packet.h"

enum layer {
    LAYER_DONE, /* cursor->out->status is set */
    LAYER_LINK, /* cursor->number: LINKTYPE_ */
    LAYER_ETHERNET,
    LAYER_ETHERTYPE, /* cursor->number: the ethertype */
    LAYER_LLC,
    LAYER_IP, /* of either version */
    LAYER_IPV4,
    LAYER_IPV6,
    LAYER_PROTOCOL, /* cursor->number: IP's protocol */
    LAYER_PPP,
    LAYER_PPPOE,
    LAYER_HDLC,
    LAYER_MPLS,
    LAYER_FAMILY,
    LAYER_COOKED,
    LAYER_COOKED2,
    LAYER_TOKEN_RING,
    LAYER_FDDI,
    LAYER_ARCNET,
    LAYER_NFLOG,
    LAYER_PFLOG,
    LAYER_PKTAP,
    LAYER_80211,
    LAYER_RADIOTAP,
    LAYER_PPI,
    LAYER_PRISM,
    LAYERS
};

struct cursor {
    const uint8_t *bytes;
    size_t size_bytes;     /* captured */
    size_t original_bytes; /* on the wire, never less */
    uint32_t number;       /* the argument of the next layer */
    struct packet_parsed *out;
};

typedef enum layer layer_parser(struct cursor *cursor);

/* Each parses one layer. packet_parse.c, packet_link.c, packet_80211.c. */
layer_parser layer_link, layer_ethernet, layer_ethertype, layer_llc, layer_ppp, layer_pppoe,
    layer_hdlc, layer_mpls, layer_family, layer_cooked, layer_cooked2, layer_token_ring, layer_fddi,
    layer_arcnet, layer_nflog, layer_pflog, layer_pktap, layer_80211, layer_radiotap, layer_ppi,
    layer_prism;

/* The first count bytes, taken off; NULL if they were not captured. */
const uint8_t *layer_take(struct cursor *cursor, size_t count);

/* Applies a length field: the bytes beyond it are padding. */
void layer_limit(struct cursor *cursor, size_t length);

/* The end: LAYER_DONE, with this status. */
enum layer layer_end(struct cursor *cursor, enum packet_status status);
enum layer layer_unread(struct cursor *cursor, enum packet_unread_kind kind, uint32_t number);

/* Returns layer, with number as its argument. */
enum layer layer_next(struct cursor *cursor, enum layer layer, uint32_t number);

/* Skips count bytes, then continues with layer. */
enum layer layer_skip(struct cursor *cursor, size_t count, enum layer layer);

uint16_t layer_get16(const uint8_t *bytes); /* network byte order */
uint32_t layer_get32(const uint8_t *bytes);
uint16_t layer_get16_little(const uint8_t *bytes); /* the other one */
uint32_t layer_get32_little(const uint8_t *bytes);

#endif
