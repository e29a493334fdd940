/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reason: two tables; the first row that fits applies, so special ones come first. */
#include "udptui/proto/reason.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "udptui/base/array.h"
#include "udptui/base/builder.h"

#define CALL(name) (1U << REASON_##name)
#define BIND       (CALL(LISTEN) | CALL(SHARE) | CALL(SOURCE))
#define TOWARDS    (CALL(CONNECT) | CALL(SEND))
#define ANY_CALL   (~0U)

/* ---- conditions on the addresses */

/* fe80::/10, and groups of interface-local and link-local scope (RFC 4291 section 2.7). */
static bool needs_zone(const struct endpoint *endpoint)
{
    const uint8_t *bytes = endpoint->address;

    if (endpoint->family != ENDPOINT_IPV6 || endpoint->scope != 0)
        return false;
    return (bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80) ||
           (bytes[0] == 0xff && ((bytes[1] & 0x0f) == 1 || (bytes[1] & 0x0f) == 2));
}

static bool peer_needs_zone(const struct endpoint *local, const struct endpoint *peer)
{
    (void)local;
    return needs_zone(peer);
}

static bool local_needs_zone(const struct endpoint *local, const struct endpoint *peer)
{
    (void)peer;
    return needs_zone(local);
}

static bool leaves_loopback(const struct endpoint *local, const struct endpoint *peer)
{
    return endpoint_is_loopback(local) && peer->family == local->family &&
           !endpoint_is_loopback(peer);
}

static bool peer_is_ipv6(const struct endpoint *local, const struct endpoint *peer)
{
    (void)local;
    return peer->family == ENDPOINT_IPV6;
}

static bool wants_any_port(const struct endpoint *local, const struct endpoint *peer)
{
    (void)peer;
    return local->family != ENDPOINT_NONE && local->port == 0;
}

/* ---- errno */

