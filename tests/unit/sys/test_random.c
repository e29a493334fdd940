/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* random: all bytes are filled, those behind them are not, and no two keys are alike. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/sys/random.h"

/* More than getrandom(2) gives at once for certain. A byte stays 0 in all of 8 rounds once in
 * 2^64. */
static void every_byte_is_filled(void **state)
{
    enum { SIZE = 1000, ROUNDS = 8 };
    uint8_t bytes[SIZE + 1], seen[SIZE + 1] = {0};

    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        memset(bytes, 0, sizeof bytes);
        assert_true(random_fill(bytes, SIZE));
        for (size_t i = 0; i <= SIZE; i++)
            seen[i] |= bytes[i];
    }
    for (size_t i = 0; i < SIZE; i++)
        assert_int_not_equal(seen[i], 0);
    assert_int_equal(seen[SIZE], 0);
    assert_true(random_fill(NULL, 0));
}

static void keys_differ(void **state)
{
    struct hash_key one = random_key(), other = random_key();

    (void)state;
    assert_memory_not_equal(&one, &other, sizeof one);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(every_byte_is_filled),
    cmocka_unit_test(keys_differ),
};

const struct suite suite_random = {
    .name = "random", .tests = tests, .count = sizeof tests / sizeof *tests};
