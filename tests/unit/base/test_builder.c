/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* builder: what fits, where the rest is cut, and that nothing is written beyond the end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/base/builder.h"

enum { ROOM = 8, GUARD = 0x55 };

/* ROOM bytes, and one behind them that must stay as it is. */
struct field {
    char out[ROOM + 1];
};

static struct builder begin(struct field *field)
{
    memset(field->out, GUARD, sizeof field->out);
    return builder_begin(field->out, ROOM);
}

static void check(const struct field *field, const struct builder *builder, const char *text,
                  size_t length)
{
    assert_string_equal(field->out, text);
    assert_int_equal(builder->length, length);
    assert_int_equal(builder_is_cut(builder), strlen(text) < length);
    assert_int_equal(field->out[ROOM], GUARD);
}

static void text_grows(void **state)
{
    struct field field;
    struct builder builder = begin(&field);

    (void)state;
    check(&field, &builder, "", 0);
    builder_add(&builder, "%d", 12);
    builder_add_bytes(&builder, "345xx", 3);
    builder_add(&builder, "%s", "67");
    check(&field, &builder, "1234567", 7);
}

static void what_does_not_fit_is_cut_and_counted(void **state)
{
    struct field field;
    struct builder builder = begin(&field);

    (void)state;
    builder_add(&builder, "%s", "123456789");
    check(&field, &builder, "1234567", 9);
    builder_add(&builder, "more");
    builder_add_bytes(&builder, "x", 1);
    check(&field, &builder, "1234567", 14);
    builder = begin(&field);
    builder_add_bytes(&builder, "123456789", 9);
    check(&field, &builder, "1234567", 9);
}

/* A short piece must not slip in behind a cut one. */
static void after_a_cut_nothing_is_stored(void **state)
{
    struct field field;
    struct builder builder = begin(&field);

    (void)state;
    builder_add(&builder, "%s", "12345\xe2\x86\x92");
    check(&field, &builder, "12345", 8);
    builder_add(&builder, "a");
    check(&field, &builder, "12345", 9);
}

/* One character of two, three and four bytes, at every distance from the end. */
static void no_character_is_cut_within(void **state)
{
    static const char *const characters[] = {"\xc3\xa9", "\xe2\x86\x92", "\xf0\x9f\x98\x80"};

    (void)state;
    for (size_t i = 0; i < 3; i++)
        for (size_t before = 0; before < ROOM; before++)
            for (int as_bytes = 0; as_bytes < 2; as_bytes++) {
                size_t size = strlen(characters[i]);
                struct field field;
                struct builder builder = begin(&field);
                char wanted[ROOM * 2] = "abcdefgh";
                wanted[before] = '\0';
                builder_add(&builder, "%s", wanted);
                if (before + size < ROOM)
                    strcat(wanted, characters[i]);
                if (as_bytes)
                    builder_add_bytes(&builder, characters[i], size);
                else
                    builder_add(&builder, "%s", characters[i]);
                check(&field, &builder, wanted, before + size);
            }
}

static void items_are_separated(void **state)
{
    struct field field;
    struct builder builder = begin(&field);

    (void)state;
    builder_add_item(&builder, ", ", "%d", 1);
    builder_add_item(&builder, ", ", "%d", 2);
    builder_add_item(&builder, ", ", "%d", 3);
    check(&field, &builder, "1, 2, 3", 7);
}

static void without_room_it_measures(void **state)
{
    struct builder builder = builder_begin(NULL, 0);

    (void)state;
    builder_add(&builder, "%s", "four");
    builder_add_bytes(&builder, "xyz", 3);
    builder_add_item(&builder, "|", "%d", 1);
    assert_int_equal(builder.length, 9);
    assert_true(builder_is_cut(&builder));
}

static void it_goes_on_behind_what_is_there(void **state)
{
    char out[ROOM] = "abc";
    struct builder builder = builder_continue(out, sizeof out);

    (void)state;
    builder_add(&builder, "%s", "de");
    assert_string_equal(out, "abcde");
    builder_append(out, sizeof out, "%s", "fghi");
    assert_string_equal(out, "abcdefg");
    builder_append(out, sizeof out, "%s", "j");
    assert_string_equal(out, "abcdefg");
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(text_grows),
    cmocka_unit_test(what_does_not_fit_is_cut_and_counted),
    cmocka_unit_test(after_a_cut_nothing_is_stored),
    cmocka_unit_test(no_character_is_cut_within),
    cmocka_unit_test(items_are_separated),
    cmocka_unit_test(without_room_it_measures),
    cmocka_unit_test(it_goes_on_behind_what_is_there),
};

const struct suite suite_builder = {
    .name = "builder", .tests = tests, .count = sizeof tests / sizeof *tests};
