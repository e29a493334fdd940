/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* text: the invariant of judge.h over every code point, random bytes and likely troublemakers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "../judge.h"
#include "udptui/base/text.h"

#define ACUTE "\xcc\x81"

static void test_every_code_point(void **state)
{
    (void)state;
    for (uint32_t code_point = 0x80; code_point <= 0x10ffff; code_point++) {
        uint8_t bytes[8] = {'e'};
        size_t length = judge_encode(code_point, bytes + 1) + 1;
        char out[64];
        text_render(out, sizeof out, bytes, length, TEXT_UTF8);
        judge_safe(out, sizeof out, TEXT_UTF8);
        judge_reversible(out, bytes, length);
        text_render(out, sizeof out, bytes, length, TEXT_ASCII);
        judge_safe(out, sizeof out, TEXT_ASCII);
        judge_reversible(out, bytes, length);
    }
}

static void test_random_bytes(void **state)
{
    uint64_t seed = 1;
    uint8_t bytes[INPUT_MAX];

    (void)state;
    for (int round = 0; round < 3000; round++) {
        size_t length = judge_random(&seed) % INPUT_MAX;
        for (size_t i = 0; i < length; i++)
            bytes[i] = (uint8_t)judge_random(&seed);
        judge(bytes, length);
    }
}

/* Bytes that are likely to make sequences, nearly right ones too. */
static void test_random_troublemakers(void **state)
{
    static const char *const parts[] = {"a",
                                        " ",
                                        "\\",
                                        "\\x41",
                                        "\\u{41}",
                                        "\n",
                                        "\x1b[",
                                        "\x9b",
                                        "\xc2\x9b",
                                        "\xc2",
                                        "\xe2",
                                        "\xe2\x80",
                                        "\x80",
                                        "\xe2\x80\xae",
                                        ACUTE,
                                        "\xe0\xa4\x95",
                                        "\xe0\xa4\xbe",
                                        "\xed\xa0\x80",
                                        "\xf0\x9f\x98\x80",
                                        "\xef\xb8\x8f",
                                        "\xe4\xb8\xad",
                                        "\xf4\x90",
                                        "\xe2\x80\x8d",
                                        "0123456789abcdef"};
    uint64_t seed = 2;

    (void)state;
    for (int round = 0; round < 20000; round++) {
        char bytes[INPUT_MAX] = "";
        size_t length = 0;
        for (uint32_t left = judge_random(&seed) % 24; left > 0; left--) {
            const char *part = parts[judge_random(&seed) % (sizeof parts / sizeof *parts)];
            memcpy(bytes + length, part, strlen(part));
            length += strlen(part);
        }
        judge(bytes, length);
    }
}

/* However small the buffer is: what was put is whole, and says what was taken. */
static void test_random_cuts(void **state)
{
    uint64_t seed = 3;

    (void)state;
    for (int round = 0; round < 20000; round++) {
        uint8_t bytes[24];
        char out[64];
        size_t size = 1 + judge_random(&seed) % (sizeof out - 1);
        for (size_t i = 0; i < sizeof bytes; i++)
            bytes[i] = (uint8_t)(judge_random(&seed) >> (judge_random(&seed) % 2));
        size_t done = text_render(out, size, bytes, sizeof bytes, TEXT_UTF8);
        judge_safe(out, size - 1, TEXT_UTF8);
        judge_reversible(out, bytes, done);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_every_code_point),
    cmocka_unit_test(test_random_bytes),
    cmocka_unit_test(test_random_troublemakers),
    cmocka_unit_test(test_random_cuts),
};

const struct suite suite_text_random = {
    .name = "text_random", .tests = tests, .count = sizeof tests / sizeof *tests};
