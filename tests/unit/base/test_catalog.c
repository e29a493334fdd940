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
#include "udptui/base/catalog.h"

enum { HEADER = 28, FILE_SIZE = 16384, TEXT_SIZE = 32, ENTRIES_MAX = 64, ROUNDS = 20000 };

struct entry {
    char original[TEXT_SIZE], translation[TEXT_SIZE];
};

/* ---- a writer */

struct file {
    uint8_t bytes[FILE_SIZE];
    size_t size;
    bool big; /* big-endian */
};

static void put_number(struct file *file, size_t at, uint32_t number)
{
    for (size_t i = 0; i < 4; i++)
        file->bytes[at + i] = (uint8_t)(number >> (file->big ? 24 - 8 * i : 8 * i));
}

static void put_text(struct file *file, size_t descriptor, const char *text)
{
    put_number(file, descriptor, (uint32_t)strlen(text));
    put_number(file, descriptor + 4, (uint32_t)file->size);
    memcpy(file->bytes + file->size, text, strlen(text) + 1);
    file->size += strlen(text) + 1;
}

/* The entries must be in order. */
static void write_file(struct file *file, bool big, const struct entry *entries, size_t count)
{
    *file = (struct file){.size = HEADER + count * 16, .big = big};
    put_number(file, 0, 0x950412de);
    put_number(file, 8, (uint32_t)count);
    put_number(file, 12, HEADER);
    put_number(file, 16, (uint32_t)(HEADER + count * 8));
    for (size_t i = 0; i < count; i++)
        put_text(file, HEADER + i * 8, entries[i].original);
    for (size_t i = 0; i < count; i++)
        put_text(file, HEADER + count * 8 + i * 8, entries[i].translation);
}

/* A copy of just that size on the heap, so that a sanitizer sees a byte too many. */
static uint8_t *copy_exactly(const struct file *file, size_t size)
{
    uint8_t *copy = malloc(size > 0 ? size : 1);

    assert_non_null(copy);
    memcpy(copy, file->bytes, size);
    return copy;
}

static const struct entry few[] = {{"", "Content-Type: text/plain\n"},
                                   {"ask", "fragen"},
                                   {"quit", "beenden"},
                                   {"reply", "Antwort"}};

enum { FEW = sizeof few / sizeof *few };

/* ---- sound files */

static void finds_what_is_there_in_both_byte_orders(void **state)
{
    struct file file;
    struct catalog catalog;

    (void)state;
    for (int big = 0; big < 2; big++) {
        write_file(&file, big != 0, few, FEW);
        assert_true(catalog_open(&catalog, file.bytes, file.size));
        for (size_t i = 1; i < FEW; i++)
            assert_string_equal(catalog_text(&catalog, few[i].original), few[i].translation);
    }
}

static void gives_the_text_itself_if_there_is_no_translation(void **state)
{
    static const char *const missing[] = {"as", "asks", "zebra", "A", "quitt", "\xff"};
    struct file file;
    struct catalog catalog;

    (void)state;
    write_file(&file, false, few, FEW);
    assert_true(catalog_open(&catalog, file.bytes, file.size));
    for (size_t i = 0; i < sizeof missing / sizeof *missing; i++)
        assert_ptr_equal(catalog_text(&catalog, missing[i]), missing[i]);
}

static void an_empty_text_is_not_the_header(void **state)
{
    struct file file;
    struct catalog catalog;

    (void)state;
    write_file(&file, false, few, FEW);
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
    struct file file;
    struct catalog catalog;

    (void)state;
    write_file(&file, false, few, 0);
    assert_true(catalog_open(&catalog, file.bytes, file.size));
    assert_string_equal(catalog_text(&catalog, "quit"), "quit");
}

static int entry_order(const void *one, const void *other)
{
    return strcmp(((const struct entry *)one)->original, ((const struct entry *)other)->original);
}

