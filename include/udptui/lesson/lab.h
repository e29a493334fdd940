/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lab: a small network of its own for a lesson, of network namespaces on this machine:
 *
 *     client 10.0.0.1 ----+
 *                       switch ---- 10.0.0.254 router 10.0.1.254 ---- far host 10.0.1.1
 *     neighbour 10.0.0.2 -+
 *
 * Nothing of it leaves this machine. What is on the links is read from a packet socket of each host
 * and becomes the legs of the ladder: the client at the left, the router and the neighbour in the
 * middle, the far host at the right. A datagram of a lesson begins with its label, up to a NUL.
 */
#ifndef UDPTUI_LESSON_LAB_H
#define UDPTUI_LESSON_LAB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/lesson/stage.h"
#include "udptui/net/udp.h"
#include "udptui/proto/endpoint.h"
#include "udptui/proto/ladder_leg.h"

enum lab_host { LAB_CLIENT, LAB_NEIGHBOUR, LAB_ROUTER, LAB_FAR, LAB_HOSTS };

enum {
    LAB_MTU = 1500,   /* of the links of the client, the neighbour and the router */
    LAB_SOCKETS = 4,  /* of each host */
    LAB_FRAMES = 256, /* that a ladder is made of */
    LAB_HEAD_SIZE = 96,
};

struct lab_plan {
    uint32_t far_mtu;   /* of the link between the router and the far host */
    bool silent_router; /* it sends the client no ICMP messages */
};

struct lab {
    struct udp_socket sockets[LAB_HOSTS][LAB_SOCKETS]; /* not bound */
    int packets[LAB_HOSTS];
    int far_index; /* of the router's interface towards the far host */
    int switch_fd; /* keeps the switch */
};

/* False if this machine does not permit it: then nothing is open. lab_close is the caller's. */
bool lab_open(const struct lab_plan *plan, struct lab *lab);
/* Closes the sockets and takes the network down; also if lab_open has failed. */
void lab_close(struct lab *lab);

/* A host's address, port 0: of the router on the client's side. */
struct endpoint lab_address(enum lab_host host);

/* Binds a socket, fills in its local endpoint. False: it is in use, or not an address here. */
bool lab_bind(struct udp_socket *socket, const struct endpoint *local);

/* An IPv4 packet at the interface of a host. */
struct lab_frame {
    int64_t wall_ns;
    enum lab_host host;
    bool far_link; /* on the link to the far host */
    bool out;      /* it left; else it came */
    size_t size_bytes;
    uint8_t bytes[LAB_HEAD_SIZE]; /* of the packet, from the IP header */
};

/*
 * The legs of these frames: for each one that left, where it arrived. A packet that the router
 * should have forwarded but did not is dropped there, with the note; a packet to all hosts of a
 * link is one leg. A leg's `frame` is one more than the index of the one that left. legs: room for
 * count. Returns how many.
 */
size_t lab_legs(const struct lab_frame *frames, size_t count, const char *dropped,
                struct ladder_leg *legs);

/* Adds the legs of all packets of an IP protocol (0: of each) that were on the links since the last
 * call to the ladder. */
void lab_draw(struct stage *stage, struct lab *lab, int protocol, const char *dropped);

/* Sends a text of that size (0: its own), padded with zeros. Returns 0 or the errno; only what the
 * kernel refused becomes a leg at once, the rest with lab_draw. */
int lab_send(struct stage *stage, const struct udp_socket *socket, const struct endpoint *to,
             const char *text, size_t size_bytes);

/* ---- for lessons that do with loopback if a lab is not permitted */

/* Sends a text from a socket of a lab, or else of this machine: then *leg is its leg, which is drawn
 * at once. Returns 0 or the errno. */
int lab_send_or_draw(struct stage *stage, bool in_lab, const struct udp_socket *socket,
                     const struct endpoint *to, const char *text, int *leg);

/* Whether the socket delivers a datagram; *wall_ns: when it came. Waits for it as long as a busy
 * machine may need if one is expected, else briefly. */
bool lab_receives(struct stage *stage, const struct udp_socket *socket, bool expected,
                  int64_t *wall_ns);

/* A note beside the legs between the left line and the next one whose label is the text. */
void lab_note(struct stage *stage, const char *text, const char *note);

#endif
