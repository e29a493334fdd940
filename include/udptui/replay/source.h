/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay_source: a capture that is open, and which server's datagrams are read from it. */
#ifndef UDPTUI_REPLAY_SOURCE_H
#define UDPTUI_REPLAY_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "udptui/replay/cursor.h"
#include "udptui/replay/pairing.h"

struct replay_source {
    struct replay_cursor cursor;
    uint16_t port;          /* port, server, clients_max, patience_ns: see struct pairing_config */
    struct endpoint server; /* may change between two pairings */
    uint32_t clients_max;
    int64_t patience_ns;
};

/* A pairing for the source's server; hold_ns, emit, context: see struct pairing_config. NULL if
 * memory is short. pairing_close frees. */
struct pairing *replay_source_pair(const struct replay_source *source, int64_t hold_ns,
                                   void (*emit)(void *context, const void *record,
                                                size_t size_bytes),
                                   void *context);

/* Gives the cursor's datagram to the pairing. False if it is not of the chosen server: it is
 * counted as filtered. */
bool replay_source_feed(struct replay_source *source, struct pairing *pairing);

#endif
