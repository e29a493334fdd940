/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json_read: what each member may be, the first error alone, and any bytes. */
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
#include "udptui/output/json.h"
#include "udptui/output/json_read.h"
#include "udptui/proto/counts.h"

static struct json_reader reader_of(uint64_t count_max)
{
    return (struct json_reader){.charset = TEXT_ASCII, .count_max = count_max};
}

/* {"k":VALUE} */
static json_t *object_of(const char *value)
{
    struct json_reader reader = reader_of(0);
    char text[256];
    json_t *object;

    snprintf(text, sizeof text, "{\"k\":%s}", value);
    object = json_read_document(&reader, text, strlen(text));
    assert_non_null(object);
    return object;
}

static void assert_error(const struct json_reader *reader, const char *error)
{
    assert_int_equal(reader->wrong, error != NULL);
    assert_string_equal(reader->error, error != NULL ? error : "");
}

/* ---- documents */

static void what_is_no_object_is_refused(void **state)
{
    static const struct {
        const char *text, *error;
    } rows[] = {
        {"", "it is not JSON"},
        {"{", "it is not JSON"},
        {"[1]", "it is not a JSON object"},
        {"3", "it is not JSON"},
        {"{} x", "it is not JSON"},
        {"{\"a\":1,\"a\":2}", "it is not JSON"}, /* which one would count? */
        {"{\"a\":\"\x1b[2J\"}", "it is not JSON"},
        {"{\"a\":\"\xff\"}", "it is not JSON"},
        {"{\"a\":99999999999999999999}", "it is not JSON"},
        {"{\n\n\n!}", "(line 4)"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct json_reader reader = reader_of(9);
        assert_null(json_read_document(&reader, rows[i].text, strlen(rows[i].text)));
        assert_true(reader.wrong);
        if (strstr(reader.error, rows[i].error) == NULL)
            fail_msg("%s: %s", rows[i].text, reader.error);
        judge_safe(reader.error, sizeof reader.error - 1, TEXT_ASCII);
    }
}

static void the_first_error_stays(void **state)
{
    json_t *object = object_of("-1");
    struct json_reader reader = reader_of(9);

    (void)state;
    json_read_count(&reader, object, "k", 9);
    json_read_flag(&reader, object, "k");
    json_read_refuse(&reader, "later %d", 1);
    assert_error(&reader, "k is negative");
    json_decref(object);
}

/* ---- numbers */

static void counts_have_bounds(void **state)
{
    static const struct {
        const char *value;
        uint64_t maximum, count_max, expected;
        const char *error;
    } rows[] = {
        {"0", 9, 9, 0, NULL},
        {"9", 9, 9, 9, NULL},
        {"9", 8, 9, 0, "k is too large"}, /* the smaller of both counts */
        {"9", 9, 8, 0, "k is too large"},
        {"-1", 9, 9, 0, "k is negative"},
        {"1.0", 9, 9, 0, "k is not a whole number"},
        {"1e3", 9999, 9999, 0, "k is not a whole number"},
        {"\"1\"", 9, 9, 0, "k is not a whole number"},
        {"null", 9, 9, 0, "k is not a whole number"},
        {"true", 9, 9, 0, "k is not a whole number"},
        {"9223372036854775807", UINT64_MAX, UINT64_MAX, INT64_MAX, NULL},
        {"-9223372036854775808", UINT64_MAX, UINT64_MAX, 0, "k is negative"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        json_t *object = object_of(rows[i].value);
        struct json_reader reader = reader_of(rows[i].count_max);
        assert_true(json_read_count(&reader, object, "k", rows[i].maximum) == rows[i].expected);
        assert_error(&reader, rows[i].error);
        json_decref(object);
    }
}

static void what_is_missing_has_its_value(void **state)
{
    static const char *const words[] = {"a", "b"};
    json_t *object = json_object();
    struct json_reader reader = reader_of(9);
    char text[4] = "x";

    (void)state;
    assert_int_equal(json_read_count(&reader, object, "k", 9), 0);
    assert_int_equal(json_read_ns(&reader, object, "k"), -1);
    assert_int_equal(json_read_time(&reader, object, "k"), 0);
    assert_false(json_read_flag(&reader, object, "k"));
    assert_int_equal(json_read_hex64(&reader, object, "k"), 0);
    assert_int_equal(json_read_endpoint(&reader, object, "k").family, ENDPOINT_NONE);
    assert_null(json_read_array(&reader, object, "k", 9));
    json_read_text(&reader, object, "k", text, sizeof text);
    assert_string_equal(text, "");
    assert_error(&reader, NULL);
    assert_int_equal(json_read_word(&reader, object, "k", words, 2), 0);
    assert_error(&reader, "k is missing");
    json_decref(object);
}

static void times_and_flags(void **state)
{
    struct json_reader reader = reader_of(UINT64_MAX);
    json_t *object = json_object();

    (void)state;
    json_add_time(object, INT64_C(1800000000123456789));
    json_object_set_new(object, "wrong", json_string("2026-02-30"));
    json_object_set_new(object, "yes", json_true());
    json_object_set_new(object, "no", json_false());
    json_object_set_new(object, "ns", json_integer(5));
    assert_true(json_read_time(&reader, object, "time") == INT64_C(1800000000123456789));
    assert_true(json_read_flag(&reader, object, "yes"));
    assert_false(json_read_flag(&reader, object, "no"));
    assert_int_equal(json_read_ns(&reader, object, "ns"), 5);
    assert_error(&reader, NULL);
    json_read_time(&reader, object, "wrong");
    assert_error(&reader, "wrong is not a time");
    reader = reader_of(9);
    assert_false(json_read_flag(&reader, object, "ns"));
    assert_error(&reader, "ns is neither true nor false");
    reader = reader_of(9);
    json_read_time(&reader, object, "ns");
    assert_error(&reader, "ns is not a text");
    json_decref(object);
}

static void hex64_there_and_back(void **state)
{
    static const uint64_t values[] = {0, 1, UINT64_C(0x0123456789abcdef), UINT64_MAX};
    static const char *const refused[] = {"\"\"",
                                          "\"0123456789abcde\"",
                                          "\"0123456789abcdef0\"",
                                          "\"0123456789ABCDEF\"",
                                          "\"0x23456789abcdef\"",
                                          "\" 123456789abcdef\""};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        json_t *object = json_object();
        struct json_reader reader = reader_of(0); /* no count: count_max says nothing */
        json_add_hex64(object, "k", values[i]);
        assert_true(json_read_hex64(&reader, object, "k") == values[i]);
        assert_error(&reader, NULL);
        json_decref(object);
    }
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        json_t *object = object_of(refused[i]);
        struct json_reader reader = reader_of(0);
        assert_true(json_read_hex64(&reader, object, "k") == 0);
        assert_error(&reader, "k is not 16 hex digits");
        json_decref(object);
    }
}

