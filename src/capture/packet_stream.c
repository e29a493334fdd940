/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * packet_stream: see the header.
 *
 * Mostly nothing is held, and a frame's datagram passes through without being copied (current). An
 * incomplete packet has a placeholder in the queue, and later datagrams are copied into the queue
 * after it. If the packet is completed, the placeholder is dropped and the packet goes to the end;
 * if it is given up, the received part replaces the placeholder.
 */
#include "udptui/capture/packet_stream.h"

#include <stdlib.h>
#include <string.h>

#include "packet_assembly_internal.h"

enum { ASSEMBLIES_MAX = 64 };

/* A datagram in the queue, or the place of one. */
struct held {
    struct held *next;
    struct assembly *assembly; /* NULL: a datagram that is ready */
    struct packet packet;
    uint8_t *bytes;   /* its own, which packet.payload points into */
    uint64_t *frames; /* its own, which packet.fragment_frames points to */
    size_t size_bytes;
    uint64_t frame; /* the frame that gave its time */
    int64_t wall_ns;
    bool has_time;
};

struct packet_stream {
    struct packet_counts counts;
    uint64_t frame;  /* its number */
    int64_t wall_ns; /* the frame's */
    bool has_time;
    bool has_current;
    struct packet current;
    struct held *first, *last, *given; /* given: taken, and valid until the next call */
    size_t held_count, held_bytes;
    struct assembly *assemblies[ASSEMBLIES_MAX]; /* in the order of their places */
    size_t assembly_count;
};

struct packet_stream *packet_stream_open(void)
{
    return calloc(1, sizeof(struct packet_stream));
}

static void held_free(struct held *held)
{
    if (held == NULL)
        return;
    free(held->bytes);
    free(held->frames);
    free(held);
}

static void assembly_free(struct assembly *assembly)
{
    assembly_end(assembly);
    free(assembly);
}

void packet_stream_close(struct packet_stream *stream)
{
    if (stream == NULL)
        return;
    for (struct held *held = stream->first, *next; held != NULL; held = next) {
        next = held->next;
        held_free(held);
    }
    for (size_t i = 0; i < stream->assembly_count; i++)
        assembly_free(stream->assemblies[i]);
    held_free(stream->given);
    free(stream);
}

const struct packet_counts *packet_stream_counts(const struct packet_stream *stream)
{
    return &stream->counts;
}

bool packet_stream_is_waiting(const struct packet_stream *stream)
{
    return stream->assembly_count > 0;
}

/* ---- the queue */

static void append(struct packet_stream *stream, struct held *held)
{
    held->next = NULL;
    if (stream->first == NULL)
        stream->first = held;
    else
        stream->last->next = held;
    stream->last = held;
    stream->held_count++;
    stream->held_bytes += held->size_bytes;
}

/* Takes out what link points to. */
static struct held *unlink_held(struct packet_stream *stream, struct held *before)
{
    struct held *held = before != NULL ? before->next : stream->first;

    if (before != NULL)
        before->next = held->next;
    else
        stream->first = held->next;
    if (stream->last == held)
        stream->last = before;
    stream->held_count--;
    stream->held_bytes -= held->size_bytes;
    return held;
}

/* The placeholder of an assembly, and the entry before it. */
static struct held *find_place(const struct packet_stream *stream, const struct assembly *assembly,
                               struct held **before)
{
    struct held *held = stream->first;

    for (*before = NULL; held != NULL && held->assembly != assembly; held = held->next)
        *before = held;
    return held;
}

/* Memory for a datagram of size_bytes, with the frame's time; NULL if it is short. */
static struct held *held_make(const struct packet_stream *stream, size_t size_bytes)
{
    struct held *held = calloc(1, sizeof *held);

    if (held == NULL)
        return NULL;
    held->frame = stream->frame;
    held->wall_ns = stream->wall_ns;
    held->has_time = stream->has_time;
    held->size_bytes = size_bytes;
    held->bytes = malloc(size_bytes > 0 ? size_bytes : 1);
    if (held->bytes != NULL)
        return held;
    free(held);
    return NULL;
}

static void count_datagram(struct packet_stream *stream, const struct packet *packet)
{
    stream->counts.datagrams++;
    stream->counts.bad_checksums += packet->checksum_status == CHECKSUM_BAD;
}

/* A datagram that points into the frame. */
static void pass(struct packet_stream *stream, const struct packet *packet)
{
    struct held *held = NULL;

    count_datagram(stream, packet);
    if (stream->first != NULL)
        held = held_make(stream, packet->size_bytes);
    if (held == NULL) { /* nothing is held, or memory is short: then nothing can be held */
        packet_stream_flush(stream);
        stream->current = *packet;
        stream->has_current = true;
        return;
    }
    held->packet = *packet;
    if (packet->size_bytes > 0)
        memcpy(held->bytes, packet->payload, packet->size_bytes);
    held->packet.payload = held->bytes;
    append(stream, held);
}

/* ---- fragments */

