/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * counters: a question to a udptui server, and its reply: how many datagrams it has read from the
 * client that asks, and how many the kernel has dropped at the full receive queue of that socket,
 * from all senders. Two such replies show how many of the datagrams between them were lost before
 * the server could read them.
 *
 * Both are text: "udptui counters?" and "udptui counters: received 12, dropped 3". The reply is
 * shorter than the 3 times of the request that ack_reply_limit allows.
 */
#ifndef UDPTUI_PROTO_COUNTERS_H
#define UDPTUI_PROTO_COUNTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COUNTERS_QUESTION "udptui counters?"

enum { COUNTERS_QUESTION_BYTES = sizeof COUNTERS_QUESTION - 1, COUNTERS_REPLY_MAX = 104 };

struct counters {
    uint64_t received; /* from the client, without the question itself */
    uint32_t dropped;  /* by the kernel since the socket was opened, modulo 2^32 */
    bool at_least;     /* dropped is the least it can be: several datagrams may count as one */
};

/* Whether the bytes are COUNTERS_QUESTION. */
bool counters_is_question(const uint8_t *bytes, size_t size_bytes);

/* Writes the reply. Returns its length, at most COUNTERS_REPLY_MAX. */
size_t counters_write(const struct counters *counters, uint8_t *out);

/* False if it is not such a reply. */
bool counters_parse(const uint8_t *bytes, size_t size_bytes, struct counters *out);

/*
 * From two replies to the same client: what was read and dropped after the first question and
 * before the second. False if the server has forgotten the client in between, so that its count
 * began anew.
 */
bool counters_between(const struct counters *before, const struct counters *after,
                      struct counters *out);

#endif
