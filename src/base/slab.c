/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * slab: a row for each page; lists of pages by the size of their blocks.
 *
 *     partial[order]   pages of blocks of 64 << order bytes, some of them in use and some free
 *     empty            pages without a block in use; those from `touched` on were never used
 *
 * A page whose blocks are all in use is in no list. Its free blocks are a list through the blocks:
 * each holds the number of the next. Blocks from `fresh` on were never used.
 */
#include "udptui/base/slab.h"

#include <stdbool.h>
#include <stdlib.h>

#define NO_PAGE UINT32_MAX

enum { ORDERS = 11, BLOCK_BITS = 6, NO_BLOCK = UINT16_MAX };

struct page {
    uint32_t previous, next; /* in its list */
    uint16_t used, fresh;
    uint16_t free; /* the first free block, NO_BLOCK */
    uint8_t order;
};

struct slab {
    uint8_t *memory;
    struct page *pages;
    uint32_t page_count, touched;
    uint32_t empty, partial[ORDERS];
    size_t used_bytes;
};

struct slab *slab_open(size_t bytes)
{
    struct slab *slab = calloc(1, sizeof *slab);

    if (slab == NULL)
        return NULL;
    slab->page_count = (uint32_t)(bytes < SLAB_BLOCK_MAX ? 1 : bytes / SLAB_BLOCK_MAX);
    slab->memory = aligned_alloc(1 << BLOCK_BITS, (size_t)slab->page_count * SLAB_BLOCK_MAX);
    slab->pages = calloc(slab->page_count, sizeof *slab->pages);
    if (slab->memory == NULL || slab->pages == NULL) {
        slab_close(slab);
        return NULL;
    }
    slab->empty = NO_PAGE;
    for (int order = 0; order < ORDERS; order++)
        slab->partial[order] = NO_PAGE;
    return slab;
}

void slab_close(struct slab *slab)
{
    if (slab == NULL)
        return;
    free(slab->memory);
    free(slab->pages);
    free(slab);
}

static void slab_link(struct slab *slab, uint32_t *list, uint32_t index)
{
    slab->pages[index].previous = NO_PAGE;
    slab->pages[index].next = *list;
    if (*list != NO_PAGE)
        slab->pages[*list].previous = index;
    *list = index;
}

static void slab_unlink(struct slab *slab, uint32_t *list, uint32_t index)
{
    const struct page *page = &slab->pages[index];

    if (page->previous != NO_PAGE)
        slab->pages[page->previous].next = page->next;
    else
        *list = page->next;
    if (page->next != NO_PAGE)
        slab->pages[page->next].previous = page->previous;
}

static unsigned slab_order_of(size_t size_bytes)
{
    unsigned order = 0;

    while (((size_t)1 << (BLOCK_BITS + order)) < size_bytes)
        order++;
    return order;
}

static unsigned slab_page_blocks(const struct page *page)
{
    return SLAB_BLOCK_MAX >> (BLOCK_BITS + page->order);
}

static uint8_t *slab_block(const struct slab *slab, uint32_t index, unsigned block)
{
    return slab->memory + (size_t)index * SLAB_BLOCK_MAX +
           ((size_t)block << (BLOCK_BITS + slab->pages[index].order));
}

/* A page for blocks of this order, in the list of its order; NO_PAGE: all are in use. */
static uint32_t slab_open_page(struct slab *slab, unsigned order)
{
    uint32_t index = slab->empty;

    if (index != NO_PAGE)
        slab_unlink(slab, &slab->empty, index);
    else if (slab->touched < slab->page_count)
        index = slab->touched++;
    else
        return NO_PAGE;
    slab->pages[index] = (struct page){.free = NO_BLOCK, .order = (uint8_t)order};
    slab_link(slab, &slab->partial[order], index);
    return index;
}

static uint8_t *slab_take_block(struct slab *slab, uint32_t index)
{
    struct page *page = &slab->pages[index];
    unsigned taken = page->free;

    page->used++;
    if (taken == NO_BLOCK)
        return slab_block(slab, index, page->fresh++);
    page->free = *(uint16_t *)(void *)slab_block(slab, index, taken);
    return slab_block(slab, index, taken);
}

void *slab_alloc(struct slab *slab, size_t size_bytes)
{
    unsigned order = slab_order_of(size_bytes);
    uint32_t index;
    void *block;

    if (size_bytes > SLAB_BLOCK_MAX)
        return NULL;
    index = slab->partial[order];
    if (index == NO_PAGE && (index = slab_open_page(slab, order)) == NO_PAGE)
        return NULL;
    block = slab_take_block(slab, index);
    if (slab->pages[index].used == slab_page_blocks(&slab->pages[index]))
        slab_unlink(slab, &slab->partial[order], index);
    slab->used_bytes += (size_t)1 << (BLOCK_BITS + order);
    return block;
}

void slab_free(struct slab *slab, void *block)
{
    if (block == NULL)
        return;
    size_t offset = (size_t)((uint8_t *)block - slab->memory);
    uint32_t index = (uint32_t)(offset / SLAB_BLOCK_MAX);
    struct page *page = &slab->pages[index];
    unsigned shift = BLOCK_BITS + page->order;
    uint32_t *list = &slab->partial[page->order];

    if (page->used == slab_page_blocks(page))
        slab_link(slab, list, index);
    *(uint16_t *)block = page->free;
    page->free = (uint16_t)(offset % SLAB_BLOCK_MAX >> shift);
    slab->used_bytes -= (size_t)1 << shift;
    if (--page->used > 0)
        return;
    slab_unlink(slab, list, index);
    slab_link(slab, &slab->empty, index);
}

size_t slab_used_bytes(const struct slab *slab)
{
    return slab->used_bytes;
}
