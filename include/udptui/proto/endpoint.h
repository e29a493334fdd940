/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * endpoint: an IP address and a UDP port as plain bytes.
 *
 * proto and base use no socket types: an endpoint is 24 bytes that can be compared and hashed
 * directly. IPv4-mapped IPv6 addresses (RFC 4291 section 2.5.5.2) are stored as the IPv4 address
 * itself. The exception is such an address in an IPv6 header, which is not valid on the wire: it
 * stays IPv6, endpoint_is_host returns false, and nothing may be sent to it (the kernel would use
 * IPv4).
 */
#ifndef UDPTUI_PROTO_ENDPOINT_H
#define UDPTUI_PROTO_ENDPOINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "udptui/base/hash.h"

enum endpoint_family { ENDPOINT_NONE, ENDPOINT_IPV4, ENDPOINT_IPV6 };

/* ::ffff:0:0/96: the prefix of IPv4-mapped IPv6 addresses; the IPv4 address follows. */
enum { ENDPOINT_MAPPED_BYTES = 12 };
extern const uint8_t endpoint_mapped_prefix[ENDPOINT_MAPPED_BYTES];

/* Whether 16 bytes in network order are such an address. */
static inline bool endpoint_is_mapped(const uint8_t *address)
{
    return memcmp(address, endpoint_mapped_prefix, sizeof endpoint_mapped_prefix) == 0;
}

/* All padding bytes are zero, so that two equal endpoints are equal byte for byte. */
struct endpoint {
    uint8_t address[16]; /* network order; IPv4 uses the first 4, the rest is zero */
    uint32_t scope; /* zone as an interface index (RFC 4007), of groups of IPv4, too; 0: none */
    uint16_t port;  /* host order; 0: not known */
    uint8_t family; /* enum endpoint_family */
    uint8_t zero;   /* always 0 */
};

enum {
    ENDPOINT_DEFAULT_PORT = 4010,
    ENDPOINT_TEXT_SIZE = 88, /* any address, its zone's name, brackets, port */
    ENDPOINT_HOST_SIZE = 256,
    ENDPOINT_ZONE_SIZE = 32,
};

/* A typed address, parsed and not yet resolved. */
struct endpoint_spec {
    char host[ENDPOINT_HOST_SIZE]; /* literal or name, without brackets and zone; "" = none given */
    char zone[ENDPOINT_ZONE_SIZE]; /* after '%': "eth0" or an index; "" = none */
    uint16_t port;                 /* 0 if has_port is false; may be 0 with has_port (serve) */
    bool has_port;
    bool is_literal; /* host is an IPv4 or IPv6 address, stored in literal (scope 0, port set) */
    struct endpoint literal;
};

enum endpoint_error {
    ENDPOINT_OK,
    ENDPOINT_BAD_PORT,    /* not a number, or above 65535 */
    ENDPOINT_BAD_BRACKET, /* '[' without ']', or something other than ":PORT" after it */
    ENDPOINT_BAD_HOST,    /* too long, empty brackets, or a character that no host name has */
    ENDPOINT_BAD_ZONE,    /* '%' without a zone, or on neither an IPv6 address nor a group */
    ENDPOINT_BAD_RANGE,   /* not a valid range FIRST-LAST */
};

/*
 * Parses "192.168.0.108:4010", "[fe80::1%eth0]:4010", "::1", "fe80::1%eth0", "host", "host:port",
 * ":4010" or "4010" (digits alone are a port). An IPv6 address with a port needs brackets (RFC 5952
 * section 6). A port without a host is allowed ("" host). text: NUL-terminated. out: filled whole,
 * also on error. Returns what is wrong, or ENDPOINT_OK. Without a port, out->port is
 * ENDPOINT_DEFAULT_PORT and has_port false.
 */
enum endpoint_error endpoint_split(const char *text, struct endpoint_spec *out);

/* The same, but the port may also be a range, ":4001-4005": its first port is out->port, *last its
 * last one (the same without a range). */
enum endpoint_error endpoint_split_range(const char *text, struct endpoint_spec *out,
                                         uint16_t *last);

/* The reason as the end of an error line ("the port is not a number from 0 to 65535"). */
const char *endpoint_error_text(enum endpoint_error error);

/* The names of zones: the interface's name to out (ENDPOINT_ZONE_SIZE), or NULL if it has none.
 * sys/interfaces has those of this machine. */
struct zones {
    const char *(*name)(uint32_t scope, char *out);
};

/*
 * Writes "192.0.2.1:4010" or "[fe80::1%eth0]:4010" (RFC 5952, RFC 4007 section 11) to out.
 * zones: NULL, and a zone without a name, give "%INDEX". A name with a character that a zone cannot
 * have is not used. size: at least ENDPOINT_TEXT_SIZE for no cut. Returns out. ENDPOINT_NONE: "-".
 */
const char *endpoint_format_in(const struct endpoint *endpoint, const struct zones *zones,
                               char *out, size_t size);

/* The same without port and brackets. */
const char *endpoint_format_address_in(const struct endpoint *endpoint, const struct zones *zones,
                                       char *out, size_t size);

/* The two functions above without zone names, for addresses such as those of a capture. */
const char *endpoint_format(const struct endpoint *endpoint, char *out, size_t size);
const char *endpoint_format_address(const struct endpoint *endpoint, char *out, size_t size);

/* Address, zone, port and family are the same. */
bool endpoint_equal(const struct endpoint *a, const struct endpoint *b);

/* Address and zone are the same, whatever the ports. */
bool endpoint_same_address(const struct endpoint *a, const struct endpoint *b);

/*
 * The order of a list on the screen: IPv4 before IPv6, then by address, zone, port. Returns <0, 0,
 * >0 as memcmp does.
 */
int endpoint_compare(const struct endpoint *a, const struct endpoint *b);

/* An IPv4 address as a number in host order. */
uint32_t endpoint_ipv4(const struct endpoint *endpoint);

/* hash_keyed of the 24 bytes, the same in any byte order. Keyed because peers choose their
 * addresses. */
uint64_t endpoint_hash(const struct endpoint *endpoint, const struct hash_key *key);

/*
 * Whether the address is a public one: not private (RFC 1918, RFC 4193), link-local (RFC 3927, RFC
 * 4291), loopback, unspecified, shared (RFC 6598) or documentation (RFC 5737, RFC 3849) space.
 */
bool endpoint_is_public(const struct endpoint *endpoint);
bool endpoint_is_loopback(const struct endpoint *endpoint);
bool endpoint_is_multicast(const struct endpoint *endpoint);
bool endpoint_is_unspecified(const struct endpoint *endpoint);

/* What datagrams to the endpoint reach: itself, unless it is unspecified. 0.0.0.0 and :: stand for
 * this machine, which replies from its loopback address (Linux, ip_route_output). */
struct endpoint endpoint_reached(const struct endpoint *endpoint);

/*
 * Whether a single host can have the address on the wire: not multicast, not unspecified or "this
 * network" (0/8), not reserved or limited broadcast (240/4), not IPv4-mapped or -compatible IPv6
 * (::ffff:0:0/96, ::/96 but ::1). A subnet's broadcast address is not recognised: that needs the
 * prefix length.
 */
bool endpoint_is_host(const struct endpoint *endpoint);

/* The address with port 0 and scope 0, cut to so many bits. bits: 0 .. 32 (IPv4) or 128 (IPv6). */
struct endpoint endpoint_prefix(const struct endpoint *endpoint, unsigned bits);

#endif
