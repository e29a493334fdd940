/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bitmap: see the header. */
#include "udptui/base/bitmap.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_BYTES = 1024 };

static bool bitmap_make_room(struct bitmap *bitmap, uint64_t byte)
{
    size_t size_bytes = bitmap->size_bytes > 0 ? bitmap->size_bytes : FIRST_BYTES;
    uint8_t *bytes;

    if (byte < bitmap->size_bytes)
        return true;
    while (size_bytes <= byte)
        size_bytes *= 2;
    bytes = realloc(bitmap->bytes, size_bytes);
    if (bytes == NULL)
        return false;
    memset(bytes + bitmap->size_bytes, 0, size_bytes - bitmap->size_bytes);
    bitmap->bytes = bytes;
    bitmap->size_bytes = size_bytes;
    return true;
}

bool bitmap_add(struct bitmap *bitmap, uint64_t number)
{
    if (number >= BITMAP_END || !bitmap_make_room(bitmap, number / 8))
        return false;
    bitmap->bytes[number / 8] |= (uint8_t)(1u << number % 8);
    return true;
}

bool bitmap_has(const struct bitmap *bitmap, uint64_t number)
{
    return number / 8 < bitmap->size_bytes && (bitmap->bytes[number / 8] >> number % 8 & 1);
}

void bitmap_clear(struct bitmap *bitmap)
{
    free(bitmap->bytes);
    *bitmap = (struct bitmap){.bytes = NULL};
}
