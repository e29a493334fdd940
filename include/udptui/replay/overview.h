/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay_overview: what a capture holds, as far as it has been read. */
#ifndef UDPTUI_REPLAY_OVERVIEW_H
#define UDPTUI_REPLAY_OVERVIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/capture/packet_stream.h"
#include "udptui/replay/servers.h"

struct replay_overview {
    bool reading;              /* not read to the end yet */
    int read_percent;          /* of the file */
    int64_t first_ns, last_ns; /* of the datagrams */
    struct packet_counts packets;
    const struct replay_server *servers; /* the choice of servers, set once all has been read */
    size_t server_count;
    uint64_t uncounted;  /* messages of servers that are not among them */
    const char *problem; /* safe text: why the rest cannot be read; "": it is all */
};

#endif
