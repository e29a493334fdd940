/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* batch_trace: the calls of a batch, for a socket that has a trace. */
#ifndef UDPTUI_NET_BATCH_TRACE_INTERNAL_H
#define UDPTUI_NET_BATCH_TRACE_INTERNAL_H

#include <stddef.h>

#include "udptui/net/batch.h"
#include "udptui/proto/call.h"
#include "udptui/proto/datagram.h"

/* A send of items[0 .. wanted) of which the kernel took `result`, or less than 0. */
void batch_trace_send(const struct udp_socket *socket, enum call_kind kind,
                      const struct batch_item *items, size_t wanted, int result);

/* A receive of datagrams[0 .. result); bytes are those of one message with CALL_RECVMSG. */
void batch_trace_receive(const struct udp_socket *socket, enum call_kind kind,
                         const struct datagram *datagrams, size_t wanted, int result);

#endif
