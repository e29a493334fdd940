/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wide: cells as wide characters, with their marks, as far as there is room; and characters that the
 * C library gives another width. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include <cmocka.h>

#include "../judge.h"
#include "../suite.h"

#include "../../../src/ui/wide_internal.h"
#include "udptui/base/array.h"

static int use_utf8(void **state)
{
    (void)state;
    return setlocale(LC_CTYPE, "C.UTF-8") != NULL || setlocale(LC_CTYPE, "en_US.UTF-8") != NULL
               ? 0
               : -1;
}

static int use_c(void **state)
{
    (void)state;
    setlocale(LC_CTYPE, "C");
    return 0;
}

static struct cell cell_of(const char *text, uint8_t columns)
{
    struct cell cell = {.length_bytes = (uint8_t)strlen(text), .columns = columns};

    memcpy(cell.bytes, text, strlen(text));
    return cell;
}

static void characters_of_each_length(void **state)
{
    static const struct {
        const char *text;
        uint8_t columns;
        const wchar_t *expected;
    } rows[] = {
        {"a", 1, L"a"},
        {"\x7e", 1, L"~"},
        {"\xc3\xa4", 1, L"\u00e4"},
        {"\xe2\x96\x81", 1, L"\u2581"},
        {"\xe4\xb8\xad", 2, L"\u4e2d"},
        {"a\xcc\x81", 1, L"a\u0301"}, /* with a mark */
        {"a\xcc\x81\xcc\xa3", 1, L"a\u0301\u0323"},
        {"\xe4\xb8\xad", 1, L"?"}, /* it would shift its row */
        {"a", 2, L"?"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct cell cell = cell_of(rows[i].text, rows[i].columns);
        wchar_t out[8];
        wide_from_cell(&cell, out, COUNT_OF(out) - 1);
        if (wcscmp(out, rows[i].expected) != 0)
            fail_msg("row %zu: U+%04X", i, (unsigned)out[0]);
    }
}

/* Each code point of one column, or two, is itself. */
static void every_character_is_itself_or_a_question_mark(void **state)
{
    (void)state;
    for (uint32_t code_point = 0x20; code_point < 0x30000; code_point++) {
        uint8_t bytes[5] = {0};
        wchar_t out[4];
        int columns = wcwidth((wchar_t)code_point);
        if (columns < 1 || (code_point >= 0xd800 && code_point < 0xe000))
            continue;
        bytes[judge_encode(code_point, bytes)] = 0;
        struct cell cell = cell_of((const char *)bytes, (uint8_t)columns);
        wide_from_cell(&cell, out, 3);
        assert_true(out[0] == (wchar_t)code_point && out[1] == L'\0');
        cell.columns = (uint8_t)(3 - columns);
        wide_from_cell(&cell, out, 3);
        assert_true(out[0] == L'?' && out[1] == L'\0');
    }
}

static void marks_beyond_the_room_are_left_out(void **state)
{
    struct cell cell = cell_of("a\xcc\x81\xcc\xa3\xcc\x84", 1);

    (void)state;
    for (size_t room = 1; room <= 5; room++) {
        wchar_t out[8] = L"#######";
        wide_from_cell(&cell, out, room);
        assert_int_equal(wcslen(out), room < 4 ? room : 4);
        assert_int_equal(out[0], L'a');
        assert_int_equal(out[room + 1], L'#');
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(characters_of_each_length, use_utf8, use_c),
    cmocka_unit_test_setup_teardown(every_character_is_itself_or_a_question_mark, use_utf8, use_c),
    cmocka_unit_test_setup_teardown(marks_beyond_the_room_are_left_out, use_utf8, use_c),
};

const struct suite suite_wide = {
    .name = "wide", .tests = tests, .count = sizeof tests / sizeof *tests};
