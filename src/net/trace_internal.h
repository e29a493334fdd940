/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trace: reports the calls on a socket to its trace, if it has one. Without a trace each system
 * call costs one branch that is always taken the same way.
 */
#ifndef UDPTUI_NET_TRACE_INTERNAL_H
#define UDPTUI_NET_TRACE_INTERNAL_H

#include "udptui/net/socket.h"
#include "udptui/proto/call.h"

/*
 * call: its arguments; the descriptor, the result, errno and the time are filled in here. errno is
 * kept. Only for a socket with a trace.
 */
void trace_note(const struct udp_socket *socket, int result, const struct call *call);

/* The same for any socket, with or without a trace, outside the batches. Returns result. */
static inline int trace_call(const struct udp_socket *socket, int result, const struct call *call)
{
    if (socket->trace != NULL)
        trace_note(socket, result, call);
    return result;
}

#endif
