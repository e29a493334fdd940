/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* peers against a list that does the same slowly. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/proto/peers.h"

static const struct hash_key key = {.k0 = 1, .k1 = 2};

static struct endpoint client(unsigned n)
{
    return (struct endpoint){.family = ENDPOINT_IPV4,
                             .address = {10, (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n},
                             .port = (uint16_t)(1024 + n % 50000)};
}

static const struct counts one_acked = {.received = 1, .acked = 1, .received_bytes = 5};

static void touch_finds_the_same_row_again(void **state)
{
    struct peers *peers = peers_open(4, NULL, &key);
    struct endpoint a = client(1), b = client(2);
    struct peer_handle first = peers_touch(peers, &a, 10);
    struct peer_handle other = peers_touch(peers, &b, 20);
    struct peer_handle again = peers_touch(peers, &a, 30);

    (void)state;
    assert_int_equal(first.slot, again.slot);
    assert_int_equal(first.generation, again.generation);
    assert_int_not_equal(first.slot, other.slot);
    assert_int_equal(peers_used(peers), 2);
    assert_int_equal(peers_at(peers, first.slot)->first_ns, 10);
    assert_int_equal(peers_at(peers, first.slot)->last_ns, 30);
    peers_close(peers);
}

static void a_full_table_evicts_the_longest_unused(void **state)
{
    struct peers *peers = peers_open(2, NULL, &key);
    struct endpoint a = client(1), b = client(2), c = client(3);
    struct peer_handle old = peers_touch(peers, &a, 1);

    (void)state;
    peers_count(peers, old, &one_acked);
    peers_touch(peers, &b, 2);
    peers_touch(peers, &a, 3);
    struct peer_handle newest = peers_touch(peers, &c, 4); /* takes b's row */
    assert_true(endpoint_equal(&peers_at(peers, old.slot)->endpoint, &a));
    assert_int_not_equal(newest.slot, old.slot);
    assert_int_equal(peers_evictions(peers), 1);
    assert_int_equal(peers_used(peers), 2);
    peers_close(peers);
}

static void counts_of_an_old_handle_go_to_the_evicted(void **state)
{
    struct peers *peers = peers_open(1, NULL, &key);
    struct endpoint a = client(1), b = client(2);
    struct peer_handle gone = peers_touch(peers, &a, 1);

    (void)state;
    peers_count(peers, gone, &one_acked);
    struct peer_handle here = peers_touch(peers, &b, 2);
    peers_count(peers, gone, &one_acked);
    assert_int_equal(peers_at(peers, here.slot)->counts.received, 0);
    assert_int_equal(peers_evicted(peers)->received, 2);
    assert_int_equal(peers_totals(peers)->received, 2);
    peers_close(peers);
}

static void each_changed_row_is_dirty_once(void **state)
{
    struct peers *peers = peers_open(8, NULL, &key);
    struct endpoint a = client(1), b = client(2);
    struct peer_handle first = peers_touch(peers, &a, 1);

    (void)state;
    peers_touch(peers, &b, 2);
    peers_touch(peers, &a, 3);
    assert_int_equal(peers_dirty(peers), first.slot);
    peers_clean(peers);
    assert_int_not_equal(peers_dirty(peers), first.slot);
    peers_clean(peers);
    assert_int_equal(peers_dirty(peers), PEERS_NONE);
    peers_count(peers, first, &one_acked);
    assert_int_equal(peers_dirty(peers), first.slot);
    peers_close(peers);
}

static void reset_voids_old_handles(void **state)
{
    struct peers *peers = peers_open(4, NULL, &key);
    struct endpoint a = client(1);
    struct peer_handle before = peers_touch(peers, &a, 1);

    (void)state;
    peers_reset(peers);
    assert_int_equal(peers_used(peers), 0);
    assert_int_equal(peers_dirty(peers), PEERS_NONE);
    struct peer_handle after = peers_touch(peers, &a, 2);
    assert_int_not_equal(before.generation, after.generation);
    assert_int_equal(peers_at(peers, after.slot)->first_ns, 2);
    peers_close(peers);
}

/* Two tables of two threads, eight rows in all: no table gets a ninth, and each has at least
 * one. */
static void tables_share_a_capacity(void **state)
{
    atomic_uint used = 0;
    struct peers *first = peers_open(8, &used, &key), *second = peers_open(8, &used, &key);

    (void)state;
    for (unsigned n = 0; n < 20; n++) {
        struct endpoint endpoint = client(n);
        peers_touch(first, &endpoint, n);
    }
    assert_int_equal(peers_used(first), 7);
    for (unsigned n = 0; n < 20; n++) {
        struct endpoint endpoint = client(n);
        peers_touch(second, &endpoint, n);
    }
    assert_int_equal(peers_used(second), 1);
    assert_int_equal(peers_evictions(first), 13);
    assert_int_equal(peers_evictions(second), 19);
    peers_reset(first);
    for (unsigned n = 0; n < 20; n++) {
        struct endpoint endpoint = client(n);
        peers_touch(second, &endpoint, n);
    }
    assert_int_equal(peers_used(second), 7);
    peers_close(first);
    peers_close(second);
}

enum { MODEL_CAPACITY = 7, MODEL_CLIENTS = 23, MODEL_STEPS = 200000 };

/* The same as peers does it, as an array in order of use, newest first. */
struct slow_table {
    unsigned clients[MODEL_CAPACITY];
    uint64_t received[MODEL_CAPACITY];
    size_t used;
    uint64_t evicted;
};

static uint64_t *slow_touch(struct slow_table *table, unsigned n)
{
    uint64_t received = 0;
    size_t i = 0;

    while (i < table->used && table->clients[i] != n)
        i++;
    if (i < table->used)
        received = table->received[i];
    else if (table->used < MODEL_CAPACITY)
        i = table->used++;
    else
        table->evicted += table->received[--i];
    for (; i > 0; i--) {
        table->clients[i] = table->clients[i - 1];
        table->received[i] = table->received[i - 1];
    }
    table->clients[0] = n;
    table->received[0] = received;
    return &table->received[0];
}

static void random_use_agrees_with_the_slow_table(void **state)
{
    struct peers *peers = peers_open(MODEL_CAPACITY, NULL, &key);
    struct slow_table table = {.used = 0};

    (void)state;
    srand(4010);
    for (int step = 0; step < MODEL_STEPS; step++) {
        unsigned n = (unsigned)rand() % MODEL_CLIENTS;
        struct endpoint endpoint = client(n);
        struct peer_handle handle = peers_touch(peers, &endpoint, step);
        uint64_t *expected = slow_touch(&table, n);
        assert_int_equal(peers_at(peers, handle.slot)->counts.received, *expected);
        peers_count(peers, handle, &one_acked);
        *expected += 1;
        assert_int_equal(peers_evicted(peers)->received, table.evicted);
        if (rand() % 3 == 0 && peers_dirty(peers) != PEERS_NONE)
            peers_clean(peers);
    }
    assert_int_equal(peers_totals(peers)->received, MODEL_STEPS);
    assert_true(counts_conserved(peers_totals(peers)));
    peers_close(peers);
}

static void a_client_takes_at_most_224_bytes(void **state)
{
    (void)state;
    /* the row, its share of the index (two to four entries) and its place in the dirty queue */
    assert_true(sizeof(struct peer) + 4 * sizeof(uint32_t) + sizeof(uint32_t) <= 224);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(touch_finds_the_same_row_again),
    cmocka_unit_test(a_full_table_evicts_the_longest_unused),
    cmocka_unit_test(counts_of_an_old_handle_go_to_the_evicted),
    cmocka_unit_test(each_changed_row_is_dirty_once),
    cmocka_unit_test(reset_voids_old_handles),
    cmocka_unit_test(tables_share_a_capacity),
    cmocka_unit_test(random_use_agrees_with_the_slow_table),
    cmocka_unit_test(a_client_takes_at_most_224_bytes),
};

const struct suite suite_peers = {
    .name = "peers", .tests = tests, .count = sizeof tests / sizeof *tests};
