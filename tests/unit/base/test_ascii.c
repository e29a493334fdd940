/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/base/ascii.h"

static void only_a_to_z_have_a_lower_case(void **state)
{
    (void)state;
    for (unsigned byte = 0; byte < 256; byte++) {
        bool capital = byte >= 0x41 && byte <= 0x5a;
        assert_int_equal(ascii_lower((uint8_t)byte), capital ? byte + 0x20 : byte);
    }
}

static void strings_are_the_same_but_for_their_case(void **state)
{
    static const struct {
        const char *one, *other;
        bool equal;
    } rows[] = {
        {"", "", true},          {"", "a", false},
        {"a", "", false},        {"Kim.ID", "kIM.id", true},
        {"ab", "abc", false},    {"abc", "ab", false},
        {"[", "{", false},       {"@", "`", false},
        {"\xc4", "\xe4", false}, {"I", "\xfd", false},
        {"\xff", "\xff", true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(ascii_equal(rows[i].one, rows[i].other), rows[i].equal);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(only_a_to_z_have_a_lower_case),
    cmocka_unit_test(strings_are_the_same_but_for_their_case),
};

const struct suite suite_ascii = {
    .name = "ascii", .tests = tests, .count = sizeof tests / sizeof *tests};
