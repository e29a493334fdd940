/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "udptui/server/records.h"

#include <sys/eventfd.h>

#include "udptui/proto/event.h"
#include "udptui/sys/clock.h"

void records_put(struct records *records, const struct record *record, const uint8_t *bytes)
{
    if (records->ring == NULL)
        return;
    if (record_put(records->ring, record, bytes))
        records->waiting = true;
    else
        records->skipped++;
}

void records_wake(struct records *records)
{
    if (records->waiting)
        eventfd_write(records->fd, 1);
    records->waiting = false;
}

/* The kernel does not report the length of a cut datagram: it was at least one byte more. */
void records_received(struct records *records, const struct datagram *datagram)
{
    struct record record = {.wall_ns = datagram->wall_ns,
                            .from = datagram->peer,
                            .to = datagram->local,
                            .hop_limit = datagram->hop_limit,
                            .traffic_class = datagram->traffic_class};

    if (records->ring == NULL)
        return;
    if (record.wall_ns == 0)
        record.wall_ns = clock_wall_ns();
    for (size_t i = 0; i < datagram_messages(datagram); i++) {
        size_t size_bytes;
        const uint8_t *bytes = datagram_message(datagram, i, &size_bytes);
        record.size_bytes = (uint32_t)size_bytes;
        record.original_bytes = record.size_bytes + ((datagram->flags & MESSAGE_TRUNCATED) != 0);
        records_put(records, &record, bytes);
    }
}
