/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* text: what becomes of which bytes, by example, and what of it fits in a buffer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "../judge.h"
#include "udptui/base/text.h"

/* ---- examples */

struct example {
    const char *bytes;
    const char *utf8, *ascii; /* ascii NULL: the same */
};

static void check_examples(const struct example *examples, size_t count)
{
    char out[OUTPUT_MAX];

    for (size_t i = 0; i < count; i++) {
        const struct example *e = &examples[i];
        size_t length = strlen(e->bytes);
        assert_int_equal(text_render(out, sizeof out, e->bytes, length, TEXT_UTF8), length);
        assert_string_equal(out, e->utf8);
        assert_int_equal(text_render(out, sizeof out, e->bytes, length, TEXT_ASCII), length);
        assert_string_equal(out, e->ascii != NULL ? e->ascii : e->utf8);
        judge(e->bytes, length);
    }
}

#define CHECK(examples) check_examples(examples, sizeof examples / sizeof *examples)

static void test_every_single_byte(void **state)
{
    (void)state;
    for (int value = 0; value < 256; value++) {
        uint8_t byte = (uint8_t)value;
        char out[8], wanted[8];
        snprintf(wanted, sizeof wanted, value >= 0x20 && value < 0x7f ? "%c" : "\\x%02X", value);
        if (value == '\t' || value == '\n' || value == '\r')
            snprintf(wanted, sizeof wanted, "\\%c",
                     value == '\t'   ? 't'
                     : value == '\n' ? 'n'
                                     : 'r');
        if (value == '\\')
            snprintf(wanted, sizeof wanted, "\\\\");
        assert_int_equal(text_render(out, sizeof out, &byte, 1, TEXT_UTF8), 1);
        assert_string_equal(out, wanted);
        judge(&byte, 1);
    }
}

/* Each byte at each place of a word: the eight-at-once test must see it wherever it is. */
static void test_every_byte_at_every_place(void **state)
{
    (void)state;
    for (int value = 0; value < 256; value++)
        for (size_t place = 0; place < 20; place++) {
            uint8_t bytes[20];
            memset(bytes, value & 1 ? '~' : ' ', sizeof bytes);
            bytes[place] = (uint8_t)value;
            judge(bytes, sizeof bytes);
        }
}

/* A byte that borrows or carries into its neighbour must not hide it. */
static void test_every_pair_of_bytes(void **state)
{
    (void)state;
    for (int pair = 0; pair < 65536; pair++) {
        uint8_t bytes[8] = {'a', 'b', 'c', (uint8_t)(pair >> 8), (uint8_t)pair, 'd', 'e', 'f'};
        judge(bytes, sizeof bytes);
    }
}

static void test_plain(void **state)
{
    static const struct example examples[] = {
        {"", "", NULL},
        {"hello", "hello", NULL},
        {"Message received", "Message received", NULL},
        {"100% \"quoted\" $HOME `x` %s%n", "100% \"quoted\" $HOME `x` %s%n", NULL},
        {"C:\\temp\\x41", "C:\\\\temp\\\\x41", NULL},
        {"two\r\nlines\tand a tab\n", "two\\r\\nlines\\tand a tab\\n", NULL},
        {"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80",
         "\\u{E4}\\u{20AC}\\u{1F600}"},
    };

    (void)state;
    CHECK(examples);
}

static void test_terminal_sequences(void **state)
{
    static const struct example examples[] = {
        {"\x1b[2J\x1b]0;title\x07", "\\x1B[2J\\x1B]0;title\\x07", NULL},
        {"\xc2\x9b"
         "31m",
         "\\xC2\\x9B31m", NULL}, /* CSI as a C1 character */
        {"\x9b"
         "31m",
         "\\x9B31m", NULL},               /* and as a byte */
        {"\xc2\x85", "\\xC2\\x85", NULL}, /* NEL */
        {"\x7f\x08", "\\x7F\\x08", NULL},
        {"\xc2\xa0", "\xc2\xa0", "\\u{A0}"}, /* the first behind C1 */
    };

    (void)state;
    CHECK(examples);
}

