/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * steer: which of several threads a client's datagrams go to.
 *
 * Each thread has a socket on each port (SO_REUSEPORT). By default the kernel chooses among the
 * sockets of one port by a hash of both addresses and ports (udp_ehashfn in net/ipv4/udp.c): a client
 * that sends to two of our ports, or to two of the addresses that we listen on, is then known to two
 * threads, each with a part of its counts. A program of classic BPF, which needs no privileges
 * (socket(7), SO_ATTACH_REUSEPORT_CBPF), chooses by the client alone.
 *
 * A client is an address and a port, as everywhere in this program. The address alone would keep a
 * client that changes its port on its thread, but also everybody behind one NAT, and all clients of a
 * load generator: with the usual one machine that sends, one thread would do all the work.
 */
#ifndef UDPTUI_NET_STEER_H
#define UDPTUI_NET_STEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/net/socket.h"
#include "udptui/proto/endpoint.h"

enum { STEER_WORDS = 5, STEER_THREADS_MAX = 256 };

/* The choice: a multilinear hash of the port and the words of the address, with factors that a
 * sender cannot know: else he could send all to one thread. Of such a hash successive ports or
 * addresses are steps of one length around a circle, and some lengths leave parts of it out; so its
 * halves are mixed. */
struct steer {
    uint32_t threads;              /* 1 .. STEER_THREADS_MAX */
    uint32_t factors[STEER_WORDS]; /* of the port, then of the words of the address; odd */
    uint32_t mix;                  /* odd */
};

/* Draws the factors. threads: 1 to STEER_THREADS_MAX. Nothing is to be freed. */
void steer_open(struct steer *steer, size_t threads);

/* Below steer->threads. */
size_t steer_thread(const struct steer *steer, const struct endpoint *client);

/* Whether the socket's thread takes what each thread gets a copy of. */
bool steer_takes(const struct udp_socket *socket, const struct endpoint *client);

/* Until steer_release the socket receives nothing; the kernel counts what comes as dropped. To be
 * called before bind(2): what comes before the last socket is bound and steer_attach is called
 * would be with a wrong thread. Fails silently: then it may be. */
void steer_hold(const struct udp_socket *socket);

/* False with errno set: it goes on receiving nothing. */
bool steer_release(const struct udp_socket *socket);

/* Lets the kernel choose as steer_thread does among the sockets that share the port of a bound one:
 * thread i gets what is for the one that was bound as number i. False: the kernel has no such
 * program (before Linux 4.5), and chooses by its own hash. */
bool steer_attach(const struct udp_socket *socket, const struct steer *steer);

#endif
