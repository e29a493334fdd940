/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fold: where a line is broken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/base/text.h"
#include "udptui/output/fold.h"

enum { FOLD_COLUMNS = 80 };

static char *folded(const char *text, size_t indent)
{
    char *out = NULL;
    size_t size;
    FILE *file = open_memstream(&out, &size);

    assert_non_null(file);
    fold_write(file, text, FOLD_COLUMNS, indent);
    fclose(file);
    return out;
}

static void assert_folded(const char *text, size_t indent, const char *expected)
{
    char *out = folded(text, indent);

    assert_string_equal(out, expected);
    free(out);
}

static void what_fits_is_one_line(void **state)
{
    char text[FOLD_COLUMNS + 1], expected[FOLD_COLUMNS + 2];

    (void)state;
    assert_folded("", 4, "\n");
    assert_folded("sent 3, acked 3", 4, "sent 3, acked 3\n");
    memset(text, 'x', FOLD_COLUMNS);
    text[FOLD_COLUMNS] = '\0';
    text[40] = ' ';
    snprintf(expected, sizeof expected, "%s\n", text);
    assert_folded(text, 4, expected);
}

static void a_figure_stays_with_its_name(void **state)
{
    (void)state;
    assert_folded(
        "2026-01-02 10:00:00.000  rtt: min 100 us, mean 110 us, p50 105 us, p90 130 us", 27,
        "2026-01-02 10:00:00.000  rtt: min 100 us, mean 110 us, p50 105 us, p90 130 us\n");
    assert_folded(
        "2026-01-02 10:00:00.000  rtt: min 100 us, mean 110 us, p50 105 us, p90 130 us, max 1 s",
        27,
        "2026-01-02 10:00:00.000  rtt: min 100 us, mean 110 us, p50 105 us, p90 130 us,\n"
        "                           max 1 s\n");
    assert_folded("acked 4100000000000000 a second  lost 10000000000000  rtt p50 121000000 us "
                  "p99 800 us",
                  2,
                  "acked 4100000000000000 a second  lost 10000000000000\n"
                  "  rtt p50 121000000 us p99 800 us\n");
}

static void without_a_comma_it_is_between_words(void **state)
{
    (void)state;
    assert_folded("one two three four five six seven eight nine ten eleven twelve thirteen "
                  "fourteen fifteen",
                  4,
                  "one two three four five six seven eight nine ten eleven twelve thirteen "
                  "fourteen\n    fifteen\n");
}

static void a_word_that_never_fits_is_whole(void **state)
{
    char text[300], expected[320];

    (void)state;
    memset(text, 'x', 120);
    strcpy(text + 120, " and more, to the end");
    snprintf(expected, sizeof expected, "%.120s\n  and more, to the end\n", text);
    assert_folded(text, 2, expected);
}

/* 50 characters of two columns. */
static void columns_count_not_bytes(void **state)
{
    char text[256] = "", expected[256] = "";

    (void)state;
    for (int i = 0; i < 50; i++) {
        strcat(text, i % 10 == 9 ? "\xe6\x97\xa5, " : "\xe6\x97\xa5");
        strcat(expected,
               i % 10 == 9 ? (i == 29 ? "\xe6\x97\xa5,\n  " : "\xe6\x97\xa5, ") : "\xe6\x97\xa5");
    }
    strcpy(expected + strlen(expected) - 1, "\n");
    assert_folded(text, 2, expected);
}

/* Against the rule: no line is wider if it need not be, and the words are all there, in order. */
static void any_text_is_kept(void **state)
{
    static const char *const pieces[] = {"a", "bc, ", "def ", "; ", "ghijklmnopqrstuvwxyz", "  "};
    uint32_t random = 1;

    (void)state;
    for (int round = 0; round < 2000; round++) {
        char text[512] = "", plain[512] = "", *out;
        size_t kept = 0;
        for (int i = 0; i < round % 40; i++) {
            random = random * 1664525 + 1013904223;
            strcat(text, pieces[(random >> 16) % 6]);
        }
        out = folded(text, 3);
        for (const char *c = text; *c != '\0'; c++)
            if (*c != ' ')
                plain[kept++] = *c;
        kept = 0;
        for (const char *c = out; *c != '\0'; c++)
            if (*c != ' ' && *c != '\n')
                assert_int_equal(*c, plain[kept++]);
        assert_int_equal(kept, strlen(plain));
        for (char *line = strtok(out, "\n"); line != NULL; line = strtok(NULL, "\n"))
            assert_true(text_columns(line) <= FOLD_COLUMNS ||
                        strchr(line + strspn(line, " "), ' ') == NULL);
        free(out);
    }
}

static void the_stamp_indents_what_follows(void **state)
{
    const struct stamp stamp = {.style = STAMP_TIME, .wall_ns = 1000000000, .columns = 80};
    char *out = NULL;
    size_t size;
    struct fold fold;
    FILE *file = open_memstream(&out, &size);

    (void)state;
    fprintf(fold_begin(&fold, file, &stamp), "%040d, %030d", 1, 2);
    fold_end(&fold);
    fclose(file);
    assert_int_equal(strspn(strchr(out, '\n') + 1, " "), 16);
    free(out);
}

/* A long name that leaves no room behind the stamp is not put below it. */
static void nothing_is_broken_behind_the_stamp(void **state)
{
    const struct stamp stamp = {.style = STAMP_FULL, .wall_ns = 1000000000, .columns = 80};
    char *out = NULL;
    size_t size;
    struct fold fold;
    FILE *file = open_memstream(&out, &size);

    (void)state;
    fprintf(fold_begin(&fold, file, &stamp), "%070d, 2", 1);
    fold_end(&fold);
    fclose(file);
    assert_int_equal(strcspn(out, "\n"), 25 + 71);
    free(out);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(what_fits_is_one_line),
    cmocka_unit_test(a_figure_stays_with_its_name),
    cmocka_unit_test(without_a_comma_it_is_between_words),
    cmocka_unit_test(a_word_that_never_fits_is_whole),
    cmocka_unit_test(columns_count_not_bytes),
    cmocka_unit_test(any_text_is_kept),
    cmocka_unit_test(nothing_is_broken_behind_the_stamp),
    cmocka_unit_test(the_stamp_indents_what_follows),
};

const struct suite suite_fold = {
    .name = "fold", .tests = tests, .count = sizeof tests / sizeof *tests};
