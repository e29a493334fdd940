/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* capture_exchanges: see the header. Replies wait in a chronology until no earlier request can
 * come. */
#include "udptui/capture/exchanges.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "udptui/capture/chronology.h"
#include "udptui/capture/writer.h"
#include "udptui/proto/loop.h"
#include "udptui/proto/record.h"

enum { HELD_BYTES = 1 << 22, NS_PER_US = 1000 };

struct capture_exchanges {
    struct capture_writer *writer;
    struct chronology *held;
    uint64_t datagrams;
    struct record record; /* being made, with its payload: */
    uint8_t bytes[65536];
};

_Static_assert(offsetof(struct capture_exchanges, bytes) ==
                   offsetof(struct capture_exchanges, record) + sizeof(struct record),
               "a record is followed by its payload");

struct capture_exchanges *capture_exchanges_create(const char *path, bool force, char *error)
{
    struct capture_exchanges *exchanges = calloc(1, sizeof *exchanges);

    if (exchanges != NULL)
        exchanges->held = chronology_open(HELD_BYTES);
    if (exchanges != NULL && exchanges->held != NULL)
        exchanges->writer = capture_writer_create(path, force, error);
    else
        snprintf(error, CAPTURE_ERROR_SIZE, "%.200s: not enough memory", path);
    if (exchanges != NULL && exchanges->writer != NULL)
        return exchanges;
    if (exchanges != NULL)
        chronology_close(exchanges->held);
    free(exchanges);
    return NULL;
}

/* ---- writing in order */

static bool exchanges_write_record(struct capture_exchanges *exchanges, const struct record *record)
{
    exchanges->datagrams++;
    return capture_writer_write_record(exchanges->writer, record);
}

static bool exchanges_write_until(struct capture_exchanges *exchanges, int64_t until_ns)
{
    const struct record *record;
    bool written = true;
    size_t size_bytes;

    while ((record = chronology_take(exchanges->held, until_ns, &size_bytes)) != NULL)
        written &= exchanges_write_record(exchanges, record);
    return written;
}

/* Adds the record that was made, with its payload. */
static bool exchanges_hold(struct capture_exchanges *exchanges)
{
    const struct record *record = &exchanges->record, *earliest;
    size_t size_bytes;
    bool written = true;

    while (!chronology_add(exchanges->held, record->wall_ns, record,
                           sizeof *record + record->size_bytes)) {
        earliest = chronology_take(exchanges->held, INT64_MAX, &size_bytes);
        written &= earliest != NULL && exchanges_write_record(exchanges, earliest);
    }
    return written;
}

/* ---- a message */

static void exchanges_copy(struct capture_exchanges *exchanges, const uint8_t *bytes,
                           size_t size_bytes, size_t original_bytes)
{
    struct record *record = &exchanges->record;

    if (size_bytes > sizeof exchanges->bytes)
        size_bytes = sizeof exchanges->bytes;
    record->size_bytes = (uint32_t)size_bytes;
    record->original_bytes = (uint32_t)(original_bytes > size_bytes ? original_bytes : size_bytes);
    memcpy(exchanges->bytes, bytes, size_bytes);
}

/* What was received or, by hand and of several replies, sent by the server. */
static bool exchanges_add_request(struct capture_exchanges *exchanges,
                                  const struct event_message *event, const uint8_t *payload)
{
    bool from_server = event_is_from_server(event);
    bool ours = from_server && !(event->flags & MESSAGE_REPLAYED);
    bool good = ours || event->checksum.status == CHECKSUM_GOOD;

    exchanges->record = (struct record){.wall_ns = event->wall_ns,
                                        .from = from_server ? event->to : event->from,
                                        .to = from_server ? event->from : event->to,
                                        .checksum_status = good ? CHECKSUM_GOOD : CHECKSUM_NOT_SEEN,
                                        .hop_limit = ours ? LOOP_HOP_LIMIT : event->hop_limit,
                                        .traffic_class = event->traffic_class};
    exchanges_copy(exchanges, payload, event->stored_bytes,
                   event->size_bytes + ((event->flags & MESSAGE_TRUNCATED) != 0));
    fate_flip(&event->fate, exchanges->bytes, exchanges->record.size_bytes);
    return exchanges_hold(exchanges);
}

