/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* batch_mmsg: recvmmsg(2) and sendmmsg(2). */
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "batch_internal.h"
#include "batch_trace_internal.h"
#include "udptui/net/batch.h"
#include "udptui/proto/event.h"
#include "udptui/sys/wait.h"

struct batch_receiver {
    size_t slots;
    size_t used; /* headers that the calls since the last batch_receive changed */
    uint8_t *buffers;
    struct mmsghdr *headers;
    struct batch_receive_slot *memory;
    struct datagram *datagrams;
};

void batch_receiver_close(struct batch_receiver *receiver)
{
    if (receiver == NULL)
        return;
    free(receiver->buffers);
    free(receiver->headers);
    free(receiver->memory);
    free(receiver->datagrams);
    free(receiver);
}

struct batch_receiver *batch_receiver_open(size_t slots, size_t buffer_bytes)
{
    struct batch_receiver *receiver = calloc(1, sizeof *receiver);

    if (receiver == NULL)
        return NULL;
    receiver->slots = slots;
    receiver->buffers = calloc(slots, buffer_bytes);
    receiver->headers = calloc(slots, sizeof *receiver->headers);
    receiver->memory = calloc(slots, sizeof *receiver->memory);
    receiver->datagrams = calloc(slots, sizeof *receiver->datagrams);
    if (receiver->buffers == NULL || receiver->headers == NULL || receiver->memory == NULL ||
        receiver->datagrams == NULL) {
        batch_receiver_close(receiver);
        return NULL;
    }
    for (size_t i = 0; i < slots; i++)
        batch_message_wire(&receiver->headers[i].msg_hdr, &receiver->memory[i],
                           receiver->buffers + i * buffer_bytes, buffer_bytes);
    return receiver;
}

/* Drops those of datagrams[0 .. count) that are not for the socket. Returns how many remain. */
static size_t keep_wanted(struct datagram *datagrams, size_t count, const struct udp_socket *socket)
{
    size_t kept = 0;

    for (size_t i = 0; i < count; i++) {
        const struct datagram *datagram = &datagrams[i];
        if ((datagram->flags & (MESSAGE_BROADCAST | MESSAGE_MULTICAST)) != 0 &&
            !batch_message_is_wanted(socket, datagram))
            continue;
        if (kept != i)
            datagrams[kept] = *datagram;
        kept++;
    }
    return kept;
}

size_t batch_receiver_room(const struct batch_receiver *receiver)
{
    return receiver->slots - receiver->used;
}

int batch_receive_more(struct batch_receiver *receiver, const struct udp_socket *socket,
                       size_t limit, const struct datagram **out)
{
    struct mmsghdr *headers = receiver->headers + receiver->used;
    struct datagram *datagrams = receiver->datagrams + receiver->used;
    size_t room = limit < batch_receiver_room(receiver) ? limit : batch_receiver_room(receiver);
    int received;

    if (room == 0)
        return 0;
    while ((received = recvmmsg(socket->fd, headers, (unsigned)room, MSG_DONTWAIT, NULL)) < 0) {
        if (socket->trace != NULL)
            batch_trace_receive(socket, CALL_RECVMMSG, NULL, room, received);
        if (errno != EINTR)
            break;
    }
    if (received < 0)
        return errno == EAGAIN ? 0 : -wait_after_error(errno);
    receiver->used += (size_t)received;
    for (int i = 0; i < received; i++)
        batch_message_parse(&headers[i].msg_hdr, headers[i].msg_len, socket, &datagrams[i]);
    if (socket->trace != NULL)
        batch_trace_receive(socket, CALL_RECVMMSG, datagrams, room, received);
    *out = datagrams;
    return (int)keep_wanted(datagrams, (size_t)received, socket);
}

int batch_receive(struct batch_receiver *receiver, const struct udp_socket *socket, size_t limit,
                  const struct datagram **out)
{
    for (size_t i = 0; i < receiver->used; i++)
        batch_message_reset(&receiver->headers[i].msg_hdr);
    receiver->used = 0;
    return batch_receive_more(receiver, socket, limit, out);
}

struct batch_sender {
    struct mmsghdr *headers;
    struct batch_send_slot *memory;
};

void batch_sender_close(struct batch_sender *sender)
{
    if (sender == NULL)
        return;
    free(sender->headers);
    free(sender->memory);
    free(sender);
}

struct batch_sender *batch_sender_open(size_t items)
{
    struct batch_sender *sender = calloc(1, sizeof *sender);

    if (sender == NULL)
        return NULL;
    sender->headers = calloc(items, sizeof *sender->headers);
    sender->memory = calloc(items, sizeof *sender->memory);
    if (sender->headers == NULL || sender->memory == NULL) {
        batch_sender_close(sender);
        return NULL;
    }
    return sender;
}

/* The kernel refused item i: notes that, or sends it singly if only segmentation was refused. */
static void batch_note_refused(struct batch_sender *sender, const struct udp_socket *socket,
                               const struct batch_item *items, size_t i, uint16_t *sent,
                               int *results)
{
    int error = errno;

    sent[i] = 0;
    results[i] = error;
    if (items[i].count > 1 && (error == EIO || error == EINVAL || error == EMSGSIZE))
        results[i] = batch_message_send_singly(&sender->headers[i].msg_hdr, &sender->memory[i],
                                               &items[i], socket, &sent[i]);
}

/* One call, repeated after EINTR. Returns how many of the items went out, or -1. */
static int batch_send_once(struct batch_sender *sender, const struct udp_socket *socket,
                           const struct batch_item *items, size_t first, size_t count)
{
    int taken;

    do {
        taken =
            sendmmsg(socket->fd, sender->headers + first, (unsigned)(count - first), MSG_DONTWAIT);
        if (socket->trace != NULL)
            batch_trace_send(socket, CALL_SENDMMSG, &items[first], count - first, taken);
    } while (taken < 0 && errno == EINTR);
    return taken;
}

static void batch_build(struct batch_sender *sender, const struct udp_socket *socket,
                        const struct batch_item *items, size_t count)
{
    for (size_t i = 0; i < count; i++)
        batch_message_build(&sender->headers[i].msg_hdr, &sender->memory[i], &items[i],
                            socket->family);
}

void batch_send(struct batch_sender *sender, const struct udp_socket *socket,
                const struct batch_item *items, size_t count, uint16_t *sent, int *results)
{
    size_t done = 0;

    batch_build(sender, socket, items, count);
    while (done < count) {
        int taken = batch_send_once(sender, socket, items, done, count);
        if (taken < 0) {
            batch_note_refused(sender, socket, items, done, sent, results);
            done++;
        }
        for (; taken > 0; taken--, done++) {
            sent[done] = items[done].count;
            results[done] = 0;
        }
    }
}

int batch_send_first(struct batch_sender *sender, const struct udp_socket *socket,
                     const struct batch_item *items, size_t count)
{
    batch_build(sender, socket, items, count);
    int taken = batch_send_once(sender, socket, items, 0, count);
    return taken < 0 ? -errno : taken;
}
