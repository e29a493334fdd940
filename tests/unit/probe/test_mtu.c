/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mtu: which size is tried next, for every limit, with and without somebody who names it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/probe/mtu.h"

enum { MOST = 65507 };

/* A path that answers up to `limit` bytes. Returns how many sizes were tried. */
static int search(size_t limit, enum mtu_answer answer, size_t fitting_bytes, size_t *found)
{
    struct mtu_bounds bounds = {.answered_bytes = 32, .refused_bytes = MOST + 1};
    int tries = 0;

    for (size_t next; (next = mtu_next_bytes(&bounds)) > 0; tries++) {
        assert_in_range(next, bounds.answered_bytes + 1, bounds.refused_bytes - 1);
        if (next <= limit)
            mtu_note(&bounds, next, MTU_ANSWERED, 0);
        else
            mtu_note(&bounds, next, answer, fitting_bytes);
        assert_true(tries < 40);
    }
    *found = bounds.answered_bytes;
    return tries;
}

static void a_black_hole_is_bisected(void **state)
{
    size_t found;

    (void)state;
    for (size_t limit = 32; limit <= MOST; limit += 13) {
        assert_true(search(limit, MTU_SILENCE, 0, &found) <= 17);
        assert_int_equal(found, limit);
    }
    search(MOST, MTU_SILENCE, 0, &found);
    assert_int_equal(found, MOST);
}

static void what_the_interface_says_is_taken_at_its_word(void **state)
{
    size_t found;

    (void)state;
    assert_int_equal(search(1472, MTU_TOO_BIG_HERE, 1472, &found), 2);
    assert_int_equal(found, 1472);
}

/* The hop's word is tried, and one byte more, whether it is right or not. */
static void what_a_hop_says_is_tried(void **state)
{
    size_t found;

    (void)state;
    assert_true(search(1372, MTU_TOO_BIG_THERE, 1372, &found) <= 3);
    assert_int_equal(found, 1372);
    search(1000, MTU_TOO_BIG_THERE, 1372, &found);
    assert_int_equal(found, 1000);
    search(1400, MTU_TOO_BIG_THERE, 1372, &found);
    assert_int_equal(found, 1400);
}

static void a_word_that_makes_no_sense_is_left_out(void **state)
{
    size_t found;

    (void)state;
    search(1472, MTU_TOO_BIG_HERE, 100000, &found);
    assert_int_equal(found, 1472);
    search(1472, MTU_TOO_BIG_THERE, 1, &found);
    assert_int_equal(found, 1472);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_black_hole_is_bisected),
    cmocka_unit_test(what_the_interface_says_is_taken_at_its_word),
    cmocka_unit_test(what_a_hop_says_is_tried),
    cmocka_unit_test(a_word_that_makes_no_sense_is_left_out),
};

const struct suite suite_mtu = {
    .name = "mtu", .tests = tests, .count = sizeof tests / sizeof *tests};
