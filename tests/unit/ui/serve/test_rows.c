/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rows: slots at the edges of blocks and of the capacity; random clients against an array. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../judge.h"
#include "../../suite.h"

#include "../../../../src/ui/serve/rows_internal.h"
#include "udptui/base/array.h"

static struct row *make(struct rows *rows, uint32_t slot, uint32_t generation, bool expected_new)
{
    bool is_new;
    struct row *row = rows_make(rows, slot, generation, &is_new);

    assert_non_null(row);
    assert_int_equal(is_new, expected_new);
    assert_int_equal(row->generation, generation);
    return row;
}

static void a_slot_is_a_client_and_its_generation(void **state)
{
    struct rows *rows = rows_open(4);

    (void)state;
    assert_null(rows_get(rows, 0));
    make(rows, 2, 7, true)->counts.received = 5;
    assert_int_equal(make(rows, 2, 7, false)->counts.received, 5);
    assert_int_equal(rows_end(rows), 3);
    assert_int_equal(rows_count(rows), 1);
    assert_null(rows_get(rows, 1));
    assert_non_null(rows_find(rows, 2, 7));
    assert_null(rows_find(rows, 2, 8));
    assert_int_equal(make(rows, 2, 8, true)->counts.received, 0); /* another client */
    assert_int_equal(rows_count(rows), 1);
    assert_null(rows_find(rows, 2, 7));
    rows_close(rows);
    rows_close(NULL);
}

static void nothing_is_beyond_the_capacity(void **state)
{
    static const uint32_t capacities[] = {0, 1, 255, 256, 257, 512};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(capacities); i++) {
        struct rows *rows = rows_open(capacities[i]);
        bool is_new = true;
        assert_null(rows_make(rows, capacities[i], 1, &is_new));
        assert_false(is_new);
        assert_null(rows_make(rows, UINT32_MAX, 1, &is_new));
        assert_null(rows_get(rows, capacities[i]));
        assert_null(rows_get(rows, UINT32_MAX));
        assert_int_equal(rows_end(rows), 0);
        for (uint32_t slot = 0; slot < capacities[i]; slot++)
            make(rows, slot, 1, true);
        assert_int_equal(rows_end(rows), capacities[i]);
        assert_int_equal(rows_count(rows), capacities[i]);
        rows_close(rows);
    }
}

static void all_are_forgotten(void **state)
{
    struct rows *rows = rows_open(600);

    (void)state;
    for (uint32_t slot = 0; slot < 600; slot += 3)
        make(rows, slot, 1, true)->counts.received = 5;
    rows_forget(rows);
    assert_int_equal(rows_count(rows), 0);
    for (uint32_t slot = 0; slot < 600; slot += 3)
        assert_null(rows_get(rows, slot));
    assert_int_equal(make(rows, 3, 1, true)->counts.received, 0); /* the same client is a new one */
    rows_close(rows);
}

/* A copy keeps what was, whatever becomes of the original. */
static void a_copy_stands_alone(void **state)
{
    struct rows *rows = rows_open(600), *copy;

    (void)state;
    make(rows, 1, 1, true)->counts.received = 1;
    make(rows, 599, 1, true)->counts.received = 2;
    copy = rows_copy(rows);
    make(rows, 1, 1, false)->counts.received = 100;
    make(rows, 2, 1, true);
    rows_forget(rows);
    assert_int_equal(rows_count(copy), 2);
    assert_int_equal(rows_end(copy), 600);
    assert_int_equal(rows_get(copy, 1)->counts.received, 1);
    assert_int_equal(rows_get(copy, 599)->counts.received, 2);
    assert_null(rows_get(copy, 2));
    assert_null(rows_get(copy, 300)); /* of a block that is not there */
    rows_close(rows);
    make(copy, 598, 1, true);
    rows_close(copy);
}

static void rows_are_those_of_an_array(void **state)
{
    enum { SLOTS = 700 };
    static struct {
        bool used;
        uint32_t generation;
    } array[SLOTS];
    struct rows *rows = rows_open(SLOTS);
    uint64_t seed = 1;

    (void)state;
    memset(array, 0, sizeof array);
    for (int step = 0; step < 20000; step++) {
        uint32_t slot = judge_random(&seed) % SLOTS, generation = judge_random(&seed) % 3, used = 0;
        if (judge_random(&seed) % 500 == 0) {
            rows_forget(rows);
            memset(array, 0, sizeof array);
        } else {
            bool is_new = !array[slot].used || array[slot].generation != generation;
            make(rows, slot, generation, is_new);
            array[slot].used = true;
            array[slot].generation = generation;
        }
        slot = judge_random(&seed) % SLOTS;
        assert_int_equal(rows_get(rows, slot) != NULL, array[slot].used);
        for (size_t i = 0; step % 100 == 0 && i < SLOTS; i++)
            used += array[i].used;
        assert_true(step % 100 != 0 || rows_count(rows) == used);
    }
    rows_close(rows);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_slot_is_a_client_and_its_generation),
    cmocka_unit_test(nothing_is_beyond_the_capacity),
    cmocka_unit_test(all_are_forgotten),
    cmocka_unit_test(a_copy_stands_alone),
    cmocka_unit_test(rows_are_those_of_an_array),
};

const struct suite suite_serve_rows = {
    .name = "serve_rows", .tests = tests, .count = sizeof tests / sizeof *tests};