/* So many different entries, of short texts from few letters, so that many begin alike. */
static size_t make_entries(struct entry *entries, size_t count, uint64_t *seed)
{
    size_t kept = 0;

    for (size_t i = 0; i < count; i++) {
        size_t length = 1 + judge_random(seed) % 6;
        memset(&entries[i], 0, sizeof entries[i]);
        for (size_t j = 0; j < length; j++)
            entries[i].original[j] = "abc\xc3"[judge_random(seed) % 4];
        snprintf(entries[i].translation, TEXT_SIZE, "<%s>", entries[i].original);
    }
    qsort(entries, count, sizeof *entries, entry_order);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || strcmp(entries[kept - 1].original, entries[i].original) != 0)
            entries[kept++] = entries[i];
    return kept;
}

static bool is_among(const struct entry *entries, size_t count, const char *text)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(entries[i].original, text) == 0)
            return true;
    return false;
}

static void every_size_finds_as_a_list_does(void **state)
{
    struct entry entries[ENTRIES_MAX], asked[ENTRIES_MAX];
    struct file file;
    struct catalog catalog;
    uint64_t seed = 7;
    char wanted[TEXT_SIZE];

    (void)state;
    for (size_t size = 0; size <= ENTRIES_MAX; size++) {
        size_t count = make_entries(entries, size, &seed);
        size_t asks = make_entries(asked, ENTRIES_MAX, &seed);
        write_file(&file, size % 2 != 0, entries, count);
        assert_true(catalog_open(&catalog, file.bytes, file.size));
        for (size_t i = 0; i < asks; i++) {
            bool there = is_among(entries, count, asked[i].original);
            snprintf(wanted, sizeof wanted, there ? "<%s>" : "%s", asked[i].original);
            assert_string_equal(catalog_text(&catalog, asked[i].original), wanted);
        }
    }
}

/* ---- damaged files */

static void a_file_that_is_cut_anywhere_is_refused(void **state)
{
    struct file file;
    struct catalog catalog;

    (void)state;
    write_file(&file, false, few, FEW);
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
        {0, 0x950412df},          /* the magic number */
        {4, 2U << 16},            /* a major revision that is not known */
        {8, FEW + 1},             /* one entry more: its length is a text */
        {8, UINT32_MAX},          /* a table past the end, however it is multiplied */
        {8, UINT32_MAX / 8 + 1},  /* its size is 0 in 32 bits */
        {12, UINT32_MAX},         /* the tables */
        {16, UINT32_MAX - 7},     /* */
        {HEADER + 8, 2},          /* a length that ends before the NUL */
        {HEADER + 8, UINT32_MAX}, /* one that is 0 with the NUL in 32 bits */
        {HEADER + 12, UINT32_MAX},
        {HEADER + 12, FILE_SIZE},
    };
    struct file file;
    struct catalog catalog;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        write_file(&file, false, few, FEW);
        put_number(&file, rows[i].at, rows[i].number);
        if (catalog_open(&catalog, file.bytes, file.size))
            fail_msg("%u at %zu", rows[i].number, rows[i].at);
    }
}

static void originals_out_of_order_are_refused(void **state)
{
    const struct entry swapped[] = {{"quit", "beenden"}, {"ask", "fragen"}};
    const struct entry twice[] = {{"ask", "fragen"}, {"ask", "bitten"}};
    struct file file;
    struct catalog catalog;

    (void)state;
    write_file(&file, false, swapped, 2);
    assert_false(catalog_open(&catalog, file.bytes, file.size));
    write_file(&file, false, twice, 2);
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
    struct file file;
    struct catalog catalog;
    uint64_t seed = 11;
    int accepted = 0;

    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        write_file(&file, round % 2 != 0, few, FEW);
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
    cmocka_unit_test(a_file_that_is_cut_anywhere_is_refused),
    cmocka_unit_test(wrong_numbers_are_refused),
    cmocka_unit_test(originals_out_of_order_are_refused),
    cmocka_unit_test(random_damage_never_leads_out_of_the_file),
};

const struct suite suite_catalog = {
    .name = "catalog", .tests = tests, .count = sizeof tests / sizeof *tests};
