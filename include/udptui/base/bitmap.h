/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bitmap: a set of numbers that grows with the largest of them: a bit for each number up to it. */
#ifndef UDPTUI_BASE_BITMAP_H
#define UDPTUI_BASE_BITMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BITMAP_END (UINT64_C(1) << 40) /* numbers are below this */

/* {0} is empty. */
struct bitmap {
    uint8_t *bytes;
    size_t size_bytes;
};

/* Adds a number. False, with the set unchanged, if memory is short or the number is too large. */
bool bitmap_add(struct bitmap *bitmap, uint64_t number);

/* Whether the number was added. */
bool bitmap_has(const struct bitmap *bitmap, uint64_t number);

/* Empties it and frees what it holds. */
void bitmap_clear(struct bitmap *bitmap);

#endif
