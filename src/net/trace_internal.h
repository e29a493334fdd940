/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trace: tells a socket's trace, where it has one, of the calls made on it. Without one each system
 * call costs a branch that is always taken the same way.
 */
#ifndef UDPTUI_NET_TRACE_INTERNAL_H
#define UDPTUI_NET_TRACE_INTERNAL_H

#include "udptui/net/batch.h"
#include "udptui/net/udp.h"
#include "udptui/proto/call.h"

/*
 * call: what was asked for; the descriptor, the result, errno and the time are filled in here.
 * errno is kept. Only for a socket with a trace.
 */
void trace_tell(const struct udp_socket *socket, int result, const struct call *call);

/* The same for any socket, where a call more or less is all one (not for batches). Returns
 * result. */
static inline int trace_call(const struct udp_socket *socket, int result, const struct call *call)
{
    if (socket->trace != NULL)
        trace_tell(socket, result, call);
    return result;
}

/* A send of items[0 .. wanted) of which the kernel took `result`, or less than 0. */
void trace_send(const struct udp_socket *socket, enum call_kind kind,
                const struct batch_item *items, size_t wanted, int result);

/* A receive of datagrams[0 .. result); bytes are those of one message with CALL_RECVMSG. */
void trace_receive(const struct udp_socket *socket, enum call_kind kind,
                   const struct datagram *datagrams, size_t wanted, int result);

#endif
