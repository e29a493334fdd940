/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* record: a datagram for a capture file, in the ring to the thread that writes the file. */
#ifndef UDPTUI_PROTO_RECORD_H
#define UDPTUI_PROTO_RECORD_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "udptui/base/ring.h"
#include "udptui/proto/checksum.h"
#include "udptui/proto/endpoint.h"

/* The payload, size_bytes of it, follows. */
struct record {
    int64_t wall_ns; /* received, or handed to the kernel */
    struct endpoint from, to;
    uint8_t checksum_status; /* CHECKSUM_GOOD: the kernel makes it; received: CHECKSUM_NOT_SEEN */
    int16_t hop_limit, traffic_class; /* EVENT_UNKNOWN: not known */
    uint32_t size_bytes;
    uint32_t original_bytes; /* more if our receive buffer cut it; else size_bytes, or 0 */
};

/* Puts a record with its payload into the ring. False: there is no room. */
static inline bool record_put(struct ring *ring, const struct record *record, const void *payload)
{
    struct record *room = ring_reserve(ring, sizeof *record + record->size_bytes);

    if (room == NULL)
        return false;
    *room = *record;
    memcpy(room + 1, payload, record->size_bytes);
    ring_commit(ring, sizeof *record + record->size_bytes);
    return true;
}

#endif
