/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ring: records from one thread to one other, without locks.
 *
 * A byte ring of a power-of-two capacity. Each record is contiguous, 8-byte aligned and preceded by
 * an 8-byte header; a record that would cross the end is preceded by a filler. One thread writes,
 * one reads; the positions are C11 atomics (release to publish, acquire to read), each on its own
 * cache line. Each side caches the other's position so that it rarely reads it.
 */
#ifndef UDPTUI_BASE_RING_H
#define UDPTUI_BASE_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ring;

/*
 * capacity_bytes: rounded up to a power of two, at least 64. Memory is touched only as records
 * pass. Returns NULL if memory is short. ring_close frees it (NULL is allowed).
 */
struct ring *ring_open(size_t capacity_bytes);
void ring_close(struct ring *ring);

/* The largest record the ring ever takes: half its capacity less a header. */
size_t ring_record_max(const struct ring *ring);

/*
 * Writer: room for one record of size_bytes, or NULL if the ring is full (nothing changes). The
 * record is seen by the reader after ring_commit with the same size; without the commit the next
 * reserve gives the same room again.
 */
void *ring_reserve(struct ring *ring, size_t size_bytes);
void ring_commit(struct ring *ring, size_t size_bytes);

/*
 * Reader: the oldest record and its size, or NULL if there is none. It stays valid until
 * ring_release, which takes it off the ring.
 */
const void *ring_peek(struct ring *ring, size_t *size_bytes);
void ring_release(struct ring *ring);

/* Bytes in the ring as the writer sees them: an estimate while the reader runs. */
size_t ring_used(const struct ring *ring);

#endif
