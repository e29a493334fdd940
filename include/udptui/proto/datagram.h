/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* datagram: a received datagram with all that the kernel reports about it. */
#ifndef UDPTUI_PROTO_DATAGRAM_H
#define UDPTUI_PROTO_DATAGRAM_H

#include <stddef.h>
#include <stdint.h>

#include "udptui/proto/endpoint.h"

/* The largest UDP payloads: 65,535 less 20 (IPv4 only) and 8. */
enum { DATAGRAM_PAYLOAD_MAX_IPV4 = 65507, DATAGRAM_PAYLOAD_MAX_IPV6 = 65527 };

/* The one of the family. */
static inline size_t datagram_payload_max(enum endpoint_family family)
{
    return family == ENDPOINT_IPV6 ? DATAGRAM_PAYLOAD_MAX_IPV6 : DATAGRAM_PAYLOAD_MAX_IPV4;
}

struct datagram {
    struct endpoint peer;
    struct endpoint local;  /* the address it was sent to, and our port */
    struct endpoint source; /* the address to reply from: local, or our own address if local is a
                             * group */
    uint32_t interface;     /* index it came in by, 0: not known */
    const uint8_t *bytes;   /* into the receive buffer */
    size_t size_bytes;      /* of all segments together */
    size_t segment_bytes;   /* each message's payload but the last's; size_bytes with one */
    int64_t wall_ns;        /* the kernel's receive time, CLOCK_REALTIME; 0: not known */
    int16_t hop_limit;      /* EVENT_UNKNOWN: not known */
    int16_t traffic_class;
    uint8_t flags; /* enum message_flag */
};

/* How many messages it carries: one, or as many segments (UDP_GRO). An empty one counts. */
static inline size_t datagram_messages(const struct datagram *datagram)
{
    if (datagram->segment_bytes == 0 || datagram->size_bytes <= datagram->segment_bytes)
        return 1;
    return (datagram->size_bytes + datagram->segment_bytes - 1) / datagram->segment_bytes;
}

/* Payload of `count` messages from `first` on; only the datagram's last may be shorter. */
static inline size_t datagram_bytes(const struct datagram *datagram, size_t first, size_t count)
{
    size_t left = datagram->size_bytes - first * datagram->segment_bytes;
    size_t whole = count * datagram->segment_bytes;

    return whole < left ? whole : left;
}

/* A message of the datagram: its bytes and size. */
static inline const uint8_t *datagram_message(const struct datagram *datagram, size_t message,
                                              size_t *size_bytes)
{
    *size_bytes = datagram_bytes(datagram, message, 1);
    return datagram->bytes + message * datagram->segment_bytes;
}

#endif