/* ---- texts */

static void text_is_safe_and_escaped_once(void **state)
{
    static const struct {
        const char *value, *expected;
    } rows[] = {
        {"\"a b\"", "a b"},
        {"\"\"", ""},
        {"\"\\u001b[2J\"", "\\x1B[2J"}, /* raw */
        {"\"\\\\x1B[2J\"", "\\x1B[2J"}, /* escaped already */
        {"\"\\u202e\"", "\\u{202E}"},
        {"\"a\\\\q\"", "a\\\\q"}, /* no escape of ours: as it is */
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        json_t *object = object_of(rows[i].value);
        struct json_reader reader = reader_of(0);
        char text[64];
        json_read_text(&reader, object, "k", text, sizeof text);
        assert_error(&reader, NULL);
        assert_string_equal(text, rows[i].expected);
        json_decref(object);
    }
}

static void text_is_cut_where_it_may_be(void **state)
{
    json_t *object = object_of("\"ab\\u001bcd\"");
    char text[16];

    (void)state;
    for (size_t size = 1; size < sizeof text; size++) {
        struct json_reader reader = reader_of(0);
        memset(text, '#', sizeof text);
        json_read_text(&reader, object, "k", text, size);
        assert_true(strlen(text) < size);
        assert_int_equal(strncmp("ab\\x1Bcd", text, strlen(text)), 0);
        assert_int_equal(text[size], '#');
        judge_safe(text, size - 1, TEXT_ASCII); /* no half of an escape */
        assert_true(size < 3 || size > 6 || strlen(text) == 2);
    }
    json_decref(object);
}

