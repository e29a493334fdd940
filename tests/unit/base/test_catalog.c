/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* catalog: .mo files made here, in both byte orders, and damaged ones. */
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
#include "../mo.h"
#include "udptui/base/catalog.h"

enum { ENTRIES_MAX = 64, ROUNDS = 20000 };

/* A copy of just that size on the heap, so that a sanitizer sees a byte too many. */
static uint8_t *copy_exactly(const struct mo_file *file, size_t size)
{
    uint8_t *copy = malloc(size > 0 ? size : 1);

    assert_non_null(copy);
    memcpy(copy, file->bytes, size);
    return copy;
}

static const struct mo_entry few[] = {{"", "Content-Type: text/plain\n"},
                                      {"ask", "fragen"},
                                      {"quit", "beenden"},
                                      {"reply", "Antwort"}};

enum { FEW = sizeof few / sizeof *few };

/* ---- sound files */

static void finds_what_is_there_in_both_byte_orders(void **state)
{
    struct mo_file file;
    struct catalog catalog;

    (void)state;
    for (int big = 0; big < 2; big++) {
        mo_write(&file, big != 0, few, FEW);
        assert_true(catalog_open(&catalog, file.bytes, file.size));
        for (size_t i = 1; i < FEW; i++)
            assert_string_equal(catalog_text(&catalog, few[i].original), few[i].translation);
    }
}

static void gives_the_text_itself_if_there_is_no_translation(void **state)
{
    static const char *const missing[] = {"as", "asks", "zebra", "A", "quitt", "\xff"};
    struct mo_file file;
    struct catalog catalog;

    (void)state;
    mo_write(&file, false, few, FEW);
    assert_true(catalog_open(&catalog, file.bytes, file.size));
    for (size_t i = 0; i < sizeof missing / sizeof *missing; i++)
        assert_ptr_equal(catalog_text(&catalog, missing[i]), missing[i]);
}

static void an_empty_text_is_not_the_header(void **state)
{
    struct mo_file file;
    struct catalog catalog;

    (void)state;
    mo_write(&file, false, few, FEW);
    assert_true(catalog_open(&catalog, file.bytes, file.size));
    assert_string_equal(catalog_text(&catalog, ""), "");
}

static void no_catalog_is_the_identity(void **state)
{
    const char *text = "quit";

    (void)state;
    assert_ptr_equal(catalog_text(NULL, text), text);
}

static void a_file_without_entries_is_one(void **state)
{
    struct mo_file file;
    struct catalog catalog;

    (void)state;
    mo_write(&file, false, few, 0);
    assert_true(catalog_open(&catalog, file.bytes, file.size));
    assert_string_equal(catalog_text(&catalog, "quit"), "quit");
}

static int entry_order(const void *one, const void *other)
{
    return strcmp(((const struct mo_entry *)one)->original,
                  ((const struct mo_entry *)other)->original);
}

/* So many different entries, of short texts from few letters, so that many begin alike. */
static size_t make_entries(struct mo_entry *entries, size_t count, uint64_t *seed)
{
    size_t kept = 0;

    for (size_t i = 0; i < count; i++) {
        size_t length = 1 + judge_random(seed) % 6;
        memset(&entries[i], 0, sizeof entries[i]);
        for (size_t j = 0; j < length; j++)
            entries[i].original[j] = "abc\xc3"[judge_random(seed) % 4];
        snprintf(entries[i].translation, MO_TEXT_SIZE, "<%s>", entries[i].original);
    }
    qsort(entries, count, sizeof *entries, entry_order);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || strcmp(entries[kept - 1].original, entries[i].original) != 0)
            entries[kept++] = entries[i];
    return kept;
}

static bool is_among(const struct mo_entry *entries, size_t count, const char *text)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(entries[i].original, text) == 0)
            return true;
    return false;
}

static void every_size_finds_as_a_list_does(void **state)
{
    struct mo_entry entries[ENTRIES_MAX], asked[ENTRIES_MAX];
    struct mo_file file;
    struct catalog catalog;
    uint64_t seed = 7;
    char wanted[MO_TEXT_SIZE];

    (void)state;
    for (size_t size = 0; size <= ENTRIES_MAX; size++) {
        size_t count = make_entries(entries, size, &seed);
        size_t asks = make_entries(asked, ENTRIES_MAX, &seed);
        mo_write(&file, size % 2 != 0, entries, count);
        assert_true(catalog_open(&catalog, file.bytes, file.size));
        for (size_t i = 0; i < asks; i++) {
            bool there = is_among(entries, count, asked[i].original);
            snprintf(wanted, sizeof wanted, there ? "<%s>" : "%s", asked[i].original);
            assert_string_equal(catalog_text(&catalog, asked[i].original), wanted);
        }
    }
}

