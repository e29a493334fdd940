/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rows: see the header for the model. */
#include "rows_internal.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK_ROWS = 256 };

struct block {
    struct row rows[BLOCK_ROWS];
};

struct rows {
    struct block **blocks;
    uint32_t block_count, capacity;
    uint32_t end, count;
};

struct rows *rows_open(uint32_t capacity)
{
    struct rows *rows = calloc(1, sizeof *rows);

    if (rows == NULL)
        return NULL;
    rows->capacity = capacity;
    rows->block_count = capacity / BLOCK_ROWS + 1;
    rows->blocks = calloc(rows->block_count, sizeof *rows->blocks);
    if (rows->blocks == NULL) {
        free(rows);
        return NULL;
    }
    return rows;
}

void rows_close(struct rows *rows)
{
    if (rows == NULL)
        return;
    for (uint32_t i = 0; i < rows->block_count; i++)
        free(rows->blocks[i]);
    free(rows->blocks);
    free(rows);
}

struct rows *rows_copy(const struct rows *rows)
{
    struct rows *copy = rows_open(rows->capacity);

    if (copy == NULL)
        return NULL;
    copy->end = rows->end;
    copy->count = rows->count;
    for (uint32_t i = 0; i < rows->block_count; i++) {
        if (rows->blocks[i] == NULL)
            continue;
        copy->blocks[i] = malloc(sizeof *copy->blocks[i]);
        if (copy->blocks[i] == NULL) {
            rows_close(copy);
            return NULL;
        }
        *copy->blocks[i] = *rows->blocks[i];
    }
    return copy;
}

uint32_t rows_end(const struct rows *rows)
{
    return rows->end;
}

uint32_t rows_count(const struct rows *rows)
{
    return rows->count;
}

struct row *rows_get(const struct rows *rows, uint32_t slot)
{
    struct row *row;

    if (slot >= rows->end || rows->blocks[slot / BLOCK_ROWS] == NULL)
        return NULL;
    row = &rows->blocks[slot / BLOCK_ROWS]->rows[slot % BLOCK_ROWS];
    return row->used ? row : NULL;
}

struct row *rows_find(const struct rows *rows, uint32_t slot, uint32_t generation)
{
    struct row *row = rows_get(rows, slot);

    return row != NULL && row->generation == generation ? row : NULL;
}

static struct row *room_for(struct rows *rows, uint32_t slot)
{
    struct block **block = &rows->blocks[slot / BLOCK_ROWS];

    if (*block == NULL)
        *block = calloc(1, sizeof **block);
    return *block != NULL ? &(*block)->rows[slot % BLOCK_ROWS] : NULL;
}

struct row *rows_make(struct rows *rows, uint32_t slot, uint32_t generation, bool *is_new)
{
    struct row *row = slot < rows->capacity ? room_for(rows, slot) : NULL;

    *is_new = row != NULL && (!row->used || row->generation != generation);
    if (!*is_new)
        return row;
    rows->count += !row->used;
    if (slot >= rows->end)
        rows->end = slot + 1;
    *row = (struct row){.used = true, .generation = generation};
    return row;
}

void rows_forget(struct rows *rows)
{
    for (uint32_t slot = 0; slot < rows->end; slot++) {
        struct row *row = rows_get(rows, slot);
        if (row != NULL)
            row->used = false;
    }
    rows->count = 0;
}
