/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * backlog: the latest messages, whole, in bounded memory.
 *
 * A ring of records and a ring of payload bytes. The oldest messages are dropped if either is full,
 * so the two capacities bound the memory, whatever arrives; a kept message is always whole.
 */
#ifndef UDPTUI_PROTO_BACKLOG_H
#define UDPTUI_PROTO_BACKLOG_H

#include <stddef.h>
#include <stdint.h>

#include "udptui/proto/event.h"

struct backlog;

/* capacity: messages; payload_bytes: raised to the largest datagram (65,536) if less. Memory is
 * touched only as it fills. NULL if memory is short. backlog_close frees. */
struct backlog *backlog_open(size_t capacity, size_t payload_bytes);
void backlog_close(struct backlog *backlog);

/* Appends a message with its event->stored_bytes of payload and the event->ack_stored_bytes of its
 * reply's, dropping the oldest as needed. Returns its id: 0 for the first ever, then counting
 * up. */
uint64_t backlog_add(struct backlog *backlog, const struct event_message *event,
                     const void *payload, const void *ack);

#define BACKLOG_NONE UINT64_MAX

/* Replaces the kept record of event->number that was ACK_WAITING or MESSAGE_OPEN; its payload
 * stays, the reply's is added if there was none. In constant time. Returns its id, or BACKLOG_NONE
 * if there is none. */
uint64_t backlog_settle(struct backlog *backlog, const struct event_message *event,
                        const void *ack);

/* Ids kept now: first <= id < end. first == end: none. */
uint64_t backlog_first(const struct backlog *backlog);
uint64_t backlog_end(const struct backlog *backlog);

/* The message of an id and its payload (into the ring, valid until the next add), or NULL if the id
 * is no longer, or not yet, kept. */
const struct event_message *backlog_get(const struct backlog *backlog, uint64_t id,
                                        const uint8_t **payload);

/* The reply's payload of a kept id, event->ack_stored_bytes of it; valid as long as the payload. */
const uint8_t *backlog_ack(const struct backlog *backlog, uint64_t id);

/* Forgets all; ids go on counting. */
void backlog_clear(struct backlog *backlog);

#endif
