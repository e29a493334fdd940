/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* listen: opens the sockets for the typed addresses, and joins multicast groups. */
#ifndef UDPTUI_SERVER_LISTEN_H
#define UDPTUI_SERVER_LISTEN_H

#include <stdbool.h>
#include <stddef.h>

#include "udptui/base/opts.h"
#include "udptui/base/problem.h"
#include "udptui/net/groups.h"
#include "udptui/net/steer.h"
#include "udptui/net/udp.h"
#include "udptui/proto/event.h"
#include "udptui/server/engine.h"
#include "udptui/server/options.h"

enum {
    LISTEN_SOCKET_BUFFER_BYTES = 4 << 20,
    LISTEN_JOIN_SIZE = ENDPOINT_TEXT_SIZE + 16,
    LISTEN_SLOW_BUFFER_BYTES = 16 << 10, /* of --slow: small enough to overflow visibly */
};

struct listening {
    const struct server_options *options; /* borrowed */
    const struct call_trace *trace;       /* gets the calls on the sockets; borrowed; NULL: none */
    struct udp_socket sockets[SERVER_THREADS_MAX][ENGINE_SOCKETS_MAX];
    size_t socket_count; /* of each thread */
    bool paired;         /* the second half of them is for answers from another port */
    struct endpoint wanted[ENGINE_SOCKETS_MAX]; /* what they are opened for; a group's interface */
    uint16_t operands[ENGINE_SOCKETS_MAX];      /* which of the typed addresses each belongs to */
    size_t wanted_count;
    struct steer steer;   /* which thread gets which client */
    struct groups groups; /* joined by each thread's sockets */
};

/*
 * Opens a socket for each thread on each address and port that is named (empty list: the default),
 * or takes over those of options.inherited, and joins the groups. It uses the options join, family,
 * reuse, threads, receive_buffer_bytes, and for UDP_GRO buffer_bytes, count, batch, slow_per_s,
 * no_gro. False with the problem set.
 * listen_close must follow either way.
 */
bool listen_open(struct listening *listening, const struct server_options *options,
                 const struct call_trace *trace, const struct opts_operands *addresses,
                 struct problem *problem);

/* The group of --join, "GROUP[%IF]", with the index of its interface in scope. False with the
 * problem set. */
bool listen_find_group(const char *text, struct endpoint *out, struct problem *problem);

/* Opens one more socket for each, on the same address and a port that the kernel chooses, for
 * answers from another port: socket i + socket_count / 2 for socket i. After listen_open. False with
 * the problem set. */
bool listen_open_pairs(struct listening *listening, struct problem *problem);

/* Closes the sockets, and the watch of the groups unless it was handed over (groups.watch is -1
 * then). May be called again,
 * and with a struct that is all zero. */
void listen_close(struct listening *listening);

/* Sets the scope of a group's address to the interface on which it was joined. */
void listen_add_interface(const struct listening *listening, struct endpoint *group);

/* The address by which other hosts best reach it (see net/reach), a group's with its interface.
 * False if there is none; *broadcast: the sender must permit broadcast. */
bool listen_reach(const struct listening *listening, struct endpoint *out, bool *broadcast);

/* "192.168.0.108:4010", "239.1.1.1%eth0:4010": what socket number `socket` listens on. out:
 * ENDPOINT_TEXT_SIZE. Returns out. */
const char *listen_format_address(const struct listening *listening, size_t socket, char *out,
                                  size_t size);

/* All that it listens on, on one line: "127.0.0.1:4010-4012, [::1]:4010 + 239.1.1.1". out: cut to
 * size, always terminated. */
void listen_list_addresses(const struct listening *listening, char *out, size_t size);

/* What others type behind `udptui send` to reach it best: "192.168.0.108", "--broadcast
 * 192.168.0.255:5000"; the default port of IPv4 is left out. out: LISTEN_JOIN_SIZE. False if there
 * is none. */
bool listen_format_join(const struct listening *listening, char *out, size_t size);

/* The address of the first socket, with the port that the kernel chose. */
const struct endpoint *listen_first_address(const struct listening *listening);

/* The size of the first socket's receive buffer as the kernel says it. */
uint64_t listen_receive_buffer_bytes(const struct listening *listening);

/* The joined groups: how many, and group number `group` (below that) as the event of its joining,
 * without a time and with scope 0: the interface is in it by name. */
size_t listen_group_count(const struct listening *listening);
struct event_membership listen_describe_group(const struct listening *listening, size_t group);

#endif