static const struct row {
    unsigned calls; /* CALL(...) */
    int error;
    bool (*fits)(const struct endpoint *local, const struct endpoint *peer); /* NULL: always */
    struct reason reason;
} rows[] = {
    {CALL(SOCKET),
     EAFNOSUPPORT,
     NULL,
     {RESULT_FAILED, "no IPv6", "this machine has no IPv6", "use -4, or an IPv4 address"}},

    {BIND,
     EADDRINUSE,
     wants_any_port,
     {RESULT_FAILED, "no free port", "no port is free", "net.ipv4.ip_local_port_range"}},
    {CALL(LISTEN),
     EADDRINUSE,
     NULL,
     {RESULT_FAILED, "port in use", "the port is in use",
      "use another, find its owner with 'ss -ulpn', or share it with --reuse (a unicast datagram "
      "then reaches one of the programs)"}},
    {CALL(SHARE),
     EADDRINUSE,
     NULL,
     {RESULT_FAILED, "port in use", "the port is in use by a program that does not share it",
      "use another, or find its owner with 'ss -ulpn'"}},
    {BIND,
     EADDRINUSE,
     NULL,
     {RESULT_FAILED, "port in use", "the port is in use",
      "use another, or find its owner with 'ss -ulpn'"}},
    {BIND,
     EADDRNOTAVAIL,
     NULL,
     {RESULT_FAILED, "not our address", "not an address of this machine",
      "'ip address' lists its addresses"}},
    {BIND,
     EACCES,
     NULL,
     {RESULT_FAILED, "not permitted", "no permission",
      "ports below 1024 need root: use a higher port"}},
    {BIND,
     EINVAL,
     local_needs_zone,
     {RESULT_FAILED, "no interface", "a link-local address needs its interface",
      "ADDRESS%INTERFACE"}},
    {BIND,
     EAGAIN,
     NULL,
     {RESULT_FAILED, "no free port", "no port is free", "net.ipv4.ip_local_port_range"}},

    {CALL(BROADCAST),
     EACCES,
     NULL,
     {RESULT_FAILED, "broadcast", "a broadcast address", "add --broadcast"}},
    {TOWARDS,
     EACCES,
     NULL,
     {RESULT_FAILED, "not permitted", "a broadcast address, or a route that prohibits it",
      "'ip route get ADDRESS' shows which"}},
    {CALL(PROHIBITED),
     EACCES,
     NULL,
     {RESULT_UNREACHABLE, "prohibited", "a route on this machine prohibits it",
      "'ip route get ADDRESS' shows it"}},
    {TOWARDS,
     EPERM,
     NULL,
     {RESULT_FAILED, "not permitted", "a firewall on this machine blocks it",
      "'nft list ruleset' shows the rules"}},
    {TOWARDS,
     EINVAL,
     peer_needs_zone,
     {RESULT_FAILED, "no interface", "a link-local address needs its interface",
      "ADDRESS%INTERFACE"}},
    {TOWARDS,
     EINVAL,
     leaves_loopback,
     {RESULT_UNREACHABLE, "loopback source",
      "datagrams from a loopback address cannot leave this machine", "use another source address"}},
    {TOWARDS,
     EINVAL,
     NULL,
     {RESULT_UNREACHABLE, "blackhole route", "a route on this machine discards it (blackhole)",
      "'ip route get ADDRESS' shows it"}},
    {TOWARDS,
     EADDRNOTAVAIL,
     peer_is_ipv6,
     {RESULT_UNREACHABLE, "no IPv6 address", "this machine has no IPv6 address to send from",
      "IPv6 may be disabled: use -4, or an IPv4 address"}},
    {TOWARDS,
     EADDRNOTAVAIL,
     NULL,
     {RESULT_UNREACHABLE, "no source address", "this machine has no address to send from", NULL}},
    {TOWARDS,
     EAFNOSUPPORT,
     NULL,
     {RESULT_FAILED, "other family", "the socket is of another address family", NULL}},
    {CALL(CONNECT),
     EAGAIN,
     NULL,
     {RESULT_FAILED, "no free port", "no port is free", "net.ipv4.ip_local_port_range"}},
    {TOWARDS,
     ENETUNREACH,
     peer_is_ipv6,
     {RESULT_UNREACHABLE, "network unreachable", "no route to that network",
      "'ip -6 route' shows the routes"}},
    {TOWARDS,
     ENETUNREACH,
     NULL,
     {RESULT_UNREACHABLE, "network unreachable", "no route to that network",
      "'ip route' shows the routes"}},
    {TOWARDS,
     EHOSTUNREACH,
     NULL,
     {RESULT_UNREACHABLE, "host unreachable", "no route to that host",
      "'ip route get ADDRESS' shows why"}},
    {TOWARDS,
     ENETDOWN,
     NULL,
     {RESULT_UNREACHABLE, "network down", "the interface is down", "'ip link' shows its state"}},
    {TOWARDS,
     ENODEV,
     NULL,
     {RESULT_UNREACHABLE, "no interface", "the interface is gone", "'ip link' lists them"}},
    {TOWARDS,
     ENXIO,
     NULL,
     {RESULT_UNREACHABLE, "no interface", "the interface is gone", "'ip link' lists them"}},
    {TOWARDS | CALL(RECEIVE),
     ECONNREFUSED,
     NULL,
     {RESULT_REFUSED, "refused", "port unreachable: nothing listens, or a firewall rejects it",
      NULL}},
    {TOWARDS,
     EMSGSIZE,
     NULL,
     {RESULT_TOO_BIG, "too big", "too big for one datagram, or for the path", NULL}},
    {CALL(SEND),
     ENOBUFS,
     NULL,
     {RESULT_FAILED, "no buffer space", "the interface's queue is full: the datagram did not leave",
      NULL}},
    {CALL(SEND),
     EAGAIN,
     NULL,
     {RESULT_FAILED, "send queue full", "the send queue is full: the datagram did not leave",
      NULL}},
    {CALL(SEND),
     ENOENT, /* not the kernel's: serve's, if a client was forgotten meanwhile */
     NULL,
     {RESULT_FAILED, "the client is gone", "the client is gone", NULL}},

    {CALL(RECEIVE),
     EAGAIN,
     NULL,
     {RESULT_FAILED, "no datagram", "no datagram is waiting, and the socket does not block", NULL}},

    {CALL(JOIN),
     ENODEV,
     NULL,
     {RESULT_FAILED, "no interface", "no interface to join on", "name one as GROUP%INTERFACE"}},
    {CALL(JOIN),
     EINVAL,
     NULL,
     {RESULT_FAILED, "no multicast",
      "the interface does not support multicast of that address family", "'ip link' shows it"}},
    {CALL(JOIN),
     EADDRNOTAVAIL,
     NULL,
     {RESULT_FAILED, "no interface", "no interface to join on", "name one as GROUP%INTERFACE"}},
    {CALL(JOIN),
     EADDRINUSE,
     NULL,
     {RESULT_FAILED, "already joined", "the group is already joined on that interface", NULL}},
    {CALL(JOIN),
     ENOBUFS,
     NULL,
     {RESULT_FAILED, "too many groups", "too many groups are joined",
      "net.ipv4.igmp_max_memberships"}},
    {CALL(INTERFACE),
     ENODEV,
     NULL,
     {RESULT_FAILED, "no interface", "there is no such interface", "'ip link' lists them"}},
    {CALL(JOIN),
     EPERM,
     NULL,
     {RESULT_FAILED, "not permitted", "its socket stays bound to the old interface",
      "start the server again"}},
    {CALL(INTERFACE),
     EPERM,
     NULL,
     {RESULT_FAILED, "not permitted", "no permission",
      "the socket is already bound to another interface"}},

    {ANY_CALL,
     EMFILE,
     NULL,
     {RESULT_FAILED, "too many files", "too many open files", "raise the limit with 'ulimit -n'"}},
    {ANY_CALL,
     ENFILE,
     NULL,
     {RESULT_FAILED, "too many files", "too many open files on this machine",
      "raise the limit fs.file-max"}},
    {CALL(OTHER),
     ENXIO,
     NULL,
     {RESULT_FAILED, "no reader", "a FIFO without a reader, or a socket", NULL}},
    {ANY_CALL, ENOMEM, NULL, {RESULT_FAILED, "no memory", "not enough memory", NULL}},
    {ANY_CALL,
     EINTR,
     NULL,
     {RESULT_FAILED, "interrupted", "interrupted by a signal: the call is repeated", NULL}},
};