static void drop_assembly(struct packet_stream *stream, const struct assembly *assembly)
{
    size_t at = 0;

    while (stream->assemblies[at] != assembly)
        at++;
    stream->assembly_count--;
    memmove(&stream->assemblies[at], &stream->assemblies[at + 1],
            (stream->assembly_count - at) * sizeof stream->assemblies[0]);
}

/* Parses the received part of an assembly into held, which gets its bytes. False: no datagram. */
static bool take_apart(struct assembly *assembly, size_t size_bytes, struct held *held)
{
    struct packet_parsed parsed;
    const struct packet_fragment whole = {.protocol = assembly->protocol,
                                          .bytes = assembly->bytes,
                                          .size_bytes = size_bytes,
                                          .original_bytes = size_bytes};

    if (size_bytes == 0 || packet_parse_protocol(&assembly->packet, &whole, &parsed) != PACKET_UDP)
        return false;
    held->packet = parsed.packet;
    held->packet.fragments =
        assembly->fragments < UINT8_MAX ? (uint8_t)assembly->fragments : UINT8_MAX;
    free(held->bytes);
    held->bytes = assembly->bytes;
    assembly->bytes = NULL;
    held->frames = assembly->frames;
    held->packet.fragment_frames = assembly->frames;
    held->packet.fragment_frame_count = assembly->frame_count;
    assembly->frames = NULL;
    held->size_bytes = size_bytes + assembly->frame_room * sizeof *held->frames;
    return true;
}

/* Its beginning replaces the placeholder; without a beginning the placeholder is dropped. */
static void packet_stream_give_up(struct packet_stream *stream, struct assembly *assembly)
{
    struct held *before, *place = find_place(stream, assembly, &before);
    size_t prefix_bytes = assembly_prefix_bytes(assembly);

    stream->held_bytes -= place->size_bytes;
    place->size_bytes = 0;
    place->assembly = NULL;
    stream->counts.fragments_unused += assembly->doubles;
    if (take_apart(assembly, prefix_bytes, place)) {
        stream->held_bytes += place->size_bytes;
        stream->counts.incomplete++;
        count_datagram(stream, &place->packet);
    } else {
        stream->counts.fragments_unused += assembly->fragments - assembly->doubles;
        held_free(unlink_held(stream, before));
    }
    drop_assembly(stream, assembly);
    assembly_free(assembly);
}

void packet_stream_flush(struct packet_stream *stream)
{
    while (stream->assembly_count > 0)
        packet_stream_give_up(stream, stream->assemblies[0]);
}

/* A new assembly, with its place in the queue; NULL if memory is short. */
static struct assembly *make_assembly(struct packet_stream *stream,
                                      const struct packet_parsed *parsed)
{
    struct assembly *assembly = malloc(sizeof *assembly);
    struct held *place = held_make(stream, 0);

    if (assembly == NULL || place == NULL) {
        free(assembly);
        held_free(place);
        return NULL;
    }
    if (stream->assembly_count == ASSEMBLIES_MAX)
        packet_stream_give_up(stream, stream->assemblies[0]);
    assembly_begin(assembly, &parsed->packet, &parsed->fragment);
    place->assembly = assembly;
    append(stream, place);
    stream->assemblies[stream->assembly_count++] = assembly;
    return assembly;
}

static struct assembly *find_assembly(struct packet_stream *stream,
                                      const struct packet_parsed *parsed)
{
    for (size_t i = 0; i < stream->assembly_count; i++)
        if (assembly_is_of(stream->assemblies[i], &parsed->packet, &parsed->fragment))
            return stream->assemblies[i];
    return make_assembly(stream, parsed);
}

/* Counts the memory of an assembly for its placeholder. */
static void weigh(struct packet_stream *stream, const struct assembly *assembly)
{
    struct held *before, *place = find_place(stream, assembly, &before);

    stream->held_bytes += assembly_bytes(assembly) - place->size_bytes;
    place->size_bytes = assembly_bytes(assembly);
}

static void put_fragment(struct packet_stream *stream, struct packet_parsed *parsed,
                         const uint64_t *frames, size_t frame_count);

/* Moves it from its placeholder to the end of the queue. The reassembled packet may be a fragment
 * itself, in a tunnel; there are never more such levels than assemblies. */
static void packet_stream_finish(struct packet_stream *stream, struct assembly *assembly)
{
    struct held *before, *place;
    struct packet_parsed parsed;
    const struct packet_fragment whole = {.protocol = assembly->protocol,
                                          .bytes = assembly->bytes,
                                          .size_bytes = assembly->total_bytes,
                                          .original_bytes = assembly->total_bytes};

    drop_assembly(stream, assembly);
    find_place(stream, assembly, &before);
    place = unlink_held(stream, before);
    place->assembly = NULL;
    place->frame = stream->frame;
    place->wall_ns = stream->wall_ns;
    place->has_time = stream->has_time;
    stream->counts.fragments_unused += assembly->doubles;
    if (packet_parse_protocol(&assembly->packet, &whole, &parsed) == PACKET_FRAGMENT)
        put_fragment(stream, &parsed, assembly->frames, assembly->frame_count);
    if (take_apart(assembly, assembly->total_bytes, place)) {
        stream->counts.reassembled++;
        count_datagram(stream, &place->packet);
        append(stream, place);
    } else {
        held_free(place);
    }
    assembly_free(assembly);
}

