/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hash: known answers of SipHash-1-3, and that each bit counts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/base/hash.h"

/* The key and the inputs (0, 1, 2, ...) of the authors' test vectors. */
static const struct hash_key reference = {UINT64_C(0x0706050403020100),
                                          UINT64_C(0x0f0e0d0c0b0a0908)};

static void keyed_hashes_are_siphash_1_3(void **state)
{
    static const struct {
        size_t size_bytes;
        uint64_t hash;
    } rows[] = {
        {0, UINT64_C(0xabac0158050fc4dc)},  {1, UINT64_C(0xc9f49bf37d57ca93)},
        {7, UINT64_C(0xd3927d989bb11140)},  {8, UINT64_C(0x369095118d299a8e)},
        {9, UINT64_C(0x25a48eb36c063de4)},  {15, UINT64_C(0xd320d86d2a519956)},
        {16, UINT64_C(0xcc4fdd1a7d908b66)}, {24, UINT64_C(0xf464aeb267349c8c)},
        {63, UINT64_C(0x9d199062b7bbb3a8)},
    };
    uint8_t bytes[64];

    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)i;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_true(hash_keyed(&reference, bytes, rows[i].size_bytes) == rows[i].hash);
    assert_true(hash_keyed_words_3(&reference, hash_load_word(bytes), hash_load_word(bytes + 8),
                                   hash_load_word(bytes + 16)) == rows[7].hash);
}

static int turned(uint64_t a, uint64_t b)
{
    return __builtin_popcountll(a ^ b);
}

/* Each bit of the input turns about half of the result's 64. */
static void every_bit_counts(void **state)
{
    uint8_t bytes[21] = {1, 2, 3};
    const uint64_t plain = hash_bytes(0, bytes, sizeof bytes);
    const uint64_t keyed = hash_keyed(&reference, bytes, sizeof bytes);

    (void)state;
    for (size_t bit = 0; bit < 8 * sizeof bytes; bit++) {
        bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_in_range(turned(plain, hash_bytes(0, bytes, sizeof bytes)), 12, 52);
        assert_in_range(turned(keyed, hash_keyed(&reference, bytes, sizeof bytes)), 12, 52);
        bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    for (int bit = 0; bit < 64; bit++) {
        assert_in_range(turned(hash_word(7, 0), hash_word(7, UINT64_C(1) << bit)), 12, 52);
        assert_in_range(turned(hash_word(0, 7), hash_word(UINT64_C(1) << bit, 7)), 12, 52);
    }
}

/* Trailing zeros are not the padding. */
static void the_number_of_bytes_counts(void **state)
{
    static const uint8_t zeros[24];

    (void)state;
    for (size_t i = 0; i < sizeof zeros; i++)
        for (size_t j = 0; j < i; j++) {
            assert_true(hash_bytes(0, zeros, i) != hash_bytes(0, zeros, j));
            assert_true(hash_keyed(&reference, zeros, i) != hash_keyed(&reference, zeros, j));
        }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(keyed_hashes_are_siphash_1_3),
    cmocka_unit_test(every_bit_counts),
    cmocka_unit_test(the_number_of_bytes_counts),
};

const struct suite suite_hash = {
    .name = "hash", .tests = tests, .count = sizeof tests / sizeof *tests};
