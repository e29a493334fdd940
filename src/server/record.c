/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* record: puts every datagram received or sent into the ring of the thread that writes the capture
 * file. */
#include <string.h>
#include <sys/eventfd.h>

#include "engine_internal.h"
#include "udptui/proto/loop.h"
#include "udptui/proto/record.h"
#include "udptui/sys/clock.h"

/* Records that do not fit are counted: the engine does not wait for a file. */
static void record_put(struct engine *engine, const struct record *record, const uint8_t *bytes)
{
    uint8_t *room = ring_reserve(engine->config.record_ring, sizeof *record + record->size_bytes);

    if (room == NULL) {
        engine->totals.records_skipped++;
        return;
    }
    memcpy(room, record, sizeof *record);
    memcpy(room + sizeof *record, bytes, record->size_bytes);
    ring_commit(engine->config.record_ring, sizeof *record + record->size_bytes);
    engine->recorded = true;
}

void record_wake(struct engine *engine)
{
    if (engine->recorded)
        eventfd_write(engine->config.record_fd, 1);
    engine->recorded = false;
}

/* The kernel does not report the length of a cut datagram: it was at least one byte more. */
void record_datagram(struct engine *engine, const struct datagram *datagram)
{
    struct record record = {.wall_ns = datagram->wall_ns,
                            .from = datagram->peer,
                            .to = datagram->local,
                            .hop_limit = datagram->hop_limit,
                            .traffic_class = datagram->traffic_class};

    if (engine->config.record_ring == NULL)
        return;
    if (record.wall_ns == 0)
        record.wall_ns = clock_wall_ns();
    for (size_t i = 0; i < datagram_messages(datagram); i++) {
        size_t size_bytes;
        const uint8_t *bytes = datagram_message(datagram, i, &size_bytes);
        record.size_bytes = (uint32_t)size_bytes;
        record.original_bytes = record.size_bytes + ((datagram->flags & MESSAGE_TRUNCATED) != 0);
        record_put(engine, &record, bytes);
    }
}

void record_sent(struct engine *engine, const struct datagram *request, const uint8_t *bytes,
                 size_t size_bytes, int64_t wall_ns)
{
    struct record record = {.wall_ns = wall_ns,
                            .checksum_status = CHECKSUM_GOOD,
                            .from = request->source.family != ENDPOINT_NONE ? request->source
                                                                            : request->local,
                            .to = request->peer,
                            .hop_limit = LOOP_HOP_LIMIT,
                            .traffic_class = EVENT_UNKNOWN,
                            .size_bytes = (uint32_t)size_bytes};

    record.from.port = request->local.port;
    record_put(engine, &record, bytes);
}

void record_by_hand(struct engine *engine, const struct event_message *event, const uint8_t *bytes)
{
    const struct record record = {.wall_ns = event->wall_ns,
                                  .checksum_status = CHECKSUM_GOOD,
                                  .from = event->to,
                                  .to = event->from,
                                  .hop_limit = LOOP_HOP_LIMIT,
                                  .traffic_class = EVENT_UNKNOWN,
                                  .size_bytes = event->size_bytes};

    if (engine->config.record_ring == NULL)
        return;
    record_put(engine, &record, bytes);
    record_wake(engine);
}

void record_runs(struct engine *engine, int64_t wall_ns)
{
    const struct answer *answer = engine->answer;

    for (size_t i = 0; i < answer->run_count && engine->config.record_ring != NULL; i++) {
        const struct run *run = &answer->runs[i];
        for (uint32_t n = 0; run->status == ACK_SENT && n < run->count - run->failed; n++)
            record_sent(engine, run->datagram, answer->items[run->item].bytes, run->ack_bytes,
                        wall_ns);
    }
}
