/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* message: what a typed text stands for, in each style. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/client/message.h"

static void message_expect(const struct message_style *style, const char *text,
                           const void *expected, size_t size_bytes)
{
    static uint8_t out[MESSAGE_SIZE];
    size_t got_bytes, wrong_byte;

    assert_null(message_encode(style, text, strlen(text), out, &got_bytes, &wrong_byte));
    assert_int_equal(got_bytes, size_bytes);
    assert_memory_equal(out, expected, size_bytes);
}

static void a_text_stands_for_itself(void **state)
{
    const struct message_style plain = {.hex = 0};

    (void)state;
    message_expect(&plain, "a\\nb", "a\\nb", 4);
    message_expect(&plain, "", "", 0);
}

static void escapes_and_hex_are_decoded(void **state)
{
    const struct message_style escapes = {.escapes = 1}, hex = {.hex = 1};

    (void)state;
    message_expect(&escapes, "a\\n\\x00", "a\n\0", 3);
    message_expect(&hex, "de ad 00", "\xde\xad\0", 3);
}

static void an_end_of_line_is_added_to_each_style(void **state)
{
    static const char *const ends[] = {[MESSAGE_EOL_NONE] = "",
                                       [MESSAGE_EOL_LF] = "\n",
                                       [MESSAGE_EOL_CRLF] = "\r\n",
                                       [MESSAGE_EOL_CR] = "\r"};

    (void)state;
    for (int eol = MESSAGE_EOL_NONE; eol <= MESSAGE_EOL_CR; eol++) {
        struct message_style style = {.eol = eol};
        char expected[8] = "a";
        assert_string_equal(message_eol_bytes(&style), ends[eol]);
        message_expect(&style, "a", strcat(expected, ends[eol]), 1 + strlen(ends[eol]));
        style.hex = 1;
        message_expect(&style, "61", expected, 1 + strlen(ends[eol]));
    }
    assert_string_equal(message_eol_words[MESSAGE_EOL_CRLF], "crlf");
    assert_null(message_eol_words[MESSAGE_EOL_CR + 1]);
}

static void what_is_wrong_is_said(void **state)
{
    const struct message_style hex = {.hex = 1}, escapes = {.escapes = 1};
    char why[MESSAGE_WHY_SIZE];
    static uint8_t out[MESSAGE_SIZE];
    size_t size_bytes, wrong_byte;

    (void)state;
    assert_non_null(message_encode(&hex, "dex", 3, out, &size_bytes, &wrong_byte));
    assert_int_equal(size_bytes, 1);
    assert_int_equal(wrong_byte, 3);
    assert_string_equal(message_problem("bad", wrong_byte, why), "at byte 3: bad");
    assert_non_null(message_encode(&escapes, "a\\q", 3, out, &size_bytes, &wrong_byte));
    assert_int_equal(wrong_byte, 2);
}

/* More than any datagram takes is cut, with room for the end of the line behind it. */
static void what_is_too_long_is_cut(void **state)
{
    const struct message_style style = {.eol = MESSAGE_EOL_CRLF};
    char why[MESSAGE_WHY_SIZE];
    static uint8_t out[MESSAGE_SIZE];
    char *text = malloc(MESSAGE_SIZE + 1);
    size_t size_bytes, wrong_byte;

    (void)state;
    assert_non_null(text);
    memset(text, 'x', MESSAGE_SIZE);
    text[MESSAGE_SIZE] = '\0';
    assert_null(message_encode(&style, text, MESSAGE_MOST, out, &size_bytes, &wrong_byte));
    assert_int_equal(size_bytes, MESSAGE_SIZE);
    assert_string_equal(
        message_encode(&style, text, MESSAGE_MOST + 1, out, &size_bytes, &wrong_byte),
        "longer than a datagram can be");
    assert_int_equal(size_bytes, MESSAGE_SIZE);
    assert_int_equal(wrong_byte, 0);
    assert_string_equal(message_problem("too long", 0, why), "too long");
    assert_int_equal(out[MESSAGE_SIZE - 1], '\n');
    free(text);
}

static void fields_are_filled_in(void **state)
{
    static uint8_t out[MESSAGE_SIZE];

    (void)state;
    assert_int_equal(message_fill(42, (const uint8_t *)"n={n} {x}", 9, out), 8);
    assert_memory_equal(out, "n=42 {x}", 8);
    assert_int_equal(message_fill(1, (const uint8_t *)"{random:300}", 12, out), 300);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_text_stands_for_itself),
    cmocka_unit_test(escapes_and_hex_are_decoded),
    cmocka_unit_test(an_end_of_line_is_added_to_each_style),
    cmocka_unit_test(what_is_wrong_is_said),
    cmocka_unit_test(what_is_too_long_is_cut),
    cmocka_unit_test(fields_are_filled_in),
};

const struct suite suite_message = {
    .name = "message", .tests = tests, .count = sizeof tests / sizeof *tests};
