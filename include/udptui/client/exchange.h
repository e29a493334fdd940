/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* exchange: sending a session's datagrams, waiting for their replies, and matching the two. */
#ifndef UDPTUI_CLIENT_EXCHANGE_H
#define UDPTUI_CLIENT_EXCHANGE_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/client/session.h"

/* Sends one datagram. Its outcome is reported as results, now or later. False if it was not
 * sent. */
bool exchange_send(struct session *session, const uint8_t *bytes, size_t size_bytes);

/* Counts a message that could not be built as not sent. size_bytes: as far as it is known. */
void exchange_refuse(struct session *session, size_t size_bytes, const char *why);

/* The descriptors to poll: at most SESSION_CHANNELS_MAX. Returns their number. */
size_t exchange_list_polled(const struct session *session, struct pollfd *out);

/* Receives replies and errors on them. The rest stays for the next poll. */
void exchange_take(struct session *session, const struct pollfd *polled, size_t count);

/* Expires or resends requests that have waited too long. now_ns: CLOCK_MONOTONIC, as the deadline
 * is. */
void exchange_expire(struct session *session, int64_t now_ns);

/* A time no later than the earliest deadline, INT64_MAX if nothing waits. */
int64_t exchange_deadline_ns(const struct session *session);

/* Whether nothing waits for a reply. */
bool exchange_is_idle(const struct session *session);

/* Whether one more datagram can be sent: if not, it would be refused. */
bool exchange_has_room(const struct session *session);

/* Whether no result so far can be made uncertain by a second reply (RESULT_UNCERTAIN). */
bool exchange_is_certain(const struct session *session);

#endif