static void test_invalid_utf8(void **state)
{
    static const struct example examples[] = {
        {"\xc0\xaf", "\\xC0\\xAF", NULL},                            /* overlong '/' */
        {"\xe0\x80\xaf", "\\xE0\\x80\\xAF", NULL},                   /* in three */
        {"\xf0\x80\x80\xaf", "\\xF0\\x80\\x80\\xAF", NULL},          /* in four */
        {"\xc1\xbf\xe0\x9f\xbf", "\\xC1\\xBF\\xE0\\x9F\\xBF", NULL}, /* the last overlong ones */
        {"\xf0\x8f\xbf\xbf", "\\xF0\\x8F\\xBF\\xBF", NULL},
        {"\xed\xa0\x80\xed\xbf\xbf", "\\xED\\xA0\\x80\\xED\\xBF\\xBF", NULL}, /* surrogates */
        {"\xf4\x90\x80\x80", "\\xF4\\x90\\x80\\x80", NULL},                   /* U+110000 */
        {"\xf8\x88\x80\x80\x80", "\\xF8\\x88\\x80\\x80\\x80", NULL},
        {"\xfe\xff", "\\xFE\\xFF", NULL},
        {"\xe2\x82", "\\xE2\\x82", NULL}, /* cut off */
        {"\xf0\x9f\x98", "\\xF0\\x9F\\x98", NULL},
        {"\xe2\x82z", "\\xE2\\x82z", NULL},
        {"\xe2\xe2\x82\xac", "\\xE2\xe2\x82\xac", "\\xE2\\u{20AC}"}, /* finds its way back */
        {"\x80\xbf", "\\x80\\xBF", NULL},
    };

    (void)state;
    CHECK(examples);
}

static void test_hidden_characters(void **state)
{
    static const struct example examples[] = {
        {"a\xe2\x80\xae"
         "b",
         "a\\u{202E}b", NULL},                                    /* right-to-left override */
        {"\xe2\x81\xa6\xe2\x81\xa9", "\\u{2066}\\u{2069}", NULL}, /* isolates */
        {"\xd8\x9c\xe2\x80\x8e", "\\u{61C}\\u{200E}", NULL},
        {"\xe2\x80\x8b\xef\xbb\xbf", "\\u{200B}\\u{FEFF}", NULL}, /* no width */
        {"\xe2\x80\xa8\xe2\x80\xa9", "\\u{2028}\\u{2029}", NULL}, /* separators */
        {"\xc2\xad", "\\u{AD}", NULL},
        {"\xee\x80\x80", "\\u{E000}", NULL},       /* private */
        {"\xf4\x8f\xbf\xbd", "\\u{10FFFD}", NULL}, /* private, the longest escape */
        {"\xef\xbf\xbf", "\\u{FFFF}", NULL},       /* never a character */
        {"\xf3\xa0\x81\x81", "\\u{E0041}", NULL},  /* a tag */
        {"\xcd\xb8", "\\u{378}", NULL},            /* unassigned */
        {"A\xef\xb8\x8f\xf3\xa0\x84\x80", "A\\u{FE0F}\\u{E0100}", NULL}, /* variation selectors */
        {"\xe3\x85\xa4\xef\xbe\xa0", "\\u{3164}\\u{FFA0}", NULL},        /* fillers */
        {"\xe1\x84\x80\xe1\x85\xa1", "\xe1\x84\x80\\u{1161}", "\\u{1100}\\u{1161}"}, /* Hangul */
    };

    (void)state;
    CHECK(examples);
}

static void test_emoji_sequence_is_split(void **state)
{
    static const struct example examples[] = {
        {"\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb",
         "\xf0\x9f\x91\xa9\\u{200D}\xf0\x9f\x92\xbb", "\\u{1F469}\\u{200D}\\u{1F4BB}"},
    };

    (void)state;
    CHECK(examples);
}

#define ACUTE "\xcc\x81"