static void a_text_may_have_4096_bytes(void **state)
{
    enum { MOST = 4096 };
    static char long_text[MOST + 2];

    (void)state;
    for (size_t length = MOST; length <= MOST + 1; length++) {
        json_t *object = json_object();
        struct json_reader reader = reader_of(0);
        char text[8];
        memset(long_text, 'a', length);
        json_object_set_new(object, "k", json_string(long_text));
        json_read_text(&reader, object, "k", text, sizeof text);
        assert_string_equal(text, length == MOST ? "aaaaaaa" : "");
        assert_error(&reader, length == MOST ? NULL : "k is too long");
        json_decref(object);
    }
}

static void a_word_is_one_of_those(void **state)
{
    static const char *const words[] = {"a", "ab", "b"};
    json_t *object = object_of("\"ab\"");
    struct json_reader reader = reader_of(0);

    (void)state;
    assert_int_equal(json_read_word(&reader, object, "k", words, 3), 1);
    assert_error(&reader, NULL);
    assert_int_equal(json_read_word(&reader, object, "k", words, 1), 0);
    assert_error(&reader, "k is none of its words");
    json_decref(object);
}

/* ---- endpoints and lists */

static void an_endpoint_is_an_address_or_none(void **state)
{
    static const char *const none[] = {"\"localhost:1\"", "\"7\"", "\"\"", "\"192.0.2.1:99999\"",
                                       "5"};
    static const struct {
        const char *value;
        struct endpoint expected;
    } rows[] = {
        {"\"192.0.2.1:4010\"", {.family = ENDPOINT_IPV4, .address = {192, 0, 2, 1}, .port = 4010}},
        {"\"[fe80::1%eth9]:53\"",
         {.family = ENDPOINT_IPV6, .address = {0xfe, 0x80, [15] = 1}, .port = 53}},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        json_t *object = object_of(rows[i].value);
        struct json_reader reader = reader_of(0);
        struct endpoint endpoint = json_read_endpoint(&reader, object, "k");
        assert_true(endpoint_equal(&endpoint, &rows[i].expected));
        assert_error(&reader, NULL);
        json_decref(object);
    }
    for (size_t i = 0; i < COUNT_OF(none); i++) {
        json_t *object = object_of(none[i]);
        struct json_reader reader = reader_of(0);
        assert_int_equal(json_read_endpoint(&reader, object, "k").family, ENDPOINT_NONE);
        json_decref(object);
    }
}

static void a_list_has_its_most(void **state)
{
    json_t *object = object_of("[1,2]");
    struct json_reader reader = reader_of(0);

    (void)state;
    assert_int_equal(json_array_size(json_read_array(&reader, object, "k", 2)), 2);
    assert_error(&reader, NULL);
    assert_null(json_read_array(&reader, object, "k", 1));
    assert_error(&reader, "k has more than 1 elements");
    json_decref(object);
    object = object_of("{}");
    reader = reader_of(0);
    assert_null(json_read_array(&reader, object, "k", 1));
    assert_error(&reader, "k is not a list");
    json_decref(object);
}

/* ---- tables */

struct summary {
    uint64_t count;
    bool at_least;
    uint32_t narrow;
    uint64_t pair[2];
    struct counts counts;
    int64_t time_ns;
    bool flag;
};

static const struct figure_name pair_names[] = {{.key = "first"}, {.key = "second"}};

static const struct figure rows[] = {
    {.key = "count",
     .unit = FIGURE_COUNT,
     .offset = offsetof(struct summary, count),
     .at_least = offsetof(struct summary, at_least)},
    {.key = "narrow", .unit = FIGURE_COUNT_32, .offset = offsetof(struct summary, narrow)},
    {.unit = FIGURE_COUNTS,
     .offset = offsetof(struct summary, pair),
     .names = pair_names,
     .name_count = COUNT_OF(pair_names)},
    {.key = "held", .unit = FIGURE_HELD, .offset = offsetof(struct summary, counts)},
    {.key = "time_ns", .unit = FIGURE_TIME, .offset = offsetof(struct summary, time_ns)},
    {.key = "flag", .unit = FIGURE_FLAG, .offset = offsetof(struct summary, flag)},
};
static const struct figures figures = {rows, COUNT_OF(rows)};

static struct summary read_summary(struct json_reader *reader, const char *text)
{
    struct summary summary = {0};
    json_t *object = json_read_document(reader, text, strlen(text));

