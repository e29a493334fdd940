/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ring: one writer, one reader, no lock.
 *
 *     tail ............... head
 *     | oldest ... newest  | free ... |
 *
 * Positions only grow; the low bits of a position are its index in the buffer. Only the writer
 * stores head, only the reader stores tail. Bytes between tail and head belong to the reader, all
 * others to the writer: the release store of a position hands its bytes over, the acquire load
 * receives them.
 *
 * Invariants: tail <= head <= tail + capacity; positions are multiples of 8; a filler is always
 * published together with the record behind it, so a ring that is not empty holds a record.
 */
#include "udptui/base/ring.h"

#include <stdalign.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { CACHE_LINE = 64, HEADER_BYTES = 8, CAPACITY_MIN = 64 };

/* A header is the record's size, or FILLER: nothing more up to the end of the buffer. */
#define FILLER UINT64_MAX

struct ring {
    size_t capacity;
    unsigned char *bytes;
    struct {
        alignas(CACHE_LINE) _Atomic uint64_t head; /* stored by the writer */
        uint64_t tail_seen; /* the writer's copy of tail, never ahead of it */
    } writer;
    struct {
        alignas(CACHE_LINE) _Atomic uint64_t tail; /* stored by the reader */
        uint64_t head_seen; /* the reader's copy of head, never ahead of it */
        uint64_t next;      /* behind the record last peeked at */
    } reader;
};

static size_t round_to_power(size_t wanted)
{
    size_t capacity = CAPACITY_MIN;

    while (capacity < wanted && capacity <= SIZE_MAX / 4)
        capacity *= 2;
    return capacity >= wanted ? capacity : 0;
}

struct ring *ring_open(size_t capacity_bytes)
{
    size_t capacity = round_to_power(capacity_bytes);
    struct ring *ring = capacity > 0 ? aligned_alloc(CACHE_LINE, sizeof *ring) : NULL;

    if (ring == NULL)
        return NULL;
    memset(ring, 0, sizeof *ring);
    atomic_init(&ring->writer.head, 0);
    atomic_init(&ring->reader.tail, 0);
    ring->capacity = capacity;
    ring->bytes = malloc(capacity);
    if (ring->bytes == NULL) {
        free(ring);
        return NULL;
    }
    return ring;
}

void ring_close(struct ring *ring)
{
    if (ring == NULL)
        return;
    free(ring->bytes);
    free(ring);
}

size_t ring_record_max(const struct ring *ring)
{
    return ring->capacity / 2 - HEADER_BYTES;
}

static unsigned char *ring_place(const struct ring *ring, uint64_t position)
{
    return ring->bytes + ((size_t)position & (ring->capacity - 1));
}

static size_t until_end(const struct ring *ring, uint64_t position)
{
    return ring->capacity - ((size_t)position & (ring->capacity - 1));
}

/* What a record takes: its header and its bytes, up to the next multiple of 8. */
static size_t footprint(size_t size_bytes)
{
    return HEADER_BYTES + ((size_bytes + HEADER_BYTES - 1) & ~(size_t)(HEADER_BYTES - 1));
}

/* The place at which a record written at head begins: head itself, or the buffer's start behind a
 * filler. */
static uint64_t record_start(const struct ring *ring, uint64_t head, size_t size_bytes)
{
    size_t left = until_end(ring, head);

    return footprint(size_bytes) <= left ? head : head + left;
}

/* A reservation changes nothing that the reader sees, so it needs no undo: commit computes the same
 * place again from head and size. */
void *ring_reserve(struct ring *ring, size_t size_bytes)
{
    uint64_t head = atomic_load_explicit(&ring->writer.head, memory_order_relaxed);
    uint64_t start;
    uint64_t end;

    if (size_bytes > ring_record_max(ring))
        return NULL;
    start = record_start(ring, head, size_bytes);
    end = start + footprint(size_bytes);
    if (end - ring->writer.tail_seen > ring->capacity) {
        ring->writer.tail_seen = atomic_load_explicit(&ring->reader.tail, memory_order_acquire);
        if (end - ring->writer.tail_seen > ring->capacity)
            return NULL;
    }
    return ring_place(ring, start) + HEADER_BYTES;
}

static void write_header(struct ring *ring, uint64_t position, uint64_t header)
{
    memcpy(ring_place(ring, position), &header, sizeof header);
}

void ring_commit(struct ring *ring, size_t size_bytes)
{
    uint64_t head = atomic_load_explicit(&ring->writer.head, memory_order_relaxed);
    uint64_t start = record_start(ring, head, size_bytes);

    if (start != head)
        write_header(ring, head, FILLER);
    write_header(ring, start, size_bytes);
    atomic_store_explicit(&ring->writer.head, start + footprint(size_bytes), memory_order_release);
}

static uint64_t read_header(const struct ring *ring, uint64_t position)
{
    uint64_t header;

    memcpy(&header, ring_place(ring, position), sizeof header);
    return header;
}

const void *ring_peek(struct ring *ring, size_t *size_bytes)
{
    uint64_t position = atomic_load_explicit(&ring->reader.tail, memory_order_relaxed);
    uint64_t header;

    if (position == ring->reader.head_seen) {
        ring->reader.head_seen = atomic_load_explicit(&ring->writer.head, memory_order_acquire);
        if (position == ring->reader.head_seen)
            return NULL;
    }
    header = read_header(ring, position);
    if (header == FILLER) {
        position += until_end(ring, position);
        header = read_header(ring, position);
    }
    *size_bytes = (size_t)header;
    ring->reader.next = position + footprint((size_t)header);
    return ring_place(ring, position) + HEADER_BYTES;
}

void ring_release(struct ring *ring)
{
    atomic_store_explicit(&ring->reader.tail, ring->reader.next, memory_order_release);
}

size_t ring_used(const struct ring *ring)
{
    uint64_t head = atomic_load_explicit(&ring->writer.head, memory_order_relaxed);

    return (size_t)(head - atomic_load_explicit(&ring->reader.tail, memory_order_acquire));
}