static void test_combining_marks(void **state)
{
    static const struct example examples[] = {
        {"e" ACUTE, "e" ACUTE, "e\\u{301}"},
        {ACUTE "e", "\\u{301}e", NULL},          /* first in the field */
        {ACUTE ACUTE, "\\u{301}\\u{301}", NULL}, /* nor on its own escape */
        {"\n" ACUTE, "\\n\\u{301}", NULL},       /* nor on another */
        {"\\" ACUTE, "\\\\\\u{301}", NULL},      /* nor on a doubled backslash */
        {"\xff" ACUTE, "\\xFF\\u{301}", NULL},   /* nor on a hex digit */
        {"\xe2\x80\x8b" ACUTE, "\\u{200B}\\u{301}", NULL},
        {"e" ACUTE ACUTE ACUTE ACUTE, "e" ACUTE ACUTE ACUTE ACUTE,
         "e\\u{301}\\u{301}\\u{301}\\u{301}"},
        {"e" ACUTE ACUTE ACUTE ACUTE ACUTE ACUTE "f" ACUTE,
         "e" ACUTE ACUTE ACUTE ACUTE "\\u{301}\\u{301}f" ACUTE,
         "e\\u{301}\\u{301}\\u{301}\\u{301}\\u{301}\\u{301}f\\u{301}"},
        {"1\xe2\x83\xa3", "1\xe2\x83\xa3", "1\\u{20E3}"}, /* enclosing */
    };

    (void)state;
    CHECK(examples);
}

/* ---- buffers */

static void test_nul_bytes_are_rendered(void **state)
{
    char out[32];

    (void)state;
    assert_int_equal(text_render(out, sizeof out, "a\0b", 3, TEXT_UTF8), 3);
    assert_string_equal(out, "a\\x00b");
}

static void test_cut_before_what_does_not_fit(void **state)
{
    static const char bytes[] = "abcdefghij\xe2\x82\xac\n\x01z";
    static const size_t fits[] = {0,  0,  1,  2,  3,  4,  5,  6,  7,  8,  9,
                                  10, 10, 10, 13, 13, 14, 14, 14, 14, 15, 16};
    char guarded[32];

    (void)state;
    for (size_t size = 0; size < sizeof fits / sizeof *fits; size++) {
        memset(guarded, '#', sizeof guarded);
        assert_int_equal(text_render(guarded, size, bytes, sizeof bytes - 1, TEXT_UTF8),
                         fits[size]);
        assert_int_equal(guarded[size], '#');
        if (size > 0)
            judge_reversible(guarded, bytes, fits[size]);
    }
}

static void test_empty_input(void **state)
{
    char out[4] = "###";

    (void)state;
    assert_int_equal(text_render(out, sizeof out, "", 0, TEXT_UTF8), 0);
    assert_string_equal(out, "");
    assert_int_equal(text_render(out, 1, "abc", 3, TEXT_UTF8), 0);
    assert_string_equal(out, "");
}

/* The input may end where its memory ends, in the middle of a character: a copy without a byte to
 * spare lets the address sanitizer look. */
static void test_reads_nothing_behind_the_input(void **state)
{
    static const char bytes[] = "0123456789abcdef\xf0\x9f\x98\x80";
    char out[256];

    (void)state;
    for (size_t length = 1; length < sizeof bytes; length++) {
        char *copy = malloc(length);
        assert_non_null(copy);
        memcpy(copy, bytes, length);
        assert_int_equal(text_render(out, sizeof out, copy, length, TEXT_UTF8), length);
        free(copy);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_every_single_byte),
    cmocka_unit_test(test_every_byte_at_every_place),
    cmocka_unit_test(test_every_pair_of_bytes),
    cmocka_unit_test(test_plain),
    cmocka_unit_test(test_terminal_sequences),
    cmocka_unit_test(test_invalid_utf8),
    cmocka_unit_test(test_hidden_characters),
    cmocka_unit_test(test_emoji_sequence_is_split),
    cmocka_unit_test(test_combining_marks),
    cmocka_unit_test(test_nul_bytes_are_rendered),
    cmocka_unit_test(test_cut_before_what_does_not_fit),
    cmocka_unit_test(test_empty_input),
    cmocka_unit_test(test_reads_nothing_behind_the_input),
};

const struct suite suite_text = {
    .name = "text", .tests = tests, .count = sizeof tests / sizeof *tests};