static const struct endpoint nowhere; /* ENDPOINT_NONE */

static const struct row *find_row(enum reason_call call, int error, const struct endpoint *local,
                                  const struct endpoint *peer)
{
    if (local == NULL)
        local = &nowhere;
    if (peer == NULL)
        peer = &nowhere;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if ((rows[i].calls & 1U << call) != 0 && rows[i].error == error &&
            (rows[i].fits == NULL || rows[i].fits(local, peer)))
            return &rows[i];
    return NULL;
}

bool reason_is_known(enum reason_call call, int error, const struct endpoint *local,
                     const struct endpoint *peer)
{
    return find_row(call, error, local, peer) != NULL;
}

struct reason reason_of_errno(enum reason_call call, int error, const struct endpoint *local,
                              const struct endpoint *peer)
{
    const struct row *row = find_row(call, error, local, peer);

    const char *text;

    if (row != NULL)
        return row->reason;
    text = strerror(error); /* once: a second call may overwrite the text of the first */
    return (struct reason){.status = RESULT_FAILED, .brief = text, .why = text};
}

const char *reason_sentence(const struct reason *reason, char *out, size_t size_bytes)
{
    snprintf(out, size_bytes, "%s%s%s", reason->why, reason->remedy != NULL ? ": " : "",
             reason->remedy != NULL ? reason->remedy : "");
    return out;
}

const char *reason_text(int error)
{
    return reason_of_errno(REASON_OTHER, error, NULL, NULL).why;
}

const char *reason_brief(enum reason_call call, int error)
{
    return reason_of_errno(call, error, NULL, NULL).brief;
}

/* ---- ICMP */

