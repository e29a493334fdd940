/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* checksum: each status has a word of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/proto/checksum.h"

static void every_status_has_its_word(void **state)
{
    (void)state;
    for (int i = 0; i <= CHECKSUM_PARTIAL; i++) {
        const char *name = checksum_status_name((enum checksum_status)i);
        assert_non_null(name);
        assert_true(name[0] != '\0');
        for (int j = 0; j < i; j++)
            assert_string_not_equal(name, checksum_status_name((enum checksum_status)j));
    }
    assert_string_equal(checksum_status_name(CHECKSUM_BAD), "bad");
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(every_status_has_its_word)};

const struct suite suite_checksum = {
    .name = "checksum", .tests = tests, .count = sizeof tests / sizeof *tests};
