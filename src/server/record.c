/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* record: what the engine sent, for the capture file. */
#include "udptui/proto/record.h"
#include "engine_internal.h"
#include "udptui/proto/loop.h"

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
    records_put(&engine->records, &record, bytes);
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

    records_put(&engine->records, &record, bytes);
    records_wake(&engine->records);
}

void record_runs(struct engine *engine, int64_t wall_ns)
{
    const struct answer *answer = engine->answer;

    for (size_t i = 0; i < answer->run_count && engine->records.ring != NULL; i++) {
        const struct run *run = &answer->runs[i];
        for (uint32_t n = 0; run->status == ACK_SENT && n < run->count - run->failed; n++)
            record_sent(engine, run->datagram, answer->items[run->item].bytes, run->ack_bytes,
                        wall_ns);
    }
}
