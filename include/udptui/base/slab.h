/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * slab: blocks of up to 65,536 bytes from memory of a fixed size, without a call of malloc for any.
 *
 * The memory is cut into pages of 65,536 bytes. A page holds blocks of one size (a power of two,
 * 64 bytes at the least) as long as one of them is in use; then any size may have it. Memory is
 * touched only as it is used.
 */
#ifndef UDPTUI_BASE_SLAB_H
#define UDPTUI_BASE_SLAB_H

#include <stddef.h>
#include <stdint.h>

enum { SLAB_BLOCK_MAX = 1 << 16 };

struct slab;

/* bytes: rounded down to whole pages, one at the least. NULL if memory is short; slab_close frees
 * (NULL allowed), with all blocks. */
struct slab *slab_open(size_t bytes);
void slab_close(struct slab *slab);

/* A block of at least size_bytes (never NULL for 0), aligned to 64 bytes. NULL: there is no room
 * for this size, or it is more than SLAB_BLOCK_MAX. */
void *slab_alloc(struct slab *slab, size_t size_bytes);
/* NULL allowed. */
void slab_free(struct slab *slab, void *block);

/* What the blocks in use take up: each counts with its power of two. */
size_t slab_used_bytes(const struct slab *slab);

#endif
