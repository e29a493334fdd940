/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bitmap: what was put in is in, nothing else is, however far apart; too large a number is
 * refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/base/bitmap.h"

static void test_members(void **state)
{
    static const uint64_t members[] = {0, 1, 7, 8, 8191, 8192, 1000000};
    struct bitmap bitmap = {.bytes = NULL};
    uint64_t found = 0;

    (void)state;
    assert_false(bitmap_has(&bitmap, 0));
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        assert_true(bitmap_add(&bitmap, members[i]));
    assert_true(bitmap_add(&bitmap, 7));
    for (uint64_t number = 0; number < 1100000; number++)
        found += bitmap_has(&bitmap, number);
    assert_int_equal(found, sizeof members / sizeof *members);
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        assert_true(bitmap_has(&bitmap, members[i]));
    assert_true(bitmap.size_bytes <= 2 * 1000000 / 8);
    bitmap_clear(&bitmap);
    assert_false(bitmap_has(&bitmap, 7));
}

static void test_too_large(void **state)
{
    struct bitmap bitmap = {.bytes = NULL};

    (void)state;
    assert_true(bitmap_add(&bitmap, 3));
    assert_false(bitmap_add(&bitmap, UINT64_MAX));
    assert_true(bitmap_has(&bitmap, 3));
    assert_false(bitmap_has(&bitmap, UINT64_MAX));
    bitmap_clear(&bitmap);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_members),
                                          cmocka_unit_test(test_too_large)};

const struct suite suite_bitmap = {
    .name = "bitmap", .tests = tests, .count = sizeof tests / sizeof *tests};