/* Turns the bit that the simulated network turned in this copy, if it did. */
static void exchanges_corrupt(struct capture_exchanges *exchanges, const struct leg *leg)
{
    if (leg != NULL && leg->corrupt && leg->bit / 8 < exchanges->record.size_bytes)
        exchanges->bytes[leg->bit / 8] ^= (uint8_t)(1u << leg->bit % 8);
}

static bool exchanges_add_reply(struct capture_exchanges *exchanges,
                                const struct event_message *event, const uint8_t *ack,
                                int64_t after_ns, const struct leg *leg)
{
    bool ours = !(event->flags & MESSAGE_REPLAYED);
    const struct endpoint *from =
        event->ack_from.family != ENDPOINT_NONE ? &event->ack_from : &event->to;

    exchanges->record = (struct record){.wall_ns = event->wall_ns + after_ns,
                                        .from = *from,
                                        .to = event->from,
                                        .checksum_status = CHECKSUM_GOOD,
                                        .hop_limit = ours ? LOOP_HOP_LIMIT : EVENT_UNKNOWN,
                                        .traffic_class = EVENT_UNKNOWN};
    if (event->ack_port != 0)
        exchanges->record.to.port = event->ack_port;
    exchanges_copy(exchanges, ack, event->ack_stored_bytes, event->ack_bytes);
    exchanges_corrupt(exchanges, leg);
    return exchanges_hold(exchanges);
}

/* When a copy was sent, from the receipt on: no copy before the first one, whose time is known to the
 * ns; leg: of the simulated network, NULL: it had none. */
static int64_t exchanges_after_ns(const struct event_message *event, const struct leg *leg)
{
    int64_t first_ns = event->service_ns > 0 ? event->service_ns : 0;
    int64_t due_ns = leg != NULL ? (int64_t)leg->arrive_us * NS_PER_US : 0;

    return due_ns > first_ns ? due_ns : first_ns;
}

/* A further reply through the simulated network: each copy of it that left it. */
static bool exchanges_add_more(struct capture_exchanges *exchanges,
                               const struct event_message *event, const uint8_t *payload)
{
    struct event_message reply = *event;
    bool written = true;

    reply.ack_bytes = event->size_bytes;
    reply.ack_stored_bytes = event->stored_bytes;
    for (size_t i = 0; i < FATE_ACKS; i++) {
        const struct leg *leg = &event->fate.acks[i];
        if (leg->state == LEG_ARRIVED)
            written &= exchanges_add_reply(exchanges, &reply, payload,
                                           exchanges_after_ns(event, leg), leg);
    }
    return written;
}

/* One reply or, through the simulated network, each copy of it that left it. */
static bool exchanges_add_replies(struct capture_exchanges *exchanges,
                                  const struct event_message *event, const uint8_t *ack)
{
    bool written = true;

    if (event->status == ACK_SENT && !fate_touched(&event->fate))
        return exchanges_add_reply(exchanges, event, ack, exchanges_after_ns(event, NULL), NULL);
    for (size_t i = 0; i < FATE_ACKS; i++) {
        const struct leg *leg = &event->fate.acks[i];
        if (event->ack_bytes > 0 && leg->state == LEG_ARRIVED)
            written &=
                exchanges_add_reply(exchanges, event, ack, exchanges_after_ns(event, leg), leg);
    }
    return written;
}

/* ---- a relay's datagram: as it came to one socket, and as it left the other */

