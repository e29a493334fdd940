/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay_source: see the header. */
#include "udptui/replay/source.h"

struct pairing *replay_source_pair(const struct replay_source *source, int64_t hold_ns,
                                   void (*emit)(void *context, const void *record,
                                                size_t size_bytes),
                                   void *context)
{
    const struct pairing_config config = {
        .port = source->port,
        .server = source->server,
        .clients_max = source->clients_max,
        .patience_ns = source->patience_ns,
        .hold_ns = hold_ns,
        .emit = emit,
        .context = context,
    };

    return pairing_open(&config);
}

bool replay_source_feed(struct replay_source *source, struct pairing *pairing)
{
    struct replay_cursor *cursor = &source->cursor;
    bool wanted = pairing_take(pairing, &cursor->packet, cursor->stamp_ns, cursor->wall_ns);

    cursor->filtered += !wanted;
    return wanted;
}
