/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ack_parse: answers, where they are wrong, and random ones against a model of their bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"
#include "udptui/base/array.h"
#include "udptui/base/units.h"
#include "udptui/proto/ack.h"

static const char *read_seven(const char *path, size_t room_bytes, uint8_t **bytes,
                              size_t *size_bytes)
{
    if (strcmp(path, "gone") == 0)
        return "No such file";
    assert_true(room_bytes >= 7);
    *bytes = malloc(7);
    memcpy(*bytes, "{n}\\x41", 7); /* neither field nor escape */
    *size_bytes = 7;
    return NULL;
}

static const struct ack_reading reading = {.groups = 2, .read_file = read_seven};

static const char payload[] = "GET temp";

static const struct ack_groups groups = {
    .each = {{(const uint8_t *)payload, 3}, {(const uint8_t *)payload + 4, 4}}};

static struct ack_context context_of(void)
{
    return (struct ack_context){
        .number = 42,
        .wall_ns = INT64_C(1700000000123456789),
        .from = {.family = ENDPOINT_IPV4, .address = {10, 1, 2, 3}, .port = 50001},
        .bytes = (const uint8_t *)payload,
        .size_bytes = strlen(payload),
        .groups = &groups,
        .seed = 7};
}

static struct ack_policy parse(const char *text)
{
    struct ack_policy policy;
    struct ack_problem problem;

    if (!ack_parse_answer(text, &reading, &policy, &problem))
        fail_msg("%s: %zu: %s", text, problem.offset_bytes, problem.why);
    return policy;
}

/* The only datagram of an answer, with just the room that it needs. */
static void expect_bytes(const char *text, const void *bytes, size_t size_bytes)
{
    struct ack_policy policy = parse(text);
    struct ack_context context = context_of();
    uint8_t *out = malloc(size_bytes + 1);
    bool cut;

    assert_null(policy.next);
    assert_int_equal(ack_render(&policy, &context, out, size_bytes, &cut), size_bytes);
    assert_memory_equal(out, bytes, size_bytes);
    assert_false(cut);
    free(out);
    ack_close(&policy);
}

#define EXPECT(text, bytes) expect_bytes(text, bytes, sizeof(bytes) - 1)

static void a_text_has_escapes_and_fields(void **state)
{
    (void)state;
    EXPECT("21.5", "21.5");
    EXPECT("", "");
    EXPECT("a\\n\\x00\\u{e9}b", "a\n\0\xc3\xa9"
                                "b");
    EXPECT("{n} of {bytes}", "42 of 8");
    EXPECT("{text}/{hex}", "GET temp/4745542074656d70");
    EXPECT("{from} {time}", "10.1.2.3:50001 2023-11-14T22:13:20.123456789Z");
    EXPECT("{1}-{2}", "GET-temp");
    EXPECT("{bytes:4:2}{bytes:6:}{bytes:7:9}{bytes:8:1}{bytes:99:}", "tempp");
    EXPECT("{hex:ff 00}{{}", "\xff\0{}");
    EXPECT("a;b ;c", "a;b ;c");
    EXPECT("twice", "twice");
    EXPECT("after all", "after all");
    EXPECT("3 wishes", "3 wishes");
    EXPECT("to port nowhere", "to port nowhere");
    EXPECT("\\x74wice a", "twice a");
}

static void hex_and_files(void **state)
{
    (void)state;
    EXPECT("hex:", "");
    EXPECT("hex:00 ff", "\0\xff");
    EXPECT("hex: {bytes:0:2} 8180 {n} 0a", "GE\x81\x80"
                                           "42\n");
    EXPECT("file:any  ", "{n}\\x41");
}

static void words_stand_before(void **state)
{
    struct ack_policy policy = parse(
        "chance 30% after 50ms twice a ; to port 6970 3 times b ; from another port after 2s echo");
    const struct ack_policy *second = policy.next, *third = second->next;

    (void)state;
    assert_true(policy.chance > 0.29 && policy.chance < 0.31);
    assert_int_equal(policy.after_ns, 50 * UNITS_NS_PER_MS);
    assert_int_equal(policy.times, 2);
    assert_int_equal(second->to_port, 6970);
    assert_int_equal(second->times, 3);
    assert_true(third->from_another);
    assert_int_equal(third->after_ns, 2 * UNITS_NS_PER_S);
    assert_ptr_equal(third->row, &ack_rows[ACK_ECHO]);
    assert_null(third->next);
    assert_true(ack_is_planned(&policy) && ack_uses_another_port(&policy));
    ack_close(&policy);
    policy = parse("chance 100% a");
    assert_false(ack_is_planned(&policy) || ack_uses_another_port(&policy));
}

