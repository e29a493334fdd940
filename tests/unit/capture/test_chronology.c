/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chronology: order, room, and random use against a plain list that is searched from end to end.
 *
 * A record's bytes follow from its number, so that a torn or moved one shows.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "../judge.h"
#include "udptui/capture/chronology.h"

enum { CAPACITY = 2048, RECORD_MAX = 300, HELD_MAX = CAPACITY / CHRONOLOGY_RECORD_MIN };

static void fill(uint8_t *bytes, size_t size, unsigned number)
{
    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)(number * 31 + i);
}

static bool add(struct chronology *chronology, int64_t time_ns, unsigned number, size_t size)
{
    uint8_t bytes[RECORD_MAX] = {0};

    fill(bytes, size, number);
    return chronology_add(chronology, time_ns, bytes, size);
}

static void expect_take(struct chronology *chronology, int64_t until_ns, unsigned number,
                        size_t expected)
{
    uint8_t bytes[RECORD_MAX];
    size_t size = 0;
    const void *record = chronology_take(chronology, until_ns, &size);

    assert_non_null(record);
    assert_int_equal((uintptr_t)record % 8, 0);
    assert_int_equal(size, expected);
    fill(bytes, expected, number);
    assert_memory_equal(record, bytes, expected);
}

static void expect_none(struct chronology *chronology, int64_t until_ns)
{
    size_t size;

    assert_null(chronology_take(chronology, until_ns, &size));
}

static void by_time_then_by_turn(void **state)
{
    struct chronology *chronology = chronology_open(CAPACITY);

    (void)state;
    assert_non_null(chronology);
    expect_none(chronology, INT64_MAX);
    assert_true(add(chronology, 30, 1, 70));
    assert_true(add(chronology, 10, 2, 70));
    assert_true(add(chronology, 20, 3, 71));
    assert_true(add(chronology, 10, 4, 72));
    assert_int_equal(chronology_count(chronology), 4);
    expect_none(chronology, 9);
    expect_take(chronology, 10, 2, 70);
    expect_take(chronology, 10, 4, 72);
    expect_none(chronology, 19);
    assert_true(add(chronology, 15, 5, 0));
    expect_take(chronology, INT64_MAX, 5, 0);
    expect_take(chronology, INT64_MAX, 3, 71);
    expect_take(chronology, INT64_MAX, 1, 70);
    expect_none(chronology, INT64_MAX);
    chronology_close(chronology);
    chronology_close(NULL);
}

/* What was taken makes room, wherever it lay. */
static void room(void **state)
{
    struct chronology *chronology = chronology_open(CAPACITY);

    (void)state;
    assert_non_null(chronology);
    for (unsigned i = 0; i < CAPACITY / 256; i++)
        assert_true(add(chronology, 100 - (int64_t)i, i, 256));
    assert_false(add(chronology, 0, 99, 1));
    expect_take(chronology, INT64_MAX, CAPACITY / 256 - 1, 256);
    assert_true(add(chronology, 0, 99, 256));
    assert_false(add(chronology, 0, 98, 1));
    expect_take(chronology, INT64_MAX, 99, 256);
    for (unsigned i = CAPACITY / 256 - 1; i-- > 0;)
        expect_take(chronology, INT64_MAX, i, 256);
    expect_none(chronology, INT64_MAX);
    chronology_close(chronology);
}

/* More that goes backwards than there are runs for. */
static void backwards(void **state)
{
    struct chronology *chronology = chronology_open(1 << 16);

    (void)state;
    assert_non_null(chronology);
    for (unsigned i = 0; i < 400; i++)
        assert_true(add(chronology, 1000 - (int64_t)(i / 2), i, 64));
    for (unsigned i = 400; i > 0; i -= 2) { /* of equal times the first one first */
        expect_take(chronology, INT64_MAX, i - 2, 64);
        expect_take(chronology, INT64_MAX, i - 1, 64);
    }
    expect_none(chronology, INT64_MAX);
    chronology_close(chronology);
}

/* ---- random use against a list */

struct held {
    int64_t time_ns;
    unsigned number;
    size_t size;
};

struct list {
    struct held items[HELD_MAX]; /* in the order of adding */
    size_t count, bytes;
};

static void take_from_both(struct chronology *chronology, struct list *list, int64_t until_ns)
{
    size_t first = 0;

    for (size_t i = 1; i < list->count; i++)
        if (list->items[i].time_ns < list->items[first].time_ns)
            first = i;
    if (list->count == 0 || list->items[first].time_ns > until_ns) {
        expect_none(chronology, until_ns);
        return;
    }
    expect_take(chronology, until_ns, list->items[first].number, list->items[first].size);
    list->bytes -= (list->items[first].size + 7) / 8 * 8;
    list->count--;
    memmove(&list->items[first], &list->items[first + 1],
            (list->count - first) * sizeof *list->items);
}

static void add_to_both(struct chronology *chronology, struct list *list, struct held item)
{
    size_t needed = (item.size + 7) / 8 * 8;
    bool fits = list->count < HELD_MAX && list->bytes + needed <= CAPACITY;

    assert_int_equal(add(chronology, item.time_ns, item.number, item.size), fits);
    if (!fits)
        return;
    list->items[list->count++] = item;
    list->bytes += needed;
}

static void like_a_list(void **state)
{
    struct chronology *chronology = chronology_open(CAPACITY);
    struct list list = {.count = 0};
    uint64_t seed = 4010;

    (void)state;
    assert_non_null(chronology);
    for (unsigned step = 0; step < 100000; step++) {
        int64_t time_ns = judge_random(&seed) % 50;
        if (judge_random(&seed) % 100 < 52) {
            struct held item = {time_ns, step, judge_random(&seed) % RECORD_MAX};
            add_to_both(chronology, &list, item);
        } else {
            take_from_both(chronology, &list, time_ns);
        }
        assert_int_equal(chronology_count(chronology), list.count);
    }
    chronology_close(chronology);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(by_time_then_by_turn),
    cmocka_unit_test(room),
    cmocka_unit_test(backwards),
    cmocka_unit_test(like_a_list),
};

const struct suite suite_chronology = {
    .name = "chronology", .tests = tests, .count = sizeof tests / sizeof *tests};
