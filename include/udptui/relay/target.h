/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* target: where the datagrams of a relay go. */
#ifndef UDPTUI_RELAY_TARGET_H
#define UDPTUI_RELAY_TARGET_H

#include "udptui/proto/endpoint.h"

enum { RELAY_TARGETS_MAX = 64 };

/* Where the datagrams of one or more listening sockets go. */
struct relay_target {
    const char *text; /* as typed; borrowed */
    const char *host; /* a name that may be looked up again; NULL: an address was typed. Borrowed
                        * from host_text */
    char host_text[ENDPOINT_HOST_SIZE];
    struct endpoint address; /* at the start; EVENT_TARGET says if it changes */
};

#endif
