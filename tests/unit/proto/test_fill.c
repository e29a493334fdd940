/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fill: what is a field, what is not, and what finds no room. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/proto/fill.h"

static void sevens(uint8_t *out, size_t size_bytes)
{
    memset(out, '7', size_bytes);
}

static const struct fill_context context = {
    .number = 42, .wall_ns = INT64_C(1700000000123456789), .random = sevens};

/* With a room of just the bytes needed, so that a sanitizer sees a step beyond. */
static void expect(const char *message, const char *filled)
{
    size_t length = strlen(filled);
    uint8_t *out = malloc(length + 1);

    assert_non_null(out);
    out[length] = '#';
    assert_int_equal(fill_render((const uint8_t *)message, strlen(message), &context, out, length),
                     length);
    assert_memory_equal(out, filled, length);
    assert_int_equal(out[length], '#');
    free(out);
}

static void fields_are_replaced(void **state)
{
    (void)state;
    expect("seq {n}", "seq 42");
    expect("{n}{n}", "4242");
    expect("{time}", "2023-11-14T22:13:20.123456789Z");
    expect("<{random:3}>", "<777>");
    expect("{random:0}", "");
    expect("a{hex:62 63}{hex:}d", "abcd");
    expect("{\"seq\":{n},\"t\":\"{time}\"}",
           "{\"seq\":42,\"t\":\"2023-11-14T22:13:20.123456789Z\"}");
}

static void anything_else_stays(void **state)
{
    static const char *const same[] = {"",
                                       "plain",
                                       "{",
                                       "{}",
                                       "{n",
                                       "n}",
                                       "{N}",
                                       "{ n}",
                                       "{random}",
                                       "{random:}",
                                       "{random:x}",
                                       "{random:8",
                                       "{random:1234567}",
                                       "{random:-1}",
                                       "{{",
                                       "{hex}",
                                       "{hex:6",
                                       "{hex:6}",
                                       "{hex:zz}",
                                       "{\"a\":1}"};

    (void)state;
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        expect(same[i], same[i]);
}

static void a_zero_byte_is_a_byte(void **state)
{
    uint8_t out[8];

    (void)state;
    assert_int_equal(fill_render((const uint8_t *)"a\0{n}", 5, &context, out, sizeof out), 4);
    assert_memory_equal(out,
                        "a\0"
                        "42",
                        4);
}

static void what_finds_no_room_is_measured(void **state)
{
    uint8_t out[4] = "####";

    (void)state;
    assert_int_equal(fill_render((const uint8_t *)"ab{random:70000}c", 17, &context, out, 3),
                     70003);
    assert_memory_equal(out, "ab##", 4);
    assert_int_equal(fill_render((const uint8_t *)"{hex:}{n}", 9, &context, NULL, 0), 2);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(fields_are_replaced),
    cmocka_unit_test(anything_else_stays),
    cmocka_unit_test(a_zero_byte_is_a_byte),
    cmocka_unit_test(what_finds_no_room_is_measured),
};

const struct suite suite_fill = {
    .name = "fill", .tests = tests, .count = sizeof tests / sizeof *tests};