static bool exchanges_add_relayed(struct capture_exchanges *exchanges,
                                  const struct event_message *event, const uint8_t *payload)
{
    const struct event_relayed *relayed = &event->relayed;
    bool back = relayed->direction == DIRECTION_TO_CLIENT;

    exchanges->record = (struct record){.wall_ns = event->wall_ns,
                                        .from = back ? relayed->target : event->from,
                                        .to = back ? relayed->session : event->to,
                                        .checksum_status = CHECKSUM_NOT_SEEN,
                                        .hop_limit = event->hop_limit,
                                        .traffic_class = event->traffic_class};
    exchanges_copy(exchanges, payload, event->stored_bytes,
                   event->size_bytes + ((event->flags & MESSAGE_TRUNCATED) != 0));
    fate_flip(&event->fate, exchanges->bytes, exchanges->record.size_bytes);
    return exchanges_hold(exchanges);
}

/* leg: of the simulated network; NULL: it was sent at once. */
static bool exchanges_add_passed(struct capture_exchanges *exchanges,
                                 const struct event_message *event, const uint8_t *payload,
                                 const struct leg *leg)
{
    const struct event_relayed *relayed = &event->relayed;
    bool back = relayed->direction == DIRECTION_TO_CLIENT;

    exchanges->record = (struct record){.wall_ns = event->wall_ns + exchanges_after_ns(event, leg),
                                        .from = back ? event->to : relayed->session,
                                        .to = back ? event->from : relayed->target,
                                        .checksum_status = CHECKSUM_GOOD,
                                        .hop_limit = EVENT_UNKNOWN,
                                        .traffic_class = EVENT_UNKNOWN};
    exchanges_copy(exchanges, payload, event->stored_bytes, event->size_bytes);
    fate_flip(&event->fate, exchanges->bytes, exchanges->record.size_bytes);
    if (leg != NULL && leg->corrupt && leg->bit / 8 < exchanges->record.size_bytes)
        exchanges->bytes[leg->bit / 8] ^= (uint8_t)(1u << leg->bit % 8);
    return exchanges_hold(exchanges);
}

static bool exchanges_add_passage(struct capture_exchanges *exchanges,
                                  const struct event_message *event, const uint8_t *payload)
{
    bool written = exchanges_add_relayed(exchanges, event, payload);

    if (event->status == ACK_FORWARDED && !fate_touched(&event->fate))
        return exchanges_add_passed(exchanges, event, payload, NULL) && written;
    for (size_t i = 0; event->status == ACK_FORWARDED && i < FATE_REQUESTS; i++)
        if (event->fate.requests[i].state == LEG_ARRIVED)
            written &= exchanges_add_passed(exchanges, event, payload, &event->fate.requests[i]);
    return written;
}

bool capture_exchanges_write(struct capture_exchanges *exchanges, const struct event_message *event,
                             const uint8_t *payload, const uint8_t *ack)
{
    bool written;

    if (event_is_unsent(event))
        return exchanges_write_until(exchanges, event->wall_ns);
    if (event->status == ACK_MORE && fate_touched(&event->fate))
        return exchanges_add_more(exchanges, event, payload) &&
               exchanges_write_until(exchanges, event->wall_ns);
    if (event_is_relayed(event) && !event_is_by_hand(event))
        written = exchanges_add_passage(exchanges, event, payload);
    else
        written = exchanges_add_request(exchanges, event, payload);
    if (!event_is_relayed(event))
        written &= exchanges_add_replies(exchanges, event, ack);
    return exchanges_write_until(exchanges, event->wall_ns) && written;
}

bool capture_exchanges_close(struct capture_exchanges *exchanges, uint64_t *datagrams)
{
    bool written;
    uint64_t lost;
    int error;

    *datagrams = 0;
    if (exchanges == NULL)
        return true;
    exchanges_write_until(exchanges, INT64_MAX);
    capture_writer_flush(exchanges->writer);
    lost = capture_writer_lost(exchanges->writer);
    *datagrams = exchanges->datagrams - lost;
    written = capture_writer_close(exchanges->writer);
    error = errno;
    chronology_close(exchanges->held);
    free(exchanges);
    errno = error;
    return written;
}
