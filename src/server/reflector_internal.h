/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reflector: the numbers that a stateful STAMP reflector gives its replies (RFC 8762 section 4.3),
 * by session: the sender's address and port, ours, and the session identifier (RFC 8972 section 3).
 *
 * A table of fixed size: the least recently used session is replaced. A session that was idle for
 * REFLECTOR_IDLE_NS, or was replaced, starts again from 0.
 */
#ifndef UDPTUI_SERVER_REFLECTOR_INTERNAL_H
#define UDPTUI_SERVER_REFLECTOR_INTERNAL_H

#include <stdint.h>

#include "udptui/base/units.h"
#include "udptui/proto/endpoint.h"

enum { REFLECTOR_SESSIONS = 8192 };

#define REFLECTOR_IDLE_NS (900 * UNITS_NS_PER_S) /* REFWAIT of RFC 5357 section 3.1 */

struct reflector;

/* What distinguishes sessions. */
struct reflector_id {
    const struct endpoint *peer, *local;
    uint16_t session;
};

/* NULL if memory is short. reflector_close frees (NULL allowed). */
struct reflector *reflector_open(void);
void reflector_close(struct reflector *reflector);

/* The number of the session's next reply, from 0 on. now_ns: CLOCK_MONOTONIC, above 0. */
uint32_t reflector_next(struct reflector *reflector, const struct reflector_id *id, int64_t now_ns);

#endif
