/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "udptui/output/metrics_page.h"

#include <assert.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

static size_t page_align(size_t offset)
{
    return (offset + alignof(max_align_t) - 1) / alignof(max_align_t) * alignof(max_align_t);
}

static bool page_make_room(struct metrics_page *page, size_t bytes)
{
    size_t size = page->size > 0 ? page->size : 4096, room = page->room > 0 ? 2 * page->room : 8;

    while (size < page->length + bytes)
        size *= 2;
    if (size > page->size) {
        unsigned char *grown = realloc(page->bytes, size);
        if (grown == NULL)
            return false;
        page->bytes = grown;
        page->size = size;
    }
    if (page->count == page->room) {
        struct metrics_page_item *grown = realloc(page->items, room * sizeof *grown);
        if (grown == NULL)
            return false;
        page->items = grown;
        page->room = room;
    }
    return true;
}

static size_t page_find_table(struct metrics_page *page, const struct figures *figures)
{
    size_t table = 0;

    while (table < page->table_count && page->tables[table] != figures)
        table++;
    assert(table < METRICS_TABLES);
    if (table == page->table_count)
        page->tables[page->table_count++] = figures;
    return table;
}

bool metrics_page_add(struct metrics_page *page, const struct figures *figures, const void *summary,
                      size_t summary_bytes, const char *labels)
{
    size_t labels_bytes = strlen(labels) + 1, at = page->length;

    if (!page_make_room(page, page_align(summary_bytes + labels_bytes)))
        return false;
    memcpy(page->bytes + at, summary, summary_bytes);
    memcpy(page->bytes + at + summary_bytes, labels, labels_bytes);
    page->items[page->count++] = (struct metrics_page_item){
        .table = page_find_table(page, figures), .summary = at, .labels = at + summary_bytes};
    page->length = at + page_align(summary_bytes + labels_bytes);
    return true;
}

const void *metrics_page_summary(const struct metrics_page *page, size_t index)
{
    return page->bytes + page->items[index].summary;
}

const char *metrics_page_labels(const struct metrics_page *page, size_t index)
{
    return (const char *)page->bytes + page->items[index].labels;
}

void metrics_page_clear(struct metrics_page *page)
{
    page->table_count = page->count = page->length = 0;
}

void metrics_page_swap(struct metrics_page *a, struct metrics_page *b)
{
    struct metrics_page kept = *a;

    *a = *b;
    *b = kept;
}

void metrics_page_free(struct metrics_page *page)
{
    free(page->items);
    free(page->bytes);
    *page = (struct metrics_page){.count = 0};
}
