/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* server_calls: the socket calls of the main thread, which opens and closes; an engine reports its
 * own. */
#ifndef UDPTUI_SERVER_CALLS_H
#define UDPTUI_SERVER_CALLS_H

#include <stddef.h>
#include <stdint.h>

#include "udptui/proto/call.h"

enum { SERVER_CALLS_MAX = 256 };

struct server_calls {
    struct call_trace trace; /* keeps the calls, in order; counts those that do not fit */
    struct call kept[SERVER_CALLS_MAX];
    size_t count, given;
    uint32_t skipped;
};

/* The struct must not move afterwards. */
void server_calls_begin(struct server_calls *calls);

/* The oldest that was not returned yet, NULL if there is none. Valid until the next call is
 * made. */
const struct call *server_calls_next(struct server_calls *calls);

#endif
