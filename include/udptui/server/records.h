/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* records: datagrams for the thread that writes the capture file (capture/recorder). The engine does
 * not wait for it: records that do not fit are counted. */
#ifndef UDPTUI_SERVER_RECORDS_H
#define UDPTUI_SERVER_RECORDS_H

#include <stdbool.h>
#include <stdint.h>

#include "udptui/base/ring.h"
#include "udptui/proto/datagram.h"
#include "udptui/proto/record.h"

struct records {
    struct ring *ring; /* NULL: nothing is recorded */
    int fd;            /* an eventfd that is written when records are new */
    uint64_t skipped;  /* for which there was no room */
    bool waiting;      /* there are some since the last records_wake */
};

/* Puts a record with its payload, if there is a ring. */
void records_put(struct records *records, const struct record *record, const uint8_t *bytes);

/* The messages of a received datagram. */
void records_received(struct records *records, const struct datagram *datagram);

/* Wakes the writer if there are new records. */
void records_wake(struct records *records);

#endif
