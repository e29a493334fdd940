/* SPDX-License-Identifier: GPL-3.0-or-later */
/* send_calls: the session's latest socket calls, for /calls, and all of them for --calls. */
#ifndef UDPTUI_CLIENT_CALLS_H
#define UDPTUI_CLIENT_CALLS_H

#include <stdint.h>

#include "udptui/proto/call.h"

enum { SEND_CALLS_MAX = 64, SEND_CALLS_SHOWN = 16 };

struct session;

struct send_calls {
    struct call_trace trace; /* for the session's sockets */
    struct call kept[SEND_CALLS_MAX];
    uint64_t count; /* so far: the latest is kept[(count - 1) % SEND_CALLS_MAX] */
};

/* Neither may move afterwards. */
void send_calls_begin(struct send_calls *calls, struct session *session);

#endif
