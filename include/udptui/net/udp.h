/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* udp: UDP sockets, opened with everything the program reads from them switched on. */
#ifndef UDPTUI_NET_UDP_H
#define UDPTUI_NET_UDP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/net/socket.h"
#include "udptui/proto/call.h"
#include "udptui/proto/endpoint.h"
#include "udptui/proto/reason.h"

enum { UDP_ERROR_SIZE = 512 };

/* How datagrams to multicast groups leave. */
struct udp_multicast {
    int hops;     /* routers they may pass: 1 .. 255; 0: unchanged (Linux lets 0 out, RFC 1112) */
    bool no_loop; /* programs of this machine do not get them */
};

/* What to open. Zero is the default of each field. */
struct udp_options {
    bool dual_stack;          /* an IPv6 socket also takes IPv4 (server on ::) */
    bool reuse_port;          /* SO_REUSEPORT: several engine threads on one port */
    bool hold;                /* nothing is received until steer_release (net/steer) */
    bool share_port;          /* SO_REUSEADDR: with other programs that allow it, too */
    bool broadcast;           /* SO_BROADCAST */
    bool gro;                 /* UDP_GRO: the kernel may hand over several datagrams as one */
    bool error_queue;         /* IP_RECVERR: ICMP errors are reported, with their sender */
    bool send_stamps;         /* SO_TIMESTAMPING: the error queue has each datagram's send time */
    bool stamps_on_request;   /* the same of the items that ask for it (batch_item.stamp) alone */
    int receive_buffer_bytes; /* SO_RCVBUF to set, 0: unchanged */
    int send_buffer_bytes;    /* SO_SNDBUF to set, 0: unchanged */
    int hop_limit;            /* IP_TTL, IPV6_UNICAST_HOPS, multicast too; 0: unchanged */
    int unicast_hop_limit;    /* IP_TTL, IPV6_UNICAST_HOPS alone; 0: unchanged */
    int dscp;                 /* 1..63 into IP_TOS, IPV6_TCLASS; 0: unchanged */
    bool dont_fragment;       /* too big for the path: EMSGSIZE instead of fragments */
    bool probe_path;          /* the same, and only what is too big for the interface is EMSGSIZE
                                 at once: ICMP errors for the rest come by the error queue */
    const char *interface;    /* SO_BINDTODEVICE: only by this one; NULL: by the routes */
    const struct udp_multicast *multicast; /* NULL: unchanged */
    const struct call_trace *trace;        /* gets each call on the socket; NULL: none. Borrowed */
};

/*
 * A socket bound to `local` (port 0: any free port). Returns true, or false with error
 * (UDP_ERROR_SIZE) holding "what: why: what to do" without "udptui: ".
 */
bool udp_open_server(const struct endpoint *local, const struct udp_options *options,
                     struct udp_socket *out, char *error);

/*
 * A server's socket that another program made and bound. It is non-blocking from here on, and the
 * options are set on it, but for dual_stack, reuse_port, hold and share_port, which count only
 * before bind(2). fd belongs to *out; it is closed if the result is false, with error set: why it is of no
 * use.
 */
bool udp_adopt_server(int fd, const struct udp_options *options, struct udp_socket *out,
                      char *error);

/*
 * A socket for sending to `peer`. Bound to *local if local is not NULL. With connect, it is
 * connected: it receives from the peer only, and gets ICMP errors.
 */
bool udp_open_client(const struct endpoint *peer, const struct endpoint *local, bool connect,
                     const struct udp_options *options, struct udp_socket *out, char *error);

/*
 * The address that datagrams to `peer` leave from, port 0, chosen by the routes or fixed by the
 * address of *local (not NULL). Finds out with a separate socket that has the options' broadcast,
 * interface and trace; connect(2) sends nothing (udp(7)). False with error as above: it describes
 * the problem with the source, the route or the interface.
 */
bool udp_find_source(const struct endpoint *peer, const struct endpoint *local,
                     const struct udp_options *options, struct endpoint *source, char *error);

/* Whether the address is one of this machine's; finds out by bind(2) of a separate socket. */
bool udp_is_ours(const struct endpoint *address);

/* After EACCES from a call towards peer: REASON_BROADCAST or REASON_PROHIBITED, or the call itself
 * if that is unknown. Finds out with a separate socket. */
enum reason_call udp_why_denied(const struct udp_socket *socket, enum reason_call call,
                                const struct endpoint *peer);

/* Closes the socket; does nothing if it is not open. */
void udp_close(struct udp_socket *socket);

/* The numbers of a socket with send_stamps (net/icmp) begin at 0 again. */
void udp_restart_stamps(const struct udp_socket *socket);

/* A socket that listens on a link-local address is bound to its interface (ipv6(7)): binds it to
 * another one, which takes CAP_NET_RAW. Any other socket is left alone. Returns 0 or an errno. */
int udp_follow_interface(const struct udp_socket *socket, uint32_t index);

/* Joins or leaves a multicast group (IGMP RFC 3376, MLD RFC 3810) on the interface of its scope,
 * which counts for IPv4, too. Returns 0 or an errno. */
int udp_set_membership(const struct udp_socket *socket, const struct endpoint *group, bool join);

/* Datagrams dropped at the full receive queue since the socket was opened or adopted (SO_MEMINFO;
 * the kernel counts them in 32 bits), and the bytes waiting in it. Either pointer may be NULL.
 * False if the kernel does not report it. */
bool udp_queue_info(const struct udp_socket *socket, uint64_t *dropped, uint32_t *waiting_bytes);

/* The path MTU towards peer that the kernel assumes (IP_MTU, IPV6_MTU): read from a separate
 * socket, because only connected ones have it. 0 if it is not known. */
int udp_path_mtu(const struct udp_socket *socket, const struct endpoint *peer);

#endif