static void problems_have_a_place(void **state)
{
    static const struct {
        const char *text;
        size_t offset;
        const char *why;
    } cases[] = {
        {"ab{nonsense}", 2, "unknown field"},
        {"ab{n", 2, "not closed"},
        {"{bytes:x:4}", 7, "{bytes:0:4}"},
        {"{bytes:1:-4}", 7, "{bytes:0:4}"},
        {"{bytes:1}", 7, "{bytes:0:4}"},
        {"{bytes:70000:1}", 7, "{bytes:0:4}"},
        {"{random:}", 8, "{random:8}"},
        {"{3}", 0, "fewer groups"},
        {"a\\q", 1, "escape"},
        {"a {n} \\xg0", 6, "hex digits"},
        {"hex:0g", 4, "pairs"},
        {"hex:00 ; hex:zz", 13, "not a hex digit"},
        {"after 5 a", 6, "after 50ms"},
        {"after 11m a", 6, "10m"},
        {"after 5x a", 6, "after 50ms"},
        {"chance 0% a", 7, "chance 30%"},
        {"chance 101% a", 7, "chance 30%"},
        {"a ; chance 5% b", 11, "first"},
        {"to port 0 a", 8, "1 to 65535"},
        {"33 times a", 0, "1 to 32"},
        {"20 times a ; 20 times b", 13, "at most 32"},
        {"twice ", 6, "missing"},
        {"after 1s none", 9, "none"},
        {"none ; a", 0, "none"},
        {"a ; none", 4, "none"},
        {"file:gone", 5, "No such file"},
        {"a ; file:", 9, "missing"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct ack_policy policy;
        struct ack_problem problem;
        if (ack_parse_answer(cases[i].text, &reading, &policy, &problem))
            fail_msg("accepted: %s", cases[i].text);
        if (problem.offset_bytes != cases[i].offset || strstr(problem.why, cases[i].why) == NULL)
            fail_msg("%s: %zu: %s", cases[i].text, problem.offset_bytes, problem.why);
    }
}

static void without_a_regular_expression_there_are_no_groups(void **state)
{
    struct ack_policy policy;

    (void)state;
    assert_non_null(strstr(ack_parse("{1}", &policy), "/(...)/"));
    assert_non_null(strstr(ack_parse("file:x", &policy), "cannot be read"));
}

static void random_bytes_depend_on_seed_and_number(void **state)
{
    struct ack_policy policy = parse("{random:20}{random:3}");
    struct ack_context context = context_of();
    uint8_t once[23], again[23], other[23];
    bool cut;

    (void)state;
    assert_int_equal(ack_render(&policy, &context, once, sizeof once, &cut), 23);
    ack_render(&policy, &context, again, sizeof again, &cut);
    assert_memory_equal(once, again, sizeof once);
    context.number++;
    ack_render(&policy, &context, other, sizeof other, &cut);
    assert_memory_not_equal(once, other, sizeof once);
    assert_memory_not_equal(once, once + 8, 8);
}

static void a_chance_comes_true_as_often(void **state)
{
    struct ack_policy policy = parse("chance 30% a");
    int given = 0;

    (void)state;
    for (uint64_t number = 1; number <= 10000; number++) {
        given += ack_draw(&policy, 1, number, 0);
        assert_int_equal(ack_draw(&policy, 1, number, 0), ack_draw(&policy, 1, number, 0));
    }
    assert_in_range(given, 2850, 3150);
}

static void a_copy_has_memory_of_its_own(void **state)
{
    struct ack_policy policy = parse("a ; file:x ; file:y"), copy;
    struct ack_context context = context_of();
    uint8_t out[16];
    bool cut;

    (void)state;
    assert_true(ack_copy(&copy, &policy));
    ack_close(&policy);
    assert_int_equal(ack_render(copy.next->next, &context, out, sizeof out, &cut), 7);
    assert_memory_equal(out, "{n}\\x41", 7);
    ack_close(&copy);
}

/* ---- random answers */

static uint32_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return (uint32_t)(*state >> 32);
}

