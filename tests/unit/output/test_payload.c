/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* payload: text or dump, where both are cut, and any bytes: safe, and none is lost silently. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../judge.h"
#include "../suite.h"

#include "udptui/base/array.h"
#include "udptui/base/dump.h"
#include "udptui/base/escape.h"
#include "udptui/output/payload.h"

static char scratch[PAYLOAD_SCRATCH];

/* The caller frees. */
static char *line_of(struct payload_style style, const void *bytes, size_t size_bytes)
{
    char *text = NULL;
    size_t length;
    FILE *file = open_memstream(&text, &length);

    assert_non_null(file);
    payload_write(file, &style, TEXT_ASCII, scratch, bytes, size_bytes);
    assert_int_equal(fclose(file), 0);
    return text;
}

static char *rows_of(struct payload_style style, const void *bytes, size_t size_bytes)
{
    char *text = NULL;
    size_t length;
    FILE *file = open_memstream(&text, &length);

    assert_non_null(file);
    payload_write_rows(file, &style, bytes, size_bytes);
    assert_int_equal(fclose(file), 0);
    return text;
}

static void assert_line(struct payload_style style, const void *bytes, size_t size_bytes,
                        const char *expected)
{
    char *line = line_of(style, bytes, size_bytes);

    assert_string_equal(line, expected);
    free(line);
}

static void assert_rows(struct payload_style style, const void *bytes, size_t size_bytes,
                        const char *expected)
{
    char *rows = rows_of(style, bytes, size_bytes);

    assert_string_equal(rows, expected);
    free(rows);
}

static void each_style_shows_its_own(void **state)
{
    static const char text[] = "ab", binary[] = "a\x00\x01";
    static const char text_dump[] =
        "    0000  61 62                                             ab\n";
    static const char binary_dump[] =
        "    0000  61 00 01                                          a..\n";
    static const struct {
        struct payload_style style;
        const char *text_line, *text_rows, *binary_line, *binary_rows;
    } rows[] = {
        {{.show = PAYLOAD_AUTO}, "ab", "", "3 B", binary_dump},
        {{.show = PAYLOAD_TEXT}, "ab", "", "a\\x00\\x01", ""},
        {{.show = PAYLOAD_HEX}, "2 B", text_dump, "3 B", binary_dump},
        {{.show = PAYLOAD_BOTH}, "ab", text_dump, "a\\x00\\x01", binary_dump},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_line(rows[i].style, text, 2, rows[i].text_line);
        assert_rows(rows[i].style, text, 2, rows[i].text_rows);
        assert_line(rows[i].style, binary, 3, rows[i].binary_line);
        assert_rows(rows[i].style, binary, 3, rows[i].binary_rows);
        assert_line(rows[i].style, "", 0, "(empty)");
        assert_rows(rows[i].style, "", 0, "");
    }
}

static void a_line_is_cut_and_says_so(void **state)
{
    char bytes[PAYLOAD_LINE_SIZE + 1100], expected[PAYLOAD_LINE_SIZE + 64];
    const struct payload_style brief = {.show = PAYLOAD_TEXT}, full = {PAYLOAD_TEXT, true};
    static const struct {
        size_t more;
        const char *words;
    } rows[] = {{0, ""},
                {1, " [1 more byte: --full shows them]"},
                {2, " [2 more bytes: --full shows them]"},
                {1100, " [1,100 more bytes: --full shows them]"}};

    (void)state;
    memset(bytes, 'a', sizeof bytes);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        snprintf(expected, sizeof expected, "%.*s%s", PAYLOAD_LINE_SIZE, bytes, rows[i].words);
        assert_line(brief, bytes, PAYLOAD_LINE_SIZE + rows[i].more, expected);
        char *line = line_of(full, bytes, PAYLOAD_LINE_SIZE + rows[i].more);
        assert_int_equal(strlen(line), PAYLOAD_LINE_SIZE + rows[i].more);
        free(line);
    }
}

static size_t lines_in(const char *text)
{
    size_t lines = 0;

    for (; *text != '\0'; text++)
        lines += *text == '\n';
    return lines;
}

static void a_dump_is_cut_and_says_so(void **state)
{
    enum { MOST = PAYLOAD_ROWS * DUMP_WIDTH };
    const struct payload_style brief = {.show = PAYLOAD_HEX}, full = {PAYLOAD_HEX, true};
    uint8_t bytes[MOST + 17] = {0};

    (void)state;
    for (size_t more = 0; more <= 17; more++) {
        char *rows = rows_of(brief, bytes, MOST + more);
        const char *rest = strstr(rows, "[");
        char words[32];
        snprintf(words, sizeof words, "[%zu more byte%s:", more, more > 1 ? "s" : "");
        assert_int_equal(lines_in(rows), PAYLOAD_ROWS + (more > 0));
        assert_int_equal(rest != NULL, more > 0);
        assert_true(rest == NULL || strncmp(rest, words, strlen(words)) == 0);
        free(rows);
        rows = rows_of(full, bytes, MOST + more);
        assert_int_equal(lines_in(rows), (MOST + more + DUMP_WIDTH - 1) / DUMP_WIDTH);
        assert_null(strstr(rows, "["));
        free(rows);
    }
}

static void a_full_datagram_fits(void **state)
{
    static uint8_t bytes[65536];
    const struct payload_style full = {PAYLOAD_TEXT, true};
    char *line;

    (void)state;
    line = line_of(full, bytes, sizeof bytes);
    assert_int_equal(strlen(line), 4 * sizeof bytes); /* "\x00" */
    free(line);
}

/* What is shown, and the number of bytes that are left out, are all of them. */
static void any_bytes_are_safe_and_counted(void **state)
{
    uint64_t seed = 1;

    (void)state;
    for (int round = 0; round < 2000; round++) {
        const struct payload_style style = {.show = PAYLOAD_TEXT};
        uint8_t bytes[INPUT_MAX], plain[INPUT_MAX];
        size_t size = 1 + judge_random(&seed) % INPUT_MAX;
        uint32_t kind = judge_random(&seed) % 3;
        for (size_t i = 0; i < size; i++)
            bytes[i] = (uint8_t)(kind == 0   ? judge_random(&seed)
                                 : kind == 1 ? 'a' + judge_random(&seed) % 26
                                             : 0x80 + judge_random(&seed) % 0x70);
        char *line = line_of(style, bytes, size), *rest = strrchr(line, '[');
        size_t left_out = 0;
        if (rest != NULL && strstr(rest, "more byte") != NULL) {
            left_out = strtoul(rest + 1, NULL, 10);
            assert_true(left_out > 0);
            rest[-1] = '\0';
        }
        judge_safe(line, PAYLOAD_LINE_SIZE, TEXT_ASCII);
        struct escape_result decoded = escape_decode(line, strlen(line), plain, sizeof plain);
        assert_null(decoded.error);
        assert_int_equal(decoded.length_bytes + left_out, size);
        assert_memory_equal(plain, bytes, decoded.length_bytes);
        free(line);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(each_style_shows_its_own),       cmocka_unit_test(a_line_is_cut_and_says_so),
    cmocka_unit_test(a_dump_is_cut_and_says_so),      cmocka_unit_test(a_full_datagram_fits),
    cmocka_unit_test(any_bytes_are_safe_and_counted),
};

const struct suite suite_payload = {
    .name = "payload", .tests = tests, .count = sizeof tests / sizeof *tests};
