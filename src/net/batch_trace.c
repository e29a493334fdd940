/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "batch_trace_internal.h"

#include <sys/socket.h>

#include "trace_internal.h"

/* A call for one message returns its bytes, a call for several their number. */
static void batch_trace_messages(const struct udp_socket *socket, struct call *call, int messages)
{
    bool single = call->kind == CALL_RECVMSG || call->kind == CALL_SENDMSG;

    call->value = MSG_DONTWAIT;
    trace_note(socket, single && messages > 0 ? (int)call->bytes : messages, call);
}

void batch_trace_send(const struct udp_socket *socket, enum call_kind kind,
                      const struct batch_item *items, size_t wanted, int result)
{
    struct call call = {.kind = (uint8_t)kind, .wanted = (uint32_t)wanted, .peer = items[0].peer};

    for (int i = 0; i < result; i++) {
        call.datagrams += items[i].count;
        call.bytes += (uint32_t)items[i].size_bytes;
    }
    batch_trace_messages(socket, &call, result);
}

void batch_trace_receive(const struct udp_socket *socket, enum call_kind kind,
                         const struct datagram *datagrams, size_t wanted, int result)
{
    struct call call = {.kind = (uint8_t)kind, .wanted = (uint32_t)wanted};

    if (result > 0)
        call.peer = datagrams[0].peer;
    for (int i = 0; i < result; i++) {
        call.datagrams += (uint32_t)datagram_messages(&datagrams[i]);
        call.bytes += (uint32_t)datagrams[i].size_bytes;
    }
    batch_trace_messages(socket, &call, result);
}
