/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* record: what a session sends and receives, as records for the listener's capture file. */
#include "session_internal.h"
#include "udptui/proto/event.h"

static void session_record(const struct session *session, const struct record *record,
                           const uint8_t *payload)
{
    session->listener.datagram(session->listener.context, record, payload);
}

void session_record_sent(const struct session *session, const struct session_channel *channel,
                         const uint8_t *bytes, size_t size_bytes, int64_t wall_ns)
{
    const struct session_options *options = &session->options;
    const struct record record = {
        .wall_ns = wall_ns,
        .checksum_status = CHECKSUM_GOOD,
        .from = channel->source,
        .to = channel->target,
        .hop_limit = options->ttl > 0 ? (int16_t)options->ttl : EVENT_UNKNOWN,
        .traffic_class = (int16_t)(options->dscp << 2),
        .size_bytes = (uint32_t)size_bytes,
    };

    if (session->listener.datagram != NULL)
        session_record(session, &record, bytes);
}

void session_record_received(const struct session *session, const struct datagram *datagram)
{
    const struct record record = {
        .wall_ns = datagram->wall_ns != 0 ? datagram->wall_ns : clock_wall_ns(),
        .from = datagram->peer,
        .to = datagram->local,
        .hop_limit = datagram->hop_limit,
        .traffic_class = datagram->traffic_class,
        .size_bytes = (uint32_t)datagram->size_bytes,
    };

    if (session->listener.datagram != NULL)
        session_record(session, &record, datagram->bytes);
}
