/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* answer: lines of sharkd, good, hostile and broken ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../../src/dissect/answer_internal.h"
#include "../suite.h"
#include "udptui/base/array.h"

enum { HEADERS = 28, PAYLOAD = 40 };

static bool read_tree(const char *text, struct dissect_tree *tree)
{
    json_t *result = json_loads(text, 0, NULL);

    assert_non_null(result);
    bool good = answer_read_tree(result, TEXT_UTF8, HEADERS, PAYLOAD, tree);
    json_decref(result);
    return good;
}

static void test_lines(void **state)
{
    static const struct {
        const char *line;
        bool good;
        int64_t id;
        bool result;
    } rows[] = {
        {"{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":[]}", true, 7, true},
        {"{\"id\":8,\"error\":{\"code\":-1}}", true, 8, false},
        {"{\"id\":8}", false, 0, false},
        {"{\"id\":\"8\",\"result\":1}", false, 0, false},
        {"[1]", false, 0, false},
        {"", false, 0, false},
        {"{\"id\":7,\"result\":\"\xff\"}", false, 0, false},
        {"{\"id\":7,\"result\":1} x", false, 0, false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        json_t *result;
        int64_t id;
        assert_ptr_equal(answer_parse(rows[i].line, strlen(rows[i].line), &id, &result),
                         rows[i].good ? NULL : answer_wrong);
        assert_int_equal(id, rows[i].id);
        assert_int_equal(result != NULL, rows[i].result);
        json_decref(result);
    }
}

static void *no_memory(size_t size_bytes)
{
    (void)size_bytes;
    return NULL;
}

static void test_lines_without_memory(void **state)
{
    static const char line[] = "{\"id\":7,\"result\":[]}";
    json_t *result;
    int64_t id;
    const char *why;

    (void)state;
    json_set_alloc_funcs(no_memory, free);
    why = answer_parse(line, strlen(line), &id, &result);
    json_set_alloc_funcs(malloc, free);
    assert_ptr_equal(why, answer_no_memory);
    assert_null(result);
}

static bool read_row(const char *text, enum text_charset charset, struct dissect_summary *summary,
                     uint32_t *number)
{
    json_t *row = json_loads(text, 0, NULL);
    bool good = answer_read_row(row, charset, number, summary);

    json_decref(row);
    return good;
}

static void test_rows(void **state)
{
    struct dissect_summary summary;
    uint32_t number;

    (void)state;
    assert_true(read_row("{\"num\":3,\"c\":[\"3\",\"0\",\"a\",\"b\",\"DNS\",\"60\","
                         "\"1 \\u2192 2\\u202e\\u001b[31m\\n\"]}",
                         TEXT_UTF8, &summary, &number));
    assert_int_equal(number, 3);
    assert_string_equal(summary.protocol, "DNS");
    assert_string_equal(summary.text, "1 \xe2\x86\x92 2\\u{202E}\\x1B[31m\\n");
    assert_true(read_row("{\"num\":1,\"c\":[0,0,0,0,\"UDP\",0,\"1 \\u2192 2\"]}", TEXT_ASCII,
                         &summary, &number));
    assert_string_equal(summary.text, "1 -> 2");
    assert_false(
        read_row("{\"num\":0,\"c\":[0,0,0,0,\"UDP\",0,\"\"]}", TEXT_UTF8, &summary, &number));
    assert_false(read_row("{\"num\":1,\"c\":[\"UDP\"]}", TEXT_UTF8, &summary, &number));
    assert_false(read_row("{\"c\":3}", TEXT_UTF8, &summary, &number));
    assert_false(read_row("4", TEXT_UTF8, &summary, &number));
}

/* Longer than its room: cut, and still text. */
static void test_long_row(void **state)
{
    char text[4096] = "{\"num\":1,\"c\":[0,0,0,0,\"";
    struct dissect_summary summary;
    uint32_t number;

    (void)state;
    for (int i = 0; i < 900; i++)
        strcat(text, "\\\\");
    strcat(text, "\",0,\"");
    for (int i = 0; i < 900; i++)
        strcat(text, "y");
    strcat(text, "\"]}");
    assert_true(read_row(text, TEXT_UTF8, &summary, &number));
    assert_int_equal(strlen(summary.text), DISSECT_SUMMARY_SIZE - 1);
    assert_int_equal(strlen(summary.protocol) % 2, 0);
}

static void test_tree(void **state)
{
    struct dissect_tree tree;

    (void)state;
    assert_true(read_tree(
        "{\"tree\":["
        "{\"l\":\"Frame 1\",\"f\":\"frame\",\"h\":[0,68],\"n\":[{\"l\":\"no\"}]},"
        "{\"l\":\"IP\",\"f\":\"ip\",\"h\":[0,20]},{\"l\":\"UDP\",\"f\":\"udp\",\"h\":[20,8]},"
        "{\"l\":\"DNS\",\"f\":\"dns\",\"h\":[28,40],\"n\":["
        "{\"l\":\"ID\",\"h\":[28,2]},{\"l\":\"Request In: 1\",\"t\":\"framenum\"},"
        "{\"l\":\"Flags\",\"h\":[30,2],\"n\":[{\"l\":\"Opcode\",\"h\":[30,1]}]},"
        "{\"l\":\"Made\",\"ds\":1,\"h\":[28,2]},{\"l\":\"Far\",\"h\":[60,20]},"
        "{\"l\":\"Before\",\"h\":[20,8]},{\"l\":\"None\"}]},"
        "{\"l\":\"Inner UDP\",\"f\":\"udp\",\"h\":[40,8]}]}",
        &tree));
    static const struct {
        const char *label;
        uint32_t offset, size_bytes, end;
        unsigned depth;
    } rows[] = {
        {"DNS", 0, 40, 8, 0},   {"ID", 0, 2, 2, 1},   {"Flags", 2, 2, 4, 1},
        {"Opcode", 2, 1, 4, 2}, {"Made", 0, 0, 5, 1}, {"Far", 0, 0, 6, 1},
        {"Before", 0, 0, 7, 1}, {"None", 0, 0, 8, 1}, {"Inner UDP", 12, 8, 9, 0},
    };
    assert_int_equal(tree.count, COUNT_OF(rows));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_string_equal(tree.nodes[i].label, rows[i].label);
        assert_int_equal(tree.nodes[i].offset, rows[i].offset);
        assert_int_equal(tree.nodes[i].size_bytes, rows[i].size_bytes);
        assert_int_equal(tree.nodes[i].end, rows[i].end);
        assert_int_equal(tree.nodes[i].depth, rows[i].depth);
    }
    assert_false(tree.cut);
    dissect_tree_free(&tree);
    dissect_tree_free(&tree);
    assert_false(read_tree("{\"err\":1}", &tree));
    assert_false(read_tree("[]", &tree));
}

