/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stream: see the header. A ring of records, each found by its number; the numbers are the ids of
 * the dissector's requests. */
#include "udptui/dissect/stream.h"

#include <stdlib.h>
#include <string.h>

#include "udptui/dissect/message.h"

enum { RECORDS_MAX = 1024 };

struct held {
    void *record;
    size_t size_bytes;
    bool message, waiting; /* waiting: for its answer */
    struct dissect_answer answer;
};

struct dissect_stream {
    struct dissect_stream_config config;
    struct dissector *dissector;
    struct held *ring;
    uint64_t first, end; /* numbers held */
    uint64_t unanswered;
};

struct dissect_stream *dissect_stream_open(const struct dissect_stream_config *config)
{
    struct dissect_stream *stream = calloc(1, sizeof *stream);

    if (stream == NULL)
        return NULL;
    stream->config = *config;
    if (config->records_max == 0)
        stream->config.records_max = RECORDS_MAX;
    stream->config.dissector.queue_max = stream->config.records_max;
    stream->ring = calloc(stream->config.records_max, sizeof *stream->ring);
    stream->dissector = dissector_open(&stream->config.dissector);
    if (stream->ring != NULL && stream->dissector != NULL)
        return stream;
    dissect_stream_close(stream);
    return NULL;
}

static struct held *stream_at(const struct dissect_stream *stream, uint64_t number)
{
    return &stream->ring[number % stream->config.records_max];
}

void dissect_stream_close(struct dissect_stream *stream)
{
    if (stream == NULL)
        return;
    for (uint64_t number = stream->first; number < stream->end; number++)
        free(stream_at(stream, number)->record);
    dissector_close(stream->dissector);
    free(stream->ring);
    free(stream);
}

static void stream_deliver_first(struct dissect_stream *stream)
{
    struct held *held = stream_at(stream, stream->first++);

    stream->unanswered += held->message && !held->answer.known;
    stream->config.deliver(stream->config.context, held->record, held->size_bytes,
                           held->message ? &held->answer : NULL);
    free(held->record);
    *held = (struct held){.record = NULL};
}

static void stream_deliver_ready(struct dissect_stream *stream)
{
    while (stream->first < stream->end && !stream_at(stream, stream->first)->waiting)
        stream_deliver_first(stream);
}

/* The requests of those that were pushed out meanwhile are answered, too. */
static void stream_take_answer(void *context, struct dissect_answer *answer)
{
    struct dissect_stream *stream = context;

    if (answer->id < stream->first || answer->id >= stream->end)
        return;
    struct held *held = stream_at(stream, answer->id);
    held->answer = *answer;
    held->waiting = false;
}

static bool stream_ask(struct dissect_stream *stream, uint64_t number, const void *record)
{
    const struct event_message *event = record;
    const uint8_t *payload = (const uint8_t *)(event + 1);
    struct dissect_datagram datagrams[DISSECT_ASKED_MAX];
    size_t count = dissect_message(event, payload, payload + event->stored_bytes, datagrams);

    return dissector_ask(stream->dissector,
                         &(struct dissect_request){
                             .id = number, .datagrams = datagrams, .count = count, .asked = count});
}

static bool stream_wants(const void *record)
{
    const struct event_message *event = record;

    return event_kind_of(record) == EVENT_MESSAGE && !(event->flags & MESSAGE_UPDATE);
}

/* Makes room: the dissectors go on with the newest requests; if those under way are in the way,
 * the oldest record goes on alone. */
static void stream_push_out(struct dissect_stream *stream)
{
    size_t half = stream->config.records_max / 2, batch = stream->config.dissector.batch_max;

    dissector_skip(stream->dissector, batch > 0 && batch < half ? batch : half, stream_take_answer,
                   stream);
    stream_deliver_ready(stream);
    if (dissect_stream_is_full(stream))
        stream_deliver_first(stream);
}

void dissect_stream_put(struct dissect_stream *stream, const void *record, size_t size_bytes)
{
    if (dissect_stream_is_full(stream))
        stream_push_out(stream);
    uint64_t number = stream->end++;
    struct held *held = stream_at(stream, number);
    *held = (struct held){
        .record = malloc(size_bytes), .size_bytes = size_bytes, .message = stream_wants(record)};
    if (held->record != NULL) {
        memcpy(held->record, record, size_bytes);
        held->waiting = held->message && stream_ask(stream, number, record);
        return;
    }
    while (stream->first < number) /* short of memory: what waits makes room */
        stream_deliver_first(stream);
    stream->first = stream->end;
    stream->unanswered += held->message;
    stream->config.deliver(stream->config.context, record, size_bytes,
                           held->message ? &held->answer : NULL);
}

bool dissect_stream_is_full(const struct dissect_stream *stream)
{
    return stream->end - stream->first == stream->config.records_max;
}

void dissect_stream_turn(struct dissect_stream *stream, int64_t now_ns)
{
    dissector_turn(stream->dissector, now_ns, stream_take_answer, stream);
    stream_deliver_ready(stream);
}

void dissect_stream_push_out(struct dissect_stream *stream)
{
    while (stream->first < stream->end)
        stream_deliver_first(stream);
}

size_t dissect_stream_held(const struct dissect_stream *stream)
{
    return (size_t)(stream->end - stream->first);
}

uint64_t dissect_stream_unanswered(const struct dissect_stream *stream)
{
    return stream->unanswered;
}

struct dissector *dissect_stream_dissector(struct dissect_stream *stream)
{
    return stream->dissector;
}