static void discard(struct packet_stream *stream, struct assembly *assembly)
{
    struct held *before;

    stream->counts.fragments_unused += assembly->fragments;
    drop_assembly(stream, assembly);
    find_place(stream, assembly, &before);
    held_free(unlink_held(stream, before));
    assembly_free(assembly);
}

/* frames: the numbers of those that it came in. */
static void put_fragment(struct packet_stream *stream, struct packet_parsed *parsed,
                         const uint64_t *frames, size_t frame_count)
{
    struct assembly *assembly = find_assembly(stream, parsed);

    if (assembly == NULL) {
        stream->counts.fragments_unused++;
        return;
    }
    parsed->packet.fragment_frames = frames;
    parsed->packet.fragment_frame_count = frame_count;
    switch (assembly_add(assembly, &parsed->packet, &parsed->fragment)) {
    case ASSEMBLY_MORE:
        weigh(stream, assembly);
        break;
    case ASSEMBLY_COMPLETE:
        packet_stream_finish(stream, assembly);
        break;
    case ASSEMBLY_BROKEN:
        discard(stream, assembly);
        break;
    }
}

/* ---- frames */

static void count_unread(struct packet_counts *counts, const struct packet_unread *unread)
{
    size_t at = 0;

    counts->unread++;
    counts->unknown_links += unread->kind == UNREAD_LINK;
    while (at < counts->row_count && (counts->rows[at].what.kind != unread->kind ||
                                      counts->rows[at].what.number != unread->number))
        at++;
    if (at == PACKET_STREAM_UNREAD_MAX) {
        counts->unread_others++;
        return;
    }
    if (at == counts->row_count) {
        counts->rows[at].what = *unread;
        counts->row_count++;
    }
    counts->rows[at].frames++;
}

/* Gives up packets that have waited too long or exceed the limits. */
static void keep_bounds(struct packet_stream *stream)
{
    while (stream->assembly_count > 0) {
        struct held *before, *place = find_place(stream, stream->assemblies[0], &before);
        int64_t latest_ns = place->wall_ns < INT64_MAX - PACKET_STREAM_PATIENCE_NS
                                ? place->wall_ns + PACKET_STREAM_PATIENCE_NS
                                : INT64_MAX;
        if (stream->wall_ns <= latest_ns && stream->held_count <= PACKET_STREAM_HELD_MAX &&
            stream->held_bytes <= PACKET_STREAM_BYTES_MAX)
            return;
        packet_stream_give_up(stream, stream->assemblies[0]);
    }
}

static void note_time(struct packet_stream *stream, const struct blocks_frame *frame)
{
    stream->frame = frame->number;
    stream->has_time = frame->has_time;
    stream->counts.untimed += !frame->has_time;
    if (frame->has_time)
        stream->wall_ns = frame->wall_ns;
}

void packet_stream_put(struct packet_stream *stream, const struct blocks_frame *frame)
{
    struct packet_parsed parsed;

    note_time(stream, frame);
    stream->has_current = false;
    stream->counts.frames++;
    keep_bounds(stream);
    switch (packet_parse(frame->link_type, frame->bytes, frame->captured_bytes, &parsed)) {
    case PACKET_UDP:
        pass(stream, &parsed.packet);
        break;
    case PACKET_FRAGMENT:
        stream->counts.fragments++;
        put_fragment(stream, &parsed, &stream->frame, 1);
        break;
    case PACKET_OTHER:
        stream->counts.others++;
        break;
    case PACKET_MALFORMED:
        stream->counts.malformed++;
        break;
    case PACKET_UNREAD:
        count_unread(&stream->counts, &parsed.unread);
        break;
    }
}

static void packet_stream_give(const struct held *held, struct packet *packet, int64_t *wall_ns)
{
    *packet = held->packet;
    packet->frame = held->frame;
    packet->untimed = !held->has_time;
    *wall_ns = held->wall_ns;
}

bool packet_stream_take(struct packet_stream *stream, struct packet *packet, int64_t *wall_ns)
{
    held_free(stream->given);
    stream->given = NULL;
    if (stream->first != NULL) {
        if (stream->first->assembly != NULL)
            return false;
        stream->given = unlink_held(stream, NULL);
        packet_stream_give(stream->given, packet, wall_ns);
        return true;
    }
    if (!stream->has_current)
        return false;
    const struct held current = {.packet = stream->current,
                                 .frame = stream->frame,
                                 .wall_ns = stream->wall_ns,
                                 .has_time = stream->has_time};
    packet_stream_give(&current, packet, wall_ns);
    stream->has_current = false;
    return true;
}