    assert_non_null(object);
    figures_read_json(reader, object, &figures, &summary);
    json_decref(object);
    return summary;
}

static void each_kind_of_figure_is_read(void **state)
{
    struct json_reader reader = reader_of(UINT64_MAX);
    struct summary summary = read_summary(
        &reader, "{\"count\":1,\"count_at_least\":true,\"narrow\":4294967295,\"first\":2,"
                 "\"second\":3,\"held\":9,\"held_by\":{\"loop\":4,\"end\":5},\"time_ns\":6,"
                 "\"flag\":true,\"other\":[]}");

    (void)state;
    assert_error(&reader, NULL);
    assert_int_equal(summary.count, 1);
    assert_true(summary.at_least);
    assert_int_equal(summary.narrow, UINT32_MAX);
    assert_int_equal(summary.pair[0], 2);
    assert_int_equal(summary.pair[1], 3);
    assert_int_equal(summary.counts.held[HELD_LOOP], 4);
    assert_int_equal(summary.counts.held[HELD_END], 5);
    assert_int_equal(summary.time_ns, 6);
    assert_true(summary.flag);
    summary = read_summary(&reader, "{}");
    assert_error(&reader, NULL);
    assert_int_equal(summary.time_ns, -1); /* not known */
}

static void figures_that_contradict_are_refused(void **state)
{
    static const struct {
        const char *text, *error;
    } wrong[] = {
        {"{\"narrow\":4294967296}", "narrow is too large"},
        {"{\"count\":-1}", "count is negative"},
        {"{\"count_at_least\":1}", "count_at_least is neither true nor false"},
        {"{\"second\":\"x\"}", "second is not a whole number"},
        {"{\"held\":1}", "held is not the sum of held_by"},
        {"{\"held\":1,\"held_by\":{\"loop\":1,\"end\":1}}", "held is not the sum of held_by"},
        {"{\"held_by\":{\"loop\":1}}", "held is not the sum of held_by"},
        {"{\"held_by\":[]}", "held_by is not an object"},
        {"{\"time_ns\":-1}", "time_ns is negative"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct json_reader reader = reader_of(UINT64_MAX);
        read_summary(&reader, wrong[i].text);
        assert_error(&reader, wrong[i].error);
    }
}

/* Reasons whose sum wraps around to what is claimed. */
static void a_sum_that_wraps_around_is_refused(void **state)
{
    struct json_reader reader = reader_of(UINT64_C(1) << 56);

    (void)state;
    read_summary(&reader, "{\"held\":0,\"held_by\":{\"loop\":9223372036854775807,"
                          "\"end\":9223372036854775807,\"off\":2}}");
    assert_true(reader.wrong);
}

static void *no_memory(size_t size_bytes)
{
    (void)size_bytes;
    return NULL;
}

static void lack_of_memory_is_no_fault_of_the_text(void **state)
{
    struct json_reader reader = reader_of(0);
    json_t *object;

    (void)state;
    json_set_alloc_funcs(no_memory, free);
    object = json_read_document(&reader, "{}", 2);
    json_set_alloc_funcs(malloc, free);
    assert_null(object);
    assert_error(&reader, "not enough memory to read it");
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(lack_of_memory_is_no_fault_of_the_text),
    cmocka_unit_test(what_is_no_object_is_refused),
    cmocka_unit_test(the_first_error_stays),
    cmocka_unit_test(counts_have_bounds),
    cmocka_unit_test(what_is_missing_has_its_value),
    cmocka_unit_test(times_and_flags),
    cmocka_unit_test(hex64_there_and_back),
    cmocka_unit_test(text_is_safe_and_escaped_once),
    cmocka_unit_test(text_is_cut_where_it_may_be),
    cmocka_unit_test(a_text_may_have_4096_bytes),
    cmocka_unit_test(a_word_is_one_of_those),
    cmocka_unit_test(an_endpoint_is_an_address_or_none),
    cmocka_unit_test(a_list_has_its_most),
    cmocka_unit_test(each_kind_of_figure_is_read),
    cmocka_unit_test(figures_that_contradict_are_refused),
    cmocka_unit_test(a_sum_that_wraps_around_is_refused),
};

const struct suite suite_json_read = {
    .name = "json_read", .tests = tests, .count = sizeof tests / sizeof *tests};
