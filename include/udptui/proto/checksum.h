/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* checksum: what is known about a datagram's UDP checksum. */
#ifndef UDPTUI_PROTO_CHECKSUM_H
#define UDPTUI_PROTO_CHECKSUM_H

#include <stdint.h>

enum checksum_status {
    CHECKSUM_NOT_SEEN, /* not available: a UDP socket does not report it, nor whether there was
                        * one */
    CHECKSUM_UNKNOWN,  /* seen, but not all of the bytes that it covers */
    CHECKSUM_GOOD,
    CHECKSUM_BAD,
    CHECKSUM_NONE,    /* 0 with IPv4: the sender computed none (RFC 768); not allowed with IPv6 */
    CHECKSUM_PARTIAL, /* the pseudo-header's sum alone: captured before the network card computed
                       * it */
};

/* A checksum with its status. */
struct checksum_seen {
    uint16_t value;
    uint8_t status; /* enum checksum_status */
};

/* "not seen", "unknown", "good", "bad", "none", "partial". */
const char *checksum_status_name(enum checksum_status status);

#endif