static void test_deep_tree(void **state)
{
    enum { DEEP = 500 };
    char *text = calloc(1, DEEP * 32);
    struct dissect_tree tree;

    (void)state;
    strcpy(text, "{\"tree\":[");
    for (int i = 0; i < DEEP; i++)
        strcat(text, "{\"l\":\"\",\"n\":[");
    for (int i = 0; i < DEEP; i++)
        strcat(text, "]}");
    strcat(text, "]}");
    assert_true(read_tree(text, &tree));
    assert_int_equal(tree.count, DISSECT_DEPTH_MAX);
    assert_true(tree.cut);
    dissect_tree_free(&tree);
    free(text);
}

static void test_wide_tree(void **state)
{
    json_t *result = json_object(), *protocols = json_array();
    struct dissect_tree tree;

    (void)state;
    for (int i = 0; i < DISSECT_NODES_MAX + 10; i++)
        json_array_append_new(protocols, json_pack("{s:s}", "l", "a field that is long enough"));
    json_object_set_new(result, "tree", protocols);
    assert_true(answer_read_tree(result, TEXT_UTF8, HEADERS, PAYLOAD, &tree));
    assert_int_equal(tree.count, DISSECT_NODES_MAX);
    assert_true(tree.cut);
    assert_string_equal(tree.nodes[DISSECT_NODES_MAX - 1].label, "a field that is long enough");
    dissect_tree_free(&tree);
    json_decref(result);
}

/* Whatever comes: no crash, labels are safe, places are in the payload. */
static void test_random_trees(void **state)
{
    static const char base[] =
        "{\"id\":1,\"result\":{\"tree\":[{\"l\":\"a\\u001b\",\"h\":[28,4],\"n\":[{\"l\":\"b\","
        "\"h\":[30,-1],\"t\":\"framenum\"},{\"l\":\"c\",\"h\":[31,2],\"ds\":0}]},{\"l\":\"d\"}]}}";
    char line[sizeof base];
    int trees = 0;

    (void)state;
    srand(11);
    for (int round = 0; round < 20000; round++) {
        struct dissect_tree tree;
        json_t *result;
        int64_t id;
        memcpy(line, base, sizeof base);
        for (int i = rand() % 3; i >= 0; i--)
            line[(size_t)rand() % (sizeof base - 1)] = " \"[]{}0129-,:lhnabt"[rand() % 19];
        if (answer_parse(line, sizeof base - 1, &id, &result) != NULL)
            continue;
        if (answer_read_tree(result, TEXT_UTF8, HEADERS, PAYLOAD, &tree)) {
            trees++;
            for (size_t i = 0; i < tree.count; i++) {
                assert_null(strchr(tree.nodes[i].label, '\x1b'));
                assert_true(tree.nodes[i].offset + tree.nodes[i].size_bytes <= PAYLOAD);
                assert_true(tree.nodes[i].end > i && tree.nodes[i].end <= tree.count);
            }
            dissect_tree_free(&tree);
        }
        json_decref(result);
    }
    assert_true(trees > 100);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_lines),     cmocka_unit_test(test_lines_without_memory),
    cmocka_unit_test(test_rows),      cmocka_unit_test(test_long_row),
    cmocka_unit_test(test_tree),      cmocka_unit_test(test_deep_tree),
    cmocka_unit_test(test_wide_tree), cmocka_unit_test(test_random_trees),
};

const struct suite suite_answer = {.name = "answer", .tests = tests, .count = COUNT_OF(tests)};
