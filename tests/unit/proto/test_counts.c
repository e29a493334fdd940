/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* counts: sums, differences and the conservation that the screen promises. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/proto/counts.h"

static struct counts sample(uint64_t seed)
{
    struct counts counts = {.acked = seed, .failed = 2 * seed, .received_bytes = 100 * seed};

    for (int reason = 0; reason < HELD_REASONS; reason++)
        counts.held[reason] = seed + (uint64_t)reason;
    counts.received = counts.acked + counts.failed + counts_held(&counts);
    return counts;
}

static void test_names(void **state)
{
    (void)state;
    assert_string_equal(held_reason_name(HELD_LOOP), "loop");
    assert_string_equal(held_reason_name(HELD_SOURCE), "source");
    assert_string_equal(held_reason_name(HELD_LIMIT), "limit");
    assert_string_equal(held_reason_name(HELD_OFF), "off");
    assert_string_equal(held_reason_name(HELD_LOSS), "loss");
    assert_string_equal(held_reason_name(HELD_FULL), "full");
    assert_string_equal(held_reason_name(HELD_END), "end");
    assert_string_equal(held_reason_name(HELD_REASONS), "unknown");
}

static void test_held_sums_every_reason(void **state)
{
    struct counts counts = {.held = {[HELD_LOOP] = 1, [HELD_LIMIT] = 20, [HELD_LOSS] = 300}};

    (void)state;
    assert_int_equal(counts_held(&counts), 321);
}

static void test_sums_are_conserved(void **state)
{
    struct counts total = sample(7);
    struct counts before = total;
    struct counts more = sample(1000);

    (void)state;
    counts_add(&total, &more);
    assert_int_equal(total.received, before.received + more.received);
    assert_int_equal(total.held[HELD_LOSS], before.held[HELD_LOSS] + more.held[HELD_LOSS]);
    assert_true(counts_conserved(&total));
}

static void test_each_field_is_added(void **state)
{
    struct counts one;
    struct counts sum = {0};
    uint64_t fields[sizeof one / sizeof(uint64_t)];

    (void)state;
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        fields[i] = i + 1;
    memcpy(&one, fields, sizeof one);
    counts_add(&sum, &one);
    assert_memory_equal(&sum, &one, sizeof sum);
}

static void test_conserved(void **state)
{
    struct counts none = {0};
    struct counts counts = sample(3);

    (void)state;
    assert_true(counts_conserved(&none));
    assert_true(counts_conserved(&counts));
    counts.held[HELD_OFF]++;
    assert_false(counts_conserved(&counts));
    counts.received++;
    assert_true(counts_conserved(&counts));
    counts.failed--;
    assert_false(counts_conserved(&counts));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_names),
    cmocka_unit_test(test_held_sums_every_reason),
    cmocka_unit_test(test_sums_are_conserved),
    cmocka_unit_test(test_each_field_is_added),
    cmocka_unit_test(test_conserved),
};

const struct suite suite_counts = {
    .name = "counts", .tests = tests, .count = sizeof tests / sizeof *tests};