static void umlauts_are_spelled_in_ascii(void **state)
{
    static const struct mo_entry entries[] = {
        {"all", "\xc3\x84\xc3\x96\xc3\x9c \xc3\xa4\xc3\xb6\xc3\xbc \xc3\x9f"},
        {"other", "\xc3\xa9 \xe2\x82\xac \xc3"},
        {"\xc3\xa4", "Gr\xc3\xbc\xc3\x9f"
                     "e"}};
    struct mo_file file;
    struct catalog catalog;

    (void)state;
    mo_write(&file, false, entries, sizeof entries / sizeof *entries);
    assert_true(catalog_open(&catalog, file.bytes, file.size));
    catalog_spell_in_ascii(&catalog, file.bytes);
    assert_string_equal(catalog_text(&catalog, "all"), "AeOeUe aeoeue ss");
    assert_string_equal(catalog_text(&catalog, "other"), entries[1].translation);
    assert_string_equal(catalog_text(&catalog, "\xc3\xa4"), "Gruesse");
}

/* ---- damaged files */

static void a_file_that_is_cut_anywhere_is_refused(void **state)
{
    struct mo_file file;
    struct catalog catalog;

    (void)state;
    mo_write(&file, false, few, FEW);
    for (size_t size = 0; size < file.size; size++) {
        uint8_t *copy = copy_exactly(&file, size);
        assert_false(catalog_open(&catalog, copy, size));
        free(copy);
    }
}

static void wrong_numbers_are_refused(void **state)
{
    static const struct {
        size_t at;
        uint32_t number;
    } rows[] = {
        {0, 0x950412df},             /* the magic number */
        {4, 2U << 16},               /* a major revision that is not known */
        {8, FEW + 1},                /* one entry more: its length is a text */
        {8, UINT32_MAX},             /* a table past the end, however it is multiplied */
        {8, UINT32_MAX / 8 + 1},     /* its size is 0 in 32 bits */
        {12, UINT32_MAX},            /* the tables */
        {16, UINT32_MAX - 7},        /* */
        {MO_HEADER + 8, 2},          /* a length that ends before the NUL */
        {MO_HEADER + 8, UINT32_MAX}, /* one that is 0 with the NUL in 32 bits */
        {MO_HEADER + 12, UINT32_MAX},
        {MO_HEADER + 12, MO_FILE_SIZE},
    };
    struct mo_file file;
    struct catalog catalog;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        mo_write(&file, false, few, FEW);
        mo_put_number(&file, rows[i].at, rows[i].number);
        if (catalog_open(&catalog, file.bytes, file.size))
            fail_msg("%u at %zu", rows[i].number, rows[i].at);
    }
}

static void originals_out_of_order_are_refused(void **state)
{
    const struct mo_entry swapped[] = {{"quit", "beenden"}, {"ask", "fragen"}};
    const struct mo_entry twice[] = {{"ask", "fragen"}, {"ask", "bitten"}};
    struct mo_file file;
    struct catalog catalog;

    (void)state;
    mo_write(&file, false, swapped, 2);
    assert_false(catalog_open(&catalog, file.bytes, file.size));
    mo_write(&file, false, twice, 2);
    assert_false(catalog_open(&catalog, file.bytes, file.size));
}

/* Whatever is accepted can be searched, and gives texts that end inside the file. */
static void search_damaged(const struct catalog *catalog)
{
    for (size_t i = 0; i < FEW; i++) {
        const char *found = catalog_text(catalog, few[i].original);
        if (found == few[i].original)
            continue;
        assert_true((const uint8_t *)found >= catalog->bytes);
        assert_true((const uint8_t *)found + strlen(found) < catalog->bytes + catalog->size_bytes);
    }
}

static void random_damage_never_leads_out_of_the_file(void **state)
{
    struct mo_file file;
    struct catalog catalog;
    uint64_t seed = 11;
    int accepted = 0;

    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        mo_write(&file, round % 2 != 0, few, FEW);
        for (uint64_t i = 0; i <= judge_random(&seed) % 4; i++)
            file.bytes[judge_random(&seed) % file.size] = (uint8_t)judge_random(&seed);
        if (judge_random(&seed) % 4 == 0)
            file.size = judge_random(&seed) % file.size;
        uint8_t *copy = copy_exactly(&file, file.size);
        if (catalog_open(&catalog, copy, file.size)) {
            accepted++;
            search_damaged(&catalog);
        }
        free(copy);
    }
    assert_in_range(accepted, ROUNDS / 100, ROUNDS * 99 / 100);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(finds_what_is_there_in_both_byte_orders),
    cmocka_unit_test(gives_the_text_itself_if_there_is_no_translation),
    cmocka_unit_test(an_empty_text_is_not_the_header),
    cmocka_unit_test(no_catalog_is_the_identity),
    cmocka_unit_test(a_file_without_entries_is_one),
    cmocka_unit_test(every_size_finds_as_a_list_does),
    cmocka_unit_test(umlauts_are_spelled_in_ascii),
    cmocka_unit_test(a_file_that_is_cut_anywhere_is_refused),
    cmocka_unit_test(wrong_numbers_are_refused),
    cmocka_unit_test(originals_out_of_order_are_refused),
    cmocka_unit_test(random_damage_never_leads_out_of_the_file),
};

const struct suite suite_catalog = {
    .name = "catalog", .tests = tests, .count = sizeof tests / sizeof *tests};
