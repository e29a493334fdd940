/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json_parse accepts and rejects what jansson's own parser does, and survives the failure of each
 * allocation: it says that memory ran out, and nobody writes past the end of a block. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/base/array.h"
#include "udptui/base/builder.h"
#include "udptui/sys/json_memory.h"
#include "udptui/sys/json_parse.h"

/* ---- memory that ends, and that shows whether somebody wrote behind it */

enum { BEHIND_BYTES = 64, BEHIND = 0xa5, BLOCKS_MAX = 4096 };

static struct {
    unsigned calls, failing, times; /* the calls from `failing` on, so many, fail; 0: none */
} memory;

static struct block {
    uint8_t *bytes;
    size_t size_bytes;
} blocks[BLOCKS_MAX];
static size_t block_count;

void *__real_malloc(size_t size_bytes);
void __real_free(void *bytes);
void *__wrap_malloc(size_t size_bytes);
void __wrap_free(void *bytes);

void *__wrap_malloc(size_t size_bytes)
{
    uint8_t *bytes;

    if (memory.failing == 0)
        return __real_malloc(size_bytes);
    memory.calls++;
    if (memory.calls >= memory.failing && memory.calls - memory.failing < memory.times)
        return NULL;
    bytes = __real_malloc(size_bytes + BEHIND_BYTES);
    assert_non_null(bytes);
    assert_true(block_count < BLOCKS_MAX);
    memset(bytes + size_bytes, BEHIND, BEHIND_BYTES);
    blocks[block_count++] = (struct block){bytes, size_bytes};
    return bytes;
}

static void assert_whole(const struct block *block)
{
    for (size_t i = 0; i < BEHIND_BYTES; i++)
        assert_int_equal(block->bytes[block->size_bytes + i], BEHIND);
}

void __wrap_free(void *bytes)
{
    for (size_t i = 0; bytes != NULL && i < block_count; i++)
        if (blocks[i].bytes == bytes) {
            assert_whole(&blocks[i]);
            blocks[i] = blocks[--block_count];
            break;
        }
    __real_free(bytes);
}

/* Fails so many allocations from that number on, of a text that is right. False: there are fewer. */
static bool parse_without(const char *text, unsigned failing, unsigned times)
{
    json_error_t wrong = {.text = "none"};
    json_t *found;
    bool failed;

    memory.calls = 0;
    memory.times = times;
    memory.failing = failing;
    found = json_parse(text, strlen(text), &wrong);
    failed = memory.calls >= failing;
    assert_int_equal(found == NULL, failed);
    if (failed)
        assert_string_equal(wrong.text, "");
    json_decref(found);
    memory.failing = 0;
    assert_int_equal(block_count, 0);
    return failed;
}

static void assert_survives(const char *text)
{
    static const unsigned times[] = {1, 2, 3, UINT_MAX};

    for (size_t i = 0; i < COUNT_OF(times); i++)
        for (unsigned failing = 1; parse_without(text, failing, times[i]); failing++)
            ;
}

/* A token of each length around those at which jansson's buffer is doubled: as a key, a text, a number, with
 * escapes and characters of several bytes. */
static void tokens_without_memory(void **state)
{
    static const struct {
        const char *before, *after;
        bool is_number;
    } forms[] = {
        {"{\"a\":\"", "\",\"event\":\"state\",\"kind\":\"serve\"}", false},
        {"{\"", "\":[1,2,{\"b\":null}],\"c\":true}", false},
        {"[[[\"", "\"]],-1.5e3,false]", false},
        {"[1.", "1]", true},
        {"[1.", "1e5,2]", true},
    };
    static const char *const units[] = {"7",           "x", "\\n", "\\u20ac", "\\ud83d\\ude00",
                                        "\xe2\x82\xac"};
    enum { LENGTHS = 70 };
    char text[LENGTHS * 12 + 100];

    (void)state;
    json_memory_prepare();
    for (size_t form = 0; form < COUNT_OF(forms); form++)
        for (size_t unit = 0; unit < (forms[form].is_number ? 1 : COUNT_OF(units)); unit++)
            for (int count = 0; count < LENGTHS; count++) {
                strcpy(text, forms[form].before);
                for (int i = 0; i < count; i++)
                    strcat(text, units[unit]);
                strcat(text, forms[form].after);
                assert_survives(text);
            }
}

