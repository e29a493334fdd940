/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dump: rows, and what is binary. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/base/dump.h"
#include "udptui/base/text.h"

static void a_row_has_its_width_whatever_is_there(void **state)
{
    const uint8_t bytes[] = "\x00\x1b[2Jabc\xff\x7f~ xyz";
    char hex[DUMP_HEX_SIZE], ascii[DUMP_TEXT_SIZE];

    (void)state;
    assert_string_equal(dump_hex(bytes, 16, 16, hex),
                        "00 1b 5b 32 4a 61 62 63  ff 7f 7e 20 78 79 7a 00 ");
    assert_string_equal(dump_hex(bytes, 2, 16, hex),
                        "00 1b                                            ");
    assert_string_equal(dump_hex(bytes, 8, 8, hex), "00 1b 5b 32 4a 61 62 63  ");
    assert_string_equal(dump_hex(bytes, 0, 0, hex), "");
    assert_string_equal(dump_ascii(bytes, 15, ascii), "..[2Jabc..~ xyz");
    assert_string_equal(dump_ascii(bytes, 0, ascii), "");
}

static void printable_bytes_are_those_that_are_seen(void **state)
{
    static const struct {
        const char *bytes;
        size_t length, printable;
    } cases[] = {
        {"", 0, 0},
        {"hello, world", 12, 12},
        {"a\tb\r\n\\c", 7, 7},
        {"gr\xc3\xbc\xc3\x9f", 6, 6},
        {"\xc3", 1, 0},
        {"\x00\x01\x02z", 4, 1},
        {"\xe2\x80\xae", 3, 0}, /* U+202E turns the text around */
        {"e\xcc\x81", 3, 3},
        {"\xcc\x81", 2, 0}, /* a mark with nothing to stand on */
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(text_printable_bytes(cases[i].bytes, cases[i].length), cases[i].printable);
}

static void less_than_three_quarters_is_binary(void **state)
{
    (void)state;
    assert_false(dump_is_binary("abc\x00", 4));
    assert_true(dump_is_binary("ab\x00\x00", 4));
    assert_false(dump_is_binary("abcdef\x00\x00", 8));
    assert_true(dump_is_binary("abcde\x00\x00\x00", 8));
    assert_true(dump_is_binary("\x00", 1));
    assert_false(dump_is_binary("a", 1));
    assert_true(dump_is_binary("a\x00", 2));
    assert_false(dump_is_binary("", 0));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_row_has_its_width_whatever_is_there),
    cmocka_unit_test(printable_bytes_are_those_that_are_seen),
    cmocka_unit_test(less_than_three_quarters_is_binary),
};

const struct suite suite_dump = {
    .name = "dump", .tests = tests, .count = sizeof tests / sizeof *tests};
