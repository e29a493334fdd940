/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* message: a message of a server or a capture (proto/event) as the datagrams that it consists of. */
#ifndef UDPTUI_DISSECT_MESSAGE_H
#define UDPTUI_DISSECT_MESSAGE_H

#include "udptui/dissect/answer.h"
#include "udptui/dissect/request.h"
#include "udptui/proto/event.h"

/* The datagram and, if its bytes are kept, the reply to it. payload: event->stored_bytes bytes,
 * ack: event->ack_stored_bytes. Writes to out and returns how many: 1 or 2. The bytes are
 * borrowed. */
size_t dissect_message(const struct event_message *event, const uint8_t *payload,
                       const uint8_t *ack, struct dissect_datagram out[DISSECT_ASKED_MAX]);

#endif