/* Text and the bytes that it stands for. */
struct model {
    char text[2048];
    char bytes[4096];
    size_t text_length, size_bytes;
};

static void model_add(struct model *model, const char *text, const char *bytes, size_t size_bytes)
{
    model->text_length += (size_t)snprintf(model->text + model->text_length,
                                           sizeof model->text - model->text_length, "%s", text);
    memcpy(model->bytes + model->size_bytes, bytes, size_bytes);
    model->size_bytes += size_bytes;
}

static void model_add_slice(struct model *model, uint64_t *random)
{
    size_t from = next_random(random) % 12, count = next_random(random) % 12, taken = 0;
    char text[64], bytes[16];

    snprintf(text, sizeof text, "{bytes:%zu:%zu}", from, count);
    for (size_t i = from; i < from + count && i < strlen(payload); i++)
        bytes[taken++] = payload[i];
    model_add(model, text, bytes, taken);
}

static void model_add_piece(struct model *model, uint64_t *random)
{
    static const struct {
        const char *text, *bytes;
    } pieces[] = {{"a", "a"},
                  {" b", " b"},
                  {"{n}", "42"},
                  {"{bytes}", "8"},
                  {"{{", "{"},
                  {"}", "}"},
                  {"\\n", "\n"},
                  {"\\xc3", "\xc3"},
                  {"{1}", "GET"},
                  {"{2}", "temp"},
                  {"{text}", "GET temp"},
                  {";", ";"},
                  {"{hex:61}", "a"},
                  {"\\u{20ac}", "\xe2\x82\xac"},
                  {"\\\\", "\\"}};
    size_t which = next_random(random) % (COUNT_OF(pieces) + 1);

    if (which == COUNT_OF(pieces))
        model_add_slice(model, random);
    else
        model_add(model, pieces[which].text, pieces[which].bytes, strlen(pieces[which].bytes));
}

/* Any room gives the beginning of the whole, at most 3 bytes less than there is room for. */
static void check_cut(const struct ack_policy *policy, const struct model *model, size_t room)
{
    struct ack_context context = context_of();
    uint8_t *out = malloc(room + 1);
    bool cut;
    size_t written = ack_render(policy, &context, out, room, &cut);

    assert_int_equal(cut, model->size_bytes > room);
    assert_in_range(written, cut && room > 3 ? room - 3 : 0, room);
    assert_memory_equal(out, model->bytes, written);
    free(out);
}

static void random_answers_are_what_they_say(void **state)
{
    uint64_t random = 88172645463325252U;

    (void)state;
    for (int i = 0; i < 5000; i++) {
        struct model model = {.text_length = 0};
        unsigned pieces = next_random(&random) % 20;
        model_add(&model, "x", "x", 1); /* no blank at the beginning, which is passed over */
        while (pieces-- > 0)
            model_add_piece(&model, &random);
        if (strstr(model.text, " ; ") != NULL)
            continue;
        expect_bytes(model.text, model.bytes, model.size_bytes);
        struct ack_policy policy = parse(model.text);
        check_cut(&policy, &model, next_random(&random) % (model.size_bytes + 2));
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_text_has_escapes_and_fields),
    cmocka_unit_test(hex_and_files),
    cmocka_unit_test(words_stand_before),
    cmocka_unit_test(problems_have_a_place),
    cmocka_unit_test(without_a_regular_expression_there_are_no_groups),
    cmocka_unit_test(random_bytes_depend_on_seed_and_number),
    cmocka_unit_test(a_chance_comes_true_as_often),
    cmocka_unit_test(a_copy_has_memory_of_its_own),
    cmocka_unit_test(random_answers_are_what_they_say),
};

const struct suite suite_ack_parse = {
    .name = "ack_parse", .tests = tests, .count = sizeof tests / sizeof *tests};
