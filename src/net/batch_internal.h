/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* batch_message: converts between the kernel's msghdr and our datagrams; both batch files use
 * it. */
#ifndef UDPTUI_NET_BATCH_INTERNAL_H
#define UDPTUI_NET_BATCH_INTERNAL_H

#include <sys/socket.h>

#include "udptui/net/batch.h"
#include "udptui/proto/datagram.h"

enum { BATCH_RECEIVE_CONTROL_SIZE = 256, BATCH_SEND_CONTROL_SIZE = 160 };

/* One message to receive into or to send from, with the memory its msghdr points to. */
struct batch_receive_slot {
    struct sockaddr_storage peer;
    struct iovec payload;
    _Alignas(struct cmsghdr) char control[BATCH_RECEIVE_CONTROL_SIZE];
};

struct batch_send_slot {
    struct sockaddr_storage peer;
    struct iovec payload;
    _Alignas(struct cmsghdr) char control[BATCH_SEND_CONTROL_SIZE];
};

/* Points header at the slot's memory and the buffer: once, when the batch is made. */
void batch_message_wire(struct msghdr *header, struct batch_receive_slot *slot, uint8_t *buffer,
                        size_t buffer_bytes);

/* Sets the lengths that the last receive changed. */
void batch_message_reset(struct msghdr *header);

/* What was received, from a header the kernel filled. */
void batch_message_parse(const struct msghdr *header, size_t received_bytes,
                         const struct udp_socket *socket, struct datagram *out);

/* Whether the socket takes it: an IPv6 group on an interface that it did not join on (the kernel
 * looks at the group alone) and a second copy of a broadcast are not for it. */
bool batch_message_is_wanted(const struct udp_socket *socket, const struct datagram *datagram);

/* Points header at the slot and fills both from the item. */
void batch_message_build(struct msghdr *header, struct batch_send_slot *slot,
                         const struct batch_item *item, int socket_family);

/* Sends an item's datagrams one by one. Returns 0 or an errno; *sent counts them. */
int batch_message_send_singly(struct msghdr *header, struct batch_send_slot *slot,
                              const struct batch_item *item, const struct udp_socket *socket,
                              uint16_t *sent);

#endif
