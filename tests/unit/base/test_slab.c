/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* slab: its bounds, then random sizes against a list of what is in use. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "../judge.h"
#include "udptui/base/slab.h"

enum { PAGE = SLAB_BLOCK_MAX, BLOCKS_MAX = 4096 };

static void a_page_holds_what_fits(void **state)
{
    struct slab *slab = slab_open(PAGE);
    static void *blocks[BLOCKS_MAX];
    int count = 0;

    (void)state;
    while ((blocks[count] = slab_alloc(slab, 64)) != NULL)
        count++;
    assert_int_equal(count, PAGE / 64);
    assert_int_equal(slab_used_bytes(slab), PAGE);
    slab_free(slab, blocks[7]);
    assert_ptr_equal(slab_alloc(slab, 1), blocks[7]);
    assert_null(slab_alloc(slab, 0));
    slab_close(slab);
    slab_close(NULL);
}

static void an_empty_page_is_for_any_size(void **state)
{
    struct slab *slab = slab_open(PAGE);
    void *one = slab_alloc(slab, 100), *other = slab_alloc(slab, 128);

    (void)state;
    assert_non_null(one);
    assert_non_null(other);
    assert_null(slab_alloc(slab, 129)); /* the page has blocks of 128 */
    slab_free(slab, one);
    assert_null(slab_alloc(slab, PAGE));
    slab_free(slab, other);
    assert_null(slab_alloc(slab, (size_t)PAGE + 1)); /* no page is larger */
    one = slab_alloc(slab, PAGE);
    assert_non_null(one);
    assert_null(slab_alloc(slab, 0));
    slab_free(slab, one);
    slab_free(slab, NULL);
    assert_int_equal(slab_used_bytes(slab), 0);
    slab_close(slab);
}

static void less_than_a_page_is_one(void **state)
{
    struct slab *slab = slab_open(1);
    void *block = slab_alloc(slab, PAGE);

    (void)state;
    assert_non_null(block);
    memset(block, 0xff, PAGE);
    slab_close(slab);
}

/* ---- random operations: each block keeps what was written to it, to its last byte */

struct block {
    uint8_t *bytes;
    size_t size_bytes;
    uint8_t content;
};

static void check_content(const struct block *block)
{
    for (size_t i = 0; i < block->size_bytes; i++)
        if (block->bytes[i] != block->content)
            fail_msg("byte %zu of %zu was overwritten", i, block->size_bytes);
}

static size_t random_size(uint64_t *random)
{
    return judge_random(random) % (2u << judge_random(random) % 16);
}

static void blocks_never_overlap(void **state)
{
    static struct block blocks[64];
    const int count = sizeof blocks / sizeof *blocks;
    struct slab *slab = slab_open(5 * PAGE);
    uint64_t random = 1;
    int refused = 0;

    (void)state;
    memset(blocks, 0, sizeof blocks);
    for (int i = 0; i < 20000; i++) {
        struct block *block = &blocks[judge_random(&random) % (unsigned)count];
        check_content(block);
        slab_free(slab, block->bytes);
        *block = (struct block){.size_bytes = random_size(&random), .content = (uint8_t)i};
        block->bytes = slab_alloc(slab, block->size_bytes);
        refused += block->bytes == NULL;
        if (block->bytes == NULL)
            block->size_bytes = 0;
        else
            memset(block->bytes, block->content, block->size_bytes);
        assert_true(slab_used_bytes(slab) <= 5 * PAGE);
    }
    assert_true(refused > 100 && refused < 19000); /* both edges were met */
    for (int i = 0; i < count; i++)
        slab_free(slab, blocks[i].bytes);
    assert_int_equal(slab_used_bytes(slab), 0);
    for (int i = 0; i < 5; i++) /* every page is free again */
        assert_non_null(slab_alloc(slab, PAGE));
    slab_close(slab);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_page_holds_what_fits),
    cmocka_unit_test(an_empty_page_is_for_any_size),
    cmocka_unit_test(less_than_a_page_is_one),
    cmocka_unit_test(blocks_never_overlap),
};

const struct suite suite_slab = {
    .name = "slab", .tests = tests, .count = sizeof tests / sizeof *tests};
