/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* escape: the bytes of typed text, and the position and words of errors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "../judge.h"
#include "udptui/base/array.h"
#include "udptui/base/escape.h"

typedef struct escape_result decode_function(const char *, size_t, uint8_t *, size_t);

struct example {
    const char *text;
    const char *bytes;
    size_t length_bytes;
};

#define BYTES(literal) literal, sizeof(literal) - 1

static void check_examples(decode_function *decode, const struct example *examples, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint8_t out[64];
        struct escape_result result =
            decode(examples[i].text, strlen(examples[i].text), out, sizeof out);
        if (result.error != NULL)
            fail_msg("%s: %s", examples[i].text, result.error);
        assert_int_equal(result.length_bytes, examples[i].length_bytes);
        assert_memory_equal(out, examples[i].bytes, examples[i].length_bytes);
    }
}

struct slip {
    const char *text;
    const char *says; /* a part of the message */
    size_t offset;
};

static void check_slips(decode_function *decode, const struct slip *slips, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint8_t out[64];
        struct escape_result result = decode(slips[i].text, strlen(slips[i].text), out, sizeof out);
        if (result.error == NULL)
            fail_msg("accepted: %s", slips[i].text);
        if (strstr(result.error, slips[i].says) == NULL || result.error_offset != slips[i].offset)
            fail_msg("%s: %s at %zu", slips[i].text, result.error, result.error_offset);
    }
}

/* ---- escapes */

static void test_decode(void **state)
{
    static const struct example examples[] = {
        {"", BYTES("")},
        {"hello", BYTES("hello")},
        {"a\\nb\\rc\\td\\0e\\\\f", BYTES("a\nb\rc\td\0e\\f")},
        {"\\x00\\xff\\xFF\\x5c\\x6E", BYTES("\0\xff\xff\\n")},
        {"\\x414", BYTES("A4")}, /* two digits, no more */
        {"\\01", BYTES("\0"
                       "1")}, /* not octal */
        {"\\\\n", BYTES("\\n")},
        {"\\u{0}\\u{41}\\u{e4}\\u{7FF}\\u{20aC}\\u{1F600}\\u{10FFFF}",
         BYTES("\0A\xc3\xa4\xdf\xbf\xe2\x82\xac\xf0\x9f\x98\x80\xf4\x8f\xbf\xbf")},
        {"\\u{000041}", BYTES("A")},
        {"\\u{FFFF}\\u{202E}", BYTES("\xef\xbf\xbf\xe2\x80\xae")},
        {"\xc3\xa4\xff", BYTES("\xc3\xa4\xff")}, /* what is no backslash passes as it is */
    };

    (void)state;
    check_examples(escape_decode, examples, COUNT_OF(examples));
}

static void test_decode_slips(void **state)
{
    static const struct slip slips[] = {
        {"\\", "unknown escape", 0},
        {"ab\\", "unknown escape", 2},
        {"ab\\q", "unknown escape", 2},
        {"\\N", "unknown escape", 0},
        {"\\ n", "unknown escape", 0},
        {"\\\xc3\xa4", "unknown escape", 0},
        {"a\\x", "two hex digits", 1},
        {"a\\x4", "two hex digits", 1},
        {"a\\x4g", "two hex digits", 1},
        {"a\\xg4", "two hex digits", 1},
        {"a\\x 41", "two hex digits", 1},
        {"\\n\\u", "u{HEX} needs 1 to 6", 2},
        {"\\u{", "u{HEX} needs 1 to 6", 0},
        {"\\u{}", "u{HEX} needs 1 to 6", 0},
        {"\\u{41", "u{HEX} needs 1 to 6", 0},
        {"\\u41", "u{HEX} needs 1 to 6", 0},
        {"\\u{4 1}", "u{HEX} needs 1 to 6", 0},
        {"\\u{g}", "u{HEX} needs 1 to 6", 0},
        {"\\u{1234567}", "u{HEX} needs 1 to 6", 0},
        {"\\u{0000041}", "u{HEX} needs 1 to 6", 0},
        {"\\u{110000}", "not a Unicode character", 0},
        {"\\u{FFFFFF}", "not a Unicode character", 0},
        {"zz\\u{D800}", "not a Unicode character", 2},
        {"\\u{DFFF}", "not a Unicode character", 0},
    };

    (void)state;
    check_slips(escape_decode, slips, COUNT_OF(slips));
}

/* A NUL is a character like others: it ends nothing, and is no escape. */
static void test_decode_nul_in_text(void **state)
{
    uint8_t out[8];
    struct escape_result result = escape_decode("a\0b", 3, out, sizeof out);

    (void)state;
    assert_null(result.error);
    assert_int_equal(result.length_bytes, 3);
    assert_memory_equal(out, "a\0b", 3);
    assert_non_null(escape_decode("\\\0", 2, out, sizeof out).error);
    assert_non_null(escape_decode("\\x4\0", 4, out, sizeof out).error);
}

/* What is decoded is what length_bytes says, though more digits stand behind it. */
static void test_decode_stops_at_the_length(void **state)
{
    uint8_t out[8];

    (void)state;
    assert_non_null(escape_decode("\\x41", 3, out, sizeof out).error);
    assert_non_null(escape_decode("\\u{41}", 5, out, sizeof out).error);
    assert_non_null(escape_decode("\\n", 1, out, sizeof out).error);
    assert_int_equal(escape_decode("\\x41\\x42", 4, out, sizeof out).length_bytes, 1);
}

