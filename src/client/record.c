/* SPDX-License-Identifier: GPL-3.0-or-later */
/* send_record: what a session sends and receives, into the capture file of --pcap. */
#include "udptui/capture/recorder.h"
#include "udptui/client/session.h"
#include "udptui/proto/event.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/report.h"

bool session_open_recording(struct session *session, int *status)
{
    if (session->options.pcap == NULL)
        return true;
    session->recorder =
        recorder_begin(session->options.pcap, session->options.force, 1, &session->signals, status);
    return session->recorder != NULL;
}

static void put(struct session *session, const struct record *record, const uint8_t *payload)
{
    if (!recorder_put(session->recorder, 0, record, payload))
        session->totals.not_recorded++;
}

void session_record_sent(struct session *session, const struct send_channel *channel,
                         const uint8_t *bytes, size_t size_bytes, int64_t wall_ns)
{
    const struct send_options *options = &session->options;
    const struct record record = {
        .wall_ns = wall_ns,
        .checksum_status = CHECKSUM_GOOD,
        .from = channel->source,
        .to = channel->target,
        .hop_limit = options->ttl > 0 ? (int16_t)options->ttl : EVENT_UNKNOWN,
        .traffic_class = (int16_t)(options->dscp << 2),
        .size_bytes = (uint32_t)size_bytes,
    };

    if (session->recorder != NULL)
        put(session, &record, bytes);
}

void session_record_received(struct session *session, const struct datagram *datagram)
{
    const struct record record = {
        .wall_ns = datagram->wall_ns != 0 ? datagram->wall_ns : clock_wall_ns(),
        .from = datagram->peer,
        .to = datagram->local,
        .hop_limit = datagram->hop_limit,
        .traffic_class = datagram->traffic_class,
        .size_bytes = (uint32_t)datagram->size_bytes,
    };

    if (session->recorder != NULL)
        put(session, &record, datagram->bytes);
}

int session_end_recording(struct session *session, int status)
{
    struct recorder *recorder = session->recorder;

    recorder_finish(recorder);
    session->totals.not_recorded += recorder_lost(recorder);
    session->recorder = NULL;
    if (recorder_end(recorder, EXIT_DONE) != EXIT_DONE)
        session->recording_failed = true;
    return session->recording_failed ? EXIT_SETUP : status;
}