static const char firewall_or_closed[] = "nothing listens there, or a firewall rejects it";
static const char forbidden[] = "a firewall or router on the path blocks it";
static const char no_neighbour[] = "no machine on its network has that address";
static const char no_route[] = "a router on the path has no route to it";
static const char too_big[] = "it is too big for the next hop";
static const char expired[] = "its hop limit is used up: a routing loop, or --ttl is too small";
static const char not_put_together[] = "a fragment of it was lost";
static const char malformed[] = "its IP header has an error";

static const struct icmp_row {
    bool ipv6;
    uint8_t type, code;
    struct icmp_words {
        const char *name, *meaning; /* meaning: NULL if none is known */
    } words;
} icmp_rows[] = {
    {false, 3, 0, {"network unreachable", no_route}},
    {false, 3, 1, {"host unreachable", no_neighbour}},
    {false,
     3,
     2,
     {"protocol unreachable", "the machine does not accept UDP, or a firewall rejects it"}},
    {false, 3, 3, {"port unreachable", firewall_or_closed}},
    {false, 3, 4, {"fragmentation needed", too_big}},
    {false, 3, 5, {"source route failed", NULL}},
    {false, 3, 6, {"network unknown", no_route}},
    {false, 3, 7, {"host unknown", no_neighbour}},
    {false, 3, 8, {"source host isolated", NULL}},
    {false, 3, 9, {"network administratively prohibited", forbidden}},
    {false, 3, 10, {"host administratively prohibited", forbidden}},
    {false, 3, 11, {"network unreachable for this type of service", no_route}},
    {false, 3, 12, {"host unreachable for this type of service", no_route}},
    {false, 3, 13, {"administratively prohibited", forbidden}},
    {false, 3, 14, {"host precedence violation", forbidden}},
    {false, 3, 15, {"precedence cutoff in effect", forbidden}},
    {false, 11, 0, {"hop limit exceeded", expired}},
    {false, 12, 0, {"parameter problem", malformed}},
    {false, 12, 1, {"required option missing", malformed}},
    {false, 12, 2, {"bad length", malformed}},
    {true, 1, 0, {"no route to destination", no_route}},
    {true, 1, 1, {"administratively prohibited", forbidden}},
    {true, 1, 2, {"beyond scope of source address", "send from an address of a wider scope"}},
    {true, 1, 3, {"address unreachable", no_neighbour}},
    {true, 1, 4, {"port unreachable", firewall_or_closed}},
    {true, 1, 5, {"source address failed policy", forbidden}},
    {true, 1, 6, {"route rejected", forbidden}},
    {true, 2, 0, {"packet too big", too_big}},
    {true, 3, 0, {"hop limit exceeded", expired}},
    {true, 3, 1, {"reassembly time exceeded", not_put_together}},
    {true, 4, 0, {"parameter problem", malformed}},
    {true,
     4,
     1,
     {"unknown next header", "the machine does not accept UDP, or a firewall rejects it"}},
    {true, 4, 2, {"unknown IPv6 option", malformed}},
};

static struct icmp_words reason_find_icmp(const struct reason_icmp *icmp)
{
    for (size_t i = 0; i < COUNT_OF(icmp_rows); i++)
        if (icmp_rows[i].ipv6 == icmp->ipv6 && icmp_rows[i].type == icmp->type &&
            icmp_rows[i].code == icmp->code)
            return icmp_rows[i].words;
    return (struct icmp_words){.name = "an ICMP error of an unknown kind"};
}

const char *reason_icmp_sentence(const struct reason_icmp *icmp, const struct zones *zones,
                                 char *out, size_t size_bytes)
{
    struct icmp_words words = reason_find_icmp(icmp);
    struct builder text = builder_begin(out, size_bytes);
    char from[ENDPOINT_TEXT_SIZE];

    builder_add(&text, "%s reports %s (%s type %u code %u)",
                endpoint_format_address_in(icmp->from, zones, from, sizeof from), words.name,
                icmp->ipv6 ? "ICMPv6" : "ICMP", icmp->type, icmp->code);
    if (icmp->mtu > 0)
        builder_add(&text, ": the MTU of its next hop is %" PRIu32, icmp->mtu);
    else if (words.meaning != NULL)
        builder_add(&text, ": %s", words.meaning);
    return out;
}
