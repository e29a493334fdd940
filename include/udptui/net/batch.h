/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * batch: many datagrams a system call.
 *
 * All buffers and headers are made and wired once; a call resets lengths only. Two files implement
 * this header, chosen by configure: batch_mmsg.c (recvmmsg, sendmmsg) and batch_single.c (one
 * datagram a call, plain POSIX). Neither waits for datagrams; the caller decides about the rest.
 */
#ifndef UDPTUI_NET_BATCH_H
#define UDPTUI_NET_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/net/socket.h"
#include "udptui/proto/datagram.h"

struct batch_receiver;

/*
 * slots: datagrams a call, 1..1024. buffer_bytes: for each; a longer datagram is cut and flagged.
 * NULL if memory is short. batch_receiver_close frees (NULL allowed).
 */
struct batch_receiver *batch_receiver_open(size_t slots, size_t buffer_bytes);
void batch_receiver_close(struct batch_receiver *receiver);

/*
 * Receives the available datagrams, at most min(slots, limit), without blocking. *out points to the
 * datagrams, valid until the next call. Returns their number, 0 if nothing is there or only what is
 * not for the socket (see net/groups), or -errno (EINTR is retried; an error that may stay has taken
 * 1 ms, wait_after_error).
 */
int batch_receive(struct batch_receiver *receiver, const struct udp_socket *socket, size_t limit,
                  const struct datagram **out);

/* The same, but the datagrams of the calls since the latest batch_receive stay valid; for at most
 * batch_receiver_room more. */
int batch_receive_more(struct batch_receiver *receiver, const struct udp_socket *socket,
                       size_t limit, const struct datagram **out);
size_t batch_receiver_room(const struct batch_receiver *receiver);

/* One send: `count` equal datagrams' worth of bytes to one peer. */
struct batch_item {
    struct endpoint peer;   /* ENDPOINT_NONE: the one that the socket is connected to */
    struct endpoint source; /* the address to leave from (ENDPOINT_NONE: the kernel chooses) */
    const uint8_t *bytes;   /* count * segment_bytes, contiguous (the last may be shorter) */
    size_t size_bytes;      /* all of them together */
    uint16_t segment_bytes; /* UDP payload of each; 0 with an empty datagram */
    uint16_t count;         /* datagrams in this item; above 1 needs segmentation (UDP_SEGMENT) */
    uint8_t hop_limit;      /* of a unicast; 0: the socket's */
    uint8_t traffic_class;  /* TOS or traffic class octet; 0: the socket's */
    bool stamp; /* asks for the time when its first datagram leaves: net/icmp has it, of a
                             * socket with stamps_on_request */
};

struct batch_sender;

/* items: at most so many a call. NULL if memory is short. */
struct batch_sender *batch_sender_open(size_t items);
void batch_sender_close(struct batch_sender *sender);

/*
 * Sends items[0 .. count) in order. results[i] becomes 0 if item i went out whole, else an errno. A
 * partial call is resumed; a refused item is noted and skipped (EINTR is retried); none blocks. An
 * item that cannot be segmented (EIO, EINVAL) or whose segments are too big (EMSGSIZE) is sent
 * datagram by datagram. sent[i] is the number of its datagrams that went out.
 */
void batch_send(struct batch_sender *sender, const struct udp_socket *socket,
                const struct batch_item *items, size_t count, uint16_t *sent, int *results);

/*
 * Sends items, each one datagram, in order until one is refused, without blocking. Returns how many
 * went out, or -errno of the first if none did (EINTR is retried).
 */
int batch_send_first(struct batch_sender *sender, const struct udp_socket *socket,
                     const struct batch_item *items, size_t count);

/*
 * Sends one item. An ICMP message about an earlier datagram makes a send fail without sending, with
 * its errno: whatever the errno is, it is sent again once, unless the queue is full (EAGAIN,
 * ENOBUFS). Returns 0 or an errno.
 */
int batch_send_one(struct batch_sender *sender, const struct udp_socket *socket,
                   const struct batch_item *item);

/* Whether the kernel has UDP_SEGMENT (udp(7), Linux 4.18): tried on the socket. */
bool batch_can_segment(const struct udp_socket *socket);

#endif
