/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * history: the latest messages, whole, in bounded memory.
 *
 * A ring of records and a ring of payload bytes. The oldest messages go when either is full, so
 * memory is set by the two capacities and never by what arrives; a kept message is always whole.
 */
#ifndef UDPTUI_CORE_HISTORY_H
#define UDPTUI_CORE_HISTORY_H

#include <stddef.h>
#include <stdint.h>

#include "udptui/core/event.h"

struct history;

/* capacity: messages; payload_bytes: at least one largest datagram is made room for (65,536).
 * Memory is touched only as it fills. NULL where memory is short. history_close frees. */
struct history *history_open(size_t capacity, size_t payload_bytes);
void history_close(struct history *history);

/* Appends a message with its event->stored_bytes of payload, dropping the oldest as needed.
 * Returns its id: 0 for the first ever, then counting up. */
uint64_t history_add(struct history *history, const struct event_message *event,
                     const void *payload);

/* Ids kept now: first <= id < end. first == end: none. */
uint64_t history_first(const struct history *history);
uint64_t history_end(const struct history *history);

/* The message of an id and its payload (into the ring, valid until the next add), or NULL where
 * the id is no longer, or not yet, kept. */
const struct event_message *history_get(const struct history *history, uint64_t id,
                                        const uint8_t **payload);

/* Forgets all; ids go on counting. */
void history_clear(struct history *history);

#endif