/* More members and elements than jansson has room for at first, so that its tables grow, too. */
static void tables_without_memory(void **state)
{
    enum { MEMBERS = 40 };
    struct builder text;
    char out[MEMBERS * 20];

    (void)state;
    json_memory_prepare();
    for (int count = 1; count < MEMBERS; count++) {
        text = builder_begin(out, sizeof out);
        for (int i = 0; i < count; i++)
            builder_add(&text, "%s%d", i == 0 ? "[" : ",", i);
        builder_add(&text, "]");
        assert_survives(out);
        text = builder_begin(out, sizeof out);
        for (int i = 0; i < count; i++)
            builder_add(&text, "%s\"%d\":{}", i == 0 ? "{" : ",", i);
        builder_add(&text, "}");
        assert_survives(out);
    }
}

/* ---- with memory */

static void assert_same(const void *text, size_t length)
{
    json_error_t wrong = {.text = ""}, known_wrong = {.text = ""};
    json_t *found = json_parse(text, length, &wrong);
    json_t *known = json_loadb(text, length, JSON_REJECT_DUPLICATES, &known_wrong);

    assert_true((found == NULL && known == NULL) || json_equal(found, known));
    assert_string_equal(wrong.text, known_wrong.text);
    if (found == NULL) {
        assert_string_not_equal(wrong.text, "");
        assert_int_equal(wrong.line, known_wrong.line);
        assert_int_equal(wrong.column, known_wrong.column);
        assert_int_equal(wrong.position, known_wrong.position);
    }
    json_decref(found);
    json_decref(known);
}

#define TEXT(literal)                                                                              \
    {                                                                                              \
        literal, sizeof literal - 1                                                                \
    }

/* Each text, and each beginning of it. */
static void as_jansson_does(void **state)
{
    static const struct {
        const char *text;
        size_t length;
    } rows[] = {
        TEXT("{}"),
        TEXT(" {\"a\" : [1, 2.5, \"\\u00e9\", null, true, {}]}\n"),
        TEXT("1"),
        TEXT("{\"a\":1,\"a\":2}"),
        TEXT("[\n\n}"),
        TEXT("[] x"),
        TEXT("[\"\xff\"]"),
        TEXT("[\n  \"\xe2\x82\xac\xe2\x82\xac\", \xe2\x82]"),
        TEXT("[\"a token that is longer than the first buffer, and than the second\", nil]"),
        TEXT("[\"a\0b\"]"),
        TEXT("[\"a\"]\0"),
        TEXT("[\"\\u0000\"]"),
        TEXT("[\"\\ud83d\\ude00\\ud83d\"]"),
        TEXT("[-1.5e3, 1e999, 12345678901234567890]"),
        TEXT("[01]"),
    };

    (void)state;
    json_memory_prepare();
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        for (size_t length = 0; length <= rows[i].length; length++)
            assert_same(rows[i].text, length);
}

static void duplicate_keys_are_wrong(void **state)
{
    static const char text[] = "{\"a\":1,\n\"a\":2}";
    json_error_t wrong;

    (void)state;
    assert_null(json_parse(text, strlen(text), &wrong));
    assert_string_equal(wrong.text, "duplicate object key near '\"a\"'");
    assert_int_equal(wrong.line, 2);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(tokens_without_memory),
    cmocka_unit_test(tables_without_memory),
    cmocka_unit_test(as_jansson_does),
    cmocka_unit_test(duplicate_keys_are_wrong),
};

const struct suite suite_json_parse = {
    .name = "json_parse", .tests = tests, .count = COUNT_OF(tests)};
