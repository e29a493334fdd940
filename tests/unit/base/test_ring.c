/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ring: the edges one by one, random writes against a queue of sizes, and two threads.
 *
 * A record's bytes follow from its number, so that a lost, doubled, torn or reordered one shows.
 */
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/base/ring.h"

enum { SMALL = 64, THREAD_RECORDS = 200000, THREAD_CAPACITY = 1024 };

static uint64_t mix(uint64_t number)
{
    number = (number ^ (number >> 31)) * UINT64_C(0x9e3779b97f4a7c15);
    return number ^ (number >> 29);
}

static void fill(unsigned char *bytes, size_t size_bytes, uint64_t number)
{
    for (size_t i = 0; i < size_bytes; i++)
        bytes[i] = (unsigned char)(mix(number) + i);
}

static bool filled(const unsigned char *bytes, size_t size_bytes, uint64_t number)
{
    for (size_t i = 0; i < size_bytes; i++) {
        if (bytes[i] != (unsigned char)(mix(number) + i))
            return false;
    }
    return true;
}

static bool write_record(struct ring *ring, size_t size_bytes, uint64_t number)
{
    void *room = ring_reserve(ring, size_bytes);

    if (room == NULL)
        return false;
    fill(room, size_bytes, number);
    ring_commit(ring, size_bytes);
    return true;
}

static void read_record(struct ring *ring, size_t size_bytes, uint64_t number)
{
    size_t size = SIZE_MAX;
    const void *record = ring_peek(ring, &size);

    assert_non_null(record);
    assert_int_equal(size, size_bytes);
    assert_true(filled(record, size, number));
    ring_release(ring);
}

static void test_capacity_is_rounded_up(void **state)
{
    static const struct {
        size_t wanted, record_max;
    } cases[] = {{0, 24}, {1, 24}, {64, 24}, {65, 56}, {100, 56}, {128, 56}, {1000, 504}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ring *ring = ring_open(cases[i].wanted);

        assert_non_null(ring);
        assert_int_equal(ring_record_max(ring), cases[i].record_max);
        ring_close(ring);
    }
}

static void test_impossible_capacity(void **state)
{
    (void)state;
    assert_null(ring_open(SIZE_MAX));
    ring_close(NULL);
}

static void test_empty(void **state)
{
    struct ring *ring = ring_open(SMALL);
    size_t size;

    (void)state;
    assert_null(ring_peek(ring, &size));
    assert_int_equal(ring_used(ring), 0);
    ring_close(ring);
}

static void test_one_record(void **state)
{
    struct ring *ring = ring_open(SMALL);
    size_t size;

    (void)state;
    assert_true(write_record(ring, 5, 1));
    assert_int_equal(ring_used(ring), 16);
    read_record(ring, 5, 1);
    assert_null(ring_peek(ring, &size));
    assert_int_equal(ring_used(ring), 0);
    ring_close(ring);
}

static void test_reserved_is_not_seen_before_commit(void **state)
{
    struct ring *ring = ring_open(SMALL);
    void *room = ring_reserve(ring, 8);
    size_t size;

    (void)state;
    assert_null(ring_peek(ring, &size));
    assert_ptr_equal(ring_reserve(ring, 8), room);
    fill(room, 8, 3);
    ring_commit(ring, 8);
    read_record(ring, 8, 3);
    ring_close(ring);
}

static void test_peek_twice_gives_the_same(void **state)
{
    struct ring *ring = ring_open(SMALL);
    const void *record;
    size_t size;

    (void)state;
    write_record(ring, 8, 1);
    write_record(ring, 8, 2);
    record = ring_peek(ring, &size);
    assert_ptr_equal(ring_peek(ring, &size), record);
    read_record(ring, 8, 1);
    read_record(ring, 8, 2);
    ring_close(ring);
}

static void test_too_large_is_refused(void **state)
{
    struct ring *ring = ring_open(SMALL);
    size_t most = ring_record_max(ring);

    (void)state;
    assert_null(ring_reserve(ring, most + 1));
    assert_null(ring_reserve(ring, SIZE_MAX));
    assert_true(write_record(ring, most, 9));
    read_record(ring, most, 9);
    ring_close(ring);
}

static void test_largest_fits_from_every_position(void **state)
{
    struct ring *ring = ring_open(SMALL);
    size_t most = ring_record_max(ring);

    (void)state;
    for (uint64_t number = 0; number < 64; number++) {
        assert_true(write_record(ring, most, number));
        read_record(ring, most, number);
        assert_true(write_record(ring, 0, number)); /* moves on by one header */
        read_record(ring, 0, number);
    }
    ring_close(ring);
}