static void test_decode_into_a_small_buffer(void **state)
{
    static const char text[] = "ab\\x63\\u{20AC}";

    (void)state;
    for (size_t size = 0; size <= 6; size++) {
        uint8_t out[8];
        memset(out, '#', sizeof out);
        struct escape_result result = escape_decode(text, strlen(text), out, size);
        assert_int_equal(result.length_bytes, size);
        assert_memory_equal(out, "abc\xe2\x82\xac", size);
        assert_int_equal(out[size], '#');
        static const size_t offsets[] = {0, 1, 2, 6, 6, 6};
        if (size == 6) {
            assert_null(result.error);
        } else {
            assert_non_null(strstr(result.error, "longer"));
            assert_int_equal(result.error_offset, offsets[size]);
        }
    }
}

static void test_decode_in_place(void **state)
{
    char text[] = "\\x41\\u{20AC}b\\n\\\\c\\u{10FFFF}";
    struct escape_result result =
        escape_decode(text, strlen(text), (uint8_t *)text, sizeof text - 1);

    (void)state;
    assert_null(result.error);
    assert_int_equal(result.length_bytes, 12);
    assert_memory_equal(text,
                        "A\xe2\x82\xac"
                        "b\n\\c\xf4\x8f\xbf\xbf",
                        12);
}

/* Whatever is typed: never more bytes than characters, and an error points into the text. */
static void test_decode_random(void **state)
{
    static const char alphabet[] = "\\\\\\xu{}0aF9ntr z";
    uint64_t seed = 7;

    (void)state;
    for (int round = 0; round < 200000; round++) {
        size_t length = judge_random(&seed) % 24;
        char *text = malloc(length + 1); /* not a byte too many, for the address sanitizer */
        uint8_t out[32];
        assert_non_null(text);
        for (size_t i = 0; i < length; i++)
            text[i] = alphabet[judge_random(&seed) % (sizeof alphabet - 1)];
        struct escape_result result = escape_decode(text, length, out, length);
        assert_true(result.length_bytes <= length);
        if (result.error != NULL) {
            assert_true(result.error_offset < length);
            assert_int_equal(text[result.error_offset], '\\');
        }
        escape_decode_hex(text, length, out, length);
        free(text);
    }
}

/* ---- hex */

static void test_hex(void **state)
{
    static const struct example examples[] = {
        {"", BYTES("")},
        {"  ", BYTES("")},
        {"deadbeef", BYTES("\xde\xad\xbe\xef")},
        {"de ad:be 0xef", BYTES("\xde\xad\xbe\xef")},
        {"0xDEADBEEF", BYTES("\xde\xad\xbe\xef")},
        {"0X0a", BYTES("\n")},
        {" 00:01\tfF ", BYTES("\0\1\xff")},
        {"0x000x01", BYTES("\0\1")},
    };

    (void)state;
    check_examples(escape_decode_hex, examples, COUNT_OF(examples));
}

static void test_hex_slips(void **state)
{
    static const struct slip slips[] = {
        {"a", "pairs", 0},
        {"abc", "pairs", 2},
        {"ab c", "pairs", 3},
        {"a b", "pairs", 0},
        {"xy", "not a hex", 0},
        {"abg0", "not a hex", 2},
        {"ab,cd", "not a hex", 2},
        {"0x", "not a hex", 2},
        {"0xa", "pairs", 2},
        {"0x ab", "not a hex", 2},
        {"ab0xzz", "not a hex", 4},
        {"0x0x12", "pairs", 2},
        {"\xc3\xa4", "not a hex", 0},
    };

    (void)state;
    check_slips(escape_decode_hex, slips, COUNT_OF(slips));
}

static void test_hex_into_a_small_buffer(void **state)
{
    uint8_t out[4] = {0, 0, '#', '#'};
    struct escape_result result = escape_decode_hex("01 02 03", 8, out, 2);

    (void)state;
    assert_non_null(strstr(result.error, "longer"));
    assert_int_equal(result.error_offset, 6);
    assert_int_equal(result.length_bytes, 2);
    assert_memory_equal(out, "\1\2##", 4);
}

static void test_hex_there_and_back(void **state)
{
    uint8_t bytes[256], back[256];
    char text[513];

    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)i;
    assert_ptr_equal(escape_hex(text, sizeof text, bytes, sizeof bytes), text);
    assert_int_equal(strlen(text), 512);
    assert_memory_equal(text, "000102030405060708090a0b0c0d0e0f10", 34);
    assert_int_equal(escape_decode_hex(text, 512, back, sizeof back).length_bytes, 256);
    assert_memory_equal(back, bytes, sizeof bytes);
}

static void test_hex_of_more_than_fits(void **state)
{
    (void)state;
    for (size_t size = 0; size < 8; size++) {
        char out[16];
        memset(out, '#', sizeof out);
        escape_hex(out, size, "\xab\xcd\xef", 3);
        assert_int_equal(out[size], '#');
        if (size > 0)
            assert_memory_equal(out, "abcdef", strlen(out));
        if (size > 0)
            assert_int_equal(strlen(out), (size - 1) / 2 * 2);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_decode),
    cmocka_unit_test(test_decode_slips),
    cmocka_unit_test(test_decode_nul_in_text),
    cmocka_unit_test(test_decode_stops_at_the_length),
    cmocka_unit_test(test_decode_into_a_small_buffer),
    cmocka_unit_test(test_decode_in_place),
    cmocka_unit_test(test_decode_random),
    cmocka_unit_test(test_hex),
    cmocka_unit_test(test_hex_slips),
    cmocka_unit_test(test_hex_into_a_small_buffer),
    cmocka_unit_test(test_hex_there_and_back),
    cmocka_unit_test(test_hex_of_more_than_fits),
};

const struct suite suite_escape = {
    .name = "escape", .tests = tests, .count = sizeof tests / sizeof *tests};
