/* SPDX-License-Identifier: GPL-3.0-or-later */
/* checksum: what is known of a datagram's UDP checksum. */
#ifndef UDPTUI_CORE_CHECKSUM_H
#define UDPTUI_CORE_CHECKSUM_H

enum checksum_status {
    CHECKSUM_UNKNOWN, /* not seen, or not all of the bytes that it is made over */
    CHECKSUM_GOOD,
    CHECKSUM_BAD,
    CHECKSUM_NONE,    /* 0 with IPv4: the sender made none (RFC 768); not allowed with IPv6 */
    CHECKSUM_PARTIAL, /* the pseudo-header's sum alone: captured before the network card made it */
};

/* "unknown", "good", "bad", "none", "partial". */
const char *checksum_status_name(enum checksum_status status);

#endif
