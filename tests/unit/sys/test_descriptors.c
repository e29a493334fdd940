/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/resource.h>

#include "../suite.h"
#include "udptui/sys/descriptors.h"

static void test_raises_up_to_the_hard_limit(void **state)
{
    struct rlimit before, limit;

    (void)state;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    limit = before;
    limit.rlim_cur = 64;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    assert_int_equal(descriptors_raise(32), 64); /* never lowered */
    assert_int_equal(descriptors_raise(100), 100);
    if (before.rlim_max != RLIM_INFINITY)
        assert_int_equal(descriptors_raise(before.rlim_max + 1), before.rlim_max);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_raises_up_to_the_hard_limit),
};

const struct suite suite_descriptors = {
    .name = "descriptors", .tests = tests, .count = sizeof tests / sizeof *tests};
