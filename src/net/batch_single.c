/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* batch_single: recvmsg(2) and sendmsg(2), for systems without the mmsg calls. */
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "batch_internal.h"
#include "batch_trace_internal.h"
#include "udptui/net/batch.h"
#include "udptui/sys/wait.h"

struct batch_receiver {
    uint8_t *buffer;
    struct msghdr header;
    struct batch_receive_slot memory;
    struct datagram datagram;
    bool used; /* since the last batch_receive */
};

struct batch_sender {
    struct msghdr header;
    struct batch_send_slot memory;
};

void batch_receiver_close(struct batch_receiver *receiver)
{
    if (receiver == NULL)
        return;
    free(receiver->buffer);
    free(receiver);
}

struct batch_receiver *batch_receiver_open(size_t slots, size_t buffer_bytes)
{
    struct batch_receiver *receiver = calloc(1, sizeof *receiver);

    (void)slots;
    if (receiver == NULL)
        return NULL;
    receiver->buffer = calloc(1, buffer_bytes);
    if (receiver->buffer == NULL) {
        batch_receiver_close(receiver);
        return NULL;
    }
    batch_message_wire(&receiver->header, &receiver->memory, receiver->buffer, buffer_bytes);
    return receiver;
}

size_t batch_receiver_room(const struct batch_receiver *receiver)
{
    return !receiver->used;
}

int batch_receive_more(struct batch_receiver *receiver, const struct udp_socket *socket,
                       size_t limit, const struct datagram **out)
{
    ssize_t received;

    if (limit == 0 || receiver->used)
        return 0;
    batch_message_reset(&receiver->header);
    while ((received = recvmsg(socket->fd, &receiver->header, MSG_DONTWAIT)) < 0) {
        if (socket->trace != NULL)
            batch_trace_receive(socket, CALL_RECVMSG, NULL, 1, -1);
        if (errno != EINTR)
            break;
    }
    if (received < 0)
        return errno == EAGAIN ? 0 : -wait_after_error(errno);
    receiver->used = true;
    batch_message_parse(&receiver->header, (size_t)received, socket, &receiver->datagram);
    if (socket->trace != NULL)
        batch_trace_receive(socket, CALL_RECVMSG, &receiver->datagram, 1, 1);
    *out = &receiver->datagram;
    return batch_message_is_wanted(socket, &receiver->datagram) ? 1 : 0;
}

int batch_receive(struct batch_receiver *receiver, const struct udp_socket *socket, size_t limit,
                  const struct datagram **out)
{
    receiver->used = false;
    return batch_receive_more(receiver, socket, limit, out);
}

void batch_sender_close(struct batch_sender *sender)
{
    free(sender);
}

struct batch_sender *batch_sender_open(size_t items)
{
    (void)items;
    return calloc(1, sizeof(struct batch_sender));
}

void batch_send(struct batch_sender *sender, const struct udp_socket *socket,
                const struct batch_item *items, size_t count, uint16_t *sent, int *results)
{
    for (size_t i = 0; i < count; i++)
        results[i] = batch_message_send_singly(&sender->header, &sender->memory, &items[i], socket,
                                               &sent[i]);
}

int batch_send_first(struct batch_sender *sender, const struct udp_socket *socket,
                     const struct batch_item *items, size_t count)
{
    uint16_t sent;

    for (size_t i = 0; i < count; i++) {
        int error =
            batch_message_send_singly(&sender->header, &sender->memory, &items[i], socket, &sent);
        if (error != 0)
            return i > 0 ? (int)i : -error;
    }
    return (int)count;
}