static void test_full_changes_nothing(void **state)
{
    struct ring *ring = ring_open(SMALL);

    (void)state;
    for (uint64_t number = 0; number < 4; number++)
        assert_true(write_record(ring, 8, number));
    assert_null(ring_reserve(ring, 0));
    assert_int_equal(ring_used(ring), SMALL);
    read_record(ring, 8, 0);
    assert_true(write_record(ring, 8, 4));
    for (uint64_t number = 1; number < 5; number++)
        read_record(ring, 8, number);
    ring_close(ring);
}

static void test_filler_counts_as_used(void **state)
{
    struct ring *ring = ring_open(SMALL);

    (void)state;
    assert_true(write_record(ring, 24, 0)); /* 0 to 32 */
    assert_true(write_record(ring, 8, 1));  /* 32 to 48 */
    read_record(ring, 24, 0);
    assert_true(write_record(ring, 16, 2)); /* 16 bytes left before the end: from 0 on */
    assert_int_equal(ring_used(ring), 16 + 16 + 24);
    assert_null(ring_reserve(ring, 8));
    read_record(ring, 8, 1);
    read_record(ring, 16, 2);
    assert_int_equal(ring_used(ring), 0);
    ring_close(ring);
}

static void test_records_are_aligned(void **state)
{
    struct ring *ring = ring_open(256);

    (void)state;
    for (size_t size = 0; size < 100; size++) {
        void *room = ring_reserve(ring, size);

        assert_non_null(room);
        assert_int_equal((uintptr_t)room % 8, 0);
        fill(room, size, size);
        ring_commit(ring, size);
        read_record(ring, size, size);
    }
    ring_close(ring);
}

/* Writes and reads in random bursts on one thread; sizes are remembered by number. */
static void test_random_bursts(void **state)
{
    enum { ROUNDS = 20000, CAPACITY = 256 };
    struct ring *ring = ring_open(CAPACITY);
    uint64_t written = 0;
    uint64_t read = 0;

    (void)state;
    for (uint64_t round = 0; round < ROUNDS; round++) {
        uint64_t dice = mix(round + 1);

        for (uint64_t burst = dice % 7; burst > 0; burst--) {
            if (!write_record(ring, (size_t)(mix(written) % (ring_record_max(ring) + 1)), written))
                break;
            written++;
        }
        for (uint64_t burst = dice / 7 % 7; burst > 0 && read < written; burst--) {
            read_record(ring, (size_t)(mix(read) % (ring_record_max(ring) + 1)), read);
            read++;
        }
        assert_true(ring_used(ring) <= CAPACITY);
        assert_int_equal(ring_used(ring) == 0, read == written);
    }
    ring_close(ring);
    assert_true(read > ROUNDS);
}

static size_t thread_size(uint64_t number)
{
    return (size_t)(mix(number) % (THREAD_CAPACITY / 2 - 8 + 1));
}

static void *write_all(void *argument)
{
    struct ring *ring = argument;

    for (uint64_t number = 0; number < THREAD_RECORDS;) {
        if (write_record(ring, thread_size(number), number))
            number++;
        else
            sched_yield();
    }
    return NULL;
}

static void test_two_threads(void **state)
{
    struct ring *ring = ring_open(THREAD_CAPACITY);
    uint64_t wrong = 0;
    pthread_t writer;

    (void)state;
    assert_int_equal(pthread_create(&writer, NULL, write_all, ring), 0);
    for (uint64_t number = 0; number < THREAD_RECORDS;) {
        size_t size;
        const void *record = ring_peek(ring, &size);

        if (record == NULL) {
            sched_yield();
            continue;
        }
        if (size != thread_size(number) || !filled(record, size, number))
            wrong++;
        ring_release(ring);
        number++;
    }
    pthread_join(writer, NULL);
    assert_int_equal(wrong, 0);
    assert_int_equal(ring_used(ring), 0);
    ring_close(ring);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_capacity_is_rounded_up),
    cmocka_unit_test(test_impossible_capacity),
    cmocka_unit_test(test_empty),
    cmocka_unit_test(test_one_record),
    cmocka_unit_test(test_reserved_is_not_seen_before_commit),
    cmocka_unit_test(test_peek_twice_gives_the_same),
    cmocka_unit_test(test_too_large_is_refused),
    cmocka_unit_test(test_largest_fits_from_every_position),
    cmocka_unit_test(test_full_changes_nothing),
    cmocka_unit_test(test_filler_counts_as_used),
    cmocka_unit_test(test_records_are_aligned),
    cmocka_unit_test(test_random_bursts),
    cmocka_unit_test(test_two_threads),
};

const struct suite suite_ring = {
    .name = "ring", .tests = tests, .count = sizeof tests / sizeof *tests};
