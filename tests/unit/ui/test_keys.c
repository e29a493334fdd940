/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* keys: how a key finds its row in one table or two, the footer by ranks, the help in columns. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "../mo.h"

#include "udptui/ui/keys.h"

enum { MODE_LIST = 1, MODE_LINE = 2, MODE_PANEL = 4, TEXT_SIZE = 4096 };

static const struct keys_row rows[] = {
    {.keys = {'a', 'A'},
     .modes = MODE_LIST,
     .names = "a A",
     .help = "acks off, and on again",
     .footer = "acks",
     .footer_modes = MODE_LIST,
     .rank = 2},
    {.keys = {KEY_CODE_ESC}, .modes = MODE_LIST, .names = "Esc", .help = "back"},
    {.keys = {KEY_CODE_ESC}, .modes = MODE_LINE, .names = "Esc"},
    {.keys = {'+'}, .modes = MODE_PANEL, .names = "+", .help = "more of it"},
    {.keys = {'q'},
     .modes = MODE_LIST,
     .names = "q",
     .help = "quit",
     .footer = "quit",
     .footer_modes = MODE_LIST},
};

static const struct keys_table table = {.rows = rows, .count = 5, .modes = ~0U};

static const struct keys_row front_rows[] = {
    {.keys = {'A', 'x'}, .modes = MODE_LIST, .names = "A", .help = "another"},
};

static const struct keys_table front = {
    .rows = front_rows, .count = 1, .modes = ~(unsigned)MODE_PANEL, .next = &table};

static void a_key_in_its_modes_alone(void **state)
{
    (void)state;
    assert_ptr_equal(keys_find(&table, MODE_LIST, 'A'), &rows[0]);
    assert_null(keys_find(&table, MODE_LINE, 'A'));
    assert_ptr_equal(keys_find(&table, MODE_LIST, KEY_CODE_ESC), &rows[1]);
    assert_ptr_equal(keys_find(&table, MODE_LINE, KEY_CODE_ESC), &rows[2]);
    assert_null(keys_find(&table, MODE_LIST, KEY_CODE_NONE));
    assert_null(keys_find(&table, MODE_LIST, 'z'));
}

/* A row that shares one key and one mode with a row in front is gone as a whole; so are those of
 * modes that the screen has not. */
static void a_table_in_front_replaces_rows(void **state)
{
    struct keys_help entry;
    size_t count = 0;

    (void)state;
    assert_ptr_equal(keys_find(&front, MODE_LIST, 'A'), &front_rows[0]);
    assert_null(keys_find(&front, MODE_LIST, 'a'));
    assert_null(keys_find(&front, MODE_PANEL, '+'));
    assert_ptr_equal(keys_find(&front, MODE_LIST, 'q'), &rows[4]);
    for (; keys_help_at(&front, count, &entry); count++)
        assert_string_not_equal(entry.keys, "a A");
    assert_int_equal(count, 3); /* A, Esc, q */
}

static const char *row_of(struct frame *frame, int row, char *out)
{
    const char *line = out;

    frame_to_text(frame, out, TEXT_SIZE);
    while (row-- > 0)
        line = strchr(line, '\n') + 1;
    out[strcspn(line, "\n") + (size_t)(line - out)] = '\0';
    return line;
}

static void a_footer_leaves_out_by_rank(void **state)
{
    struct frame *frame = frame_open();
    char text[TEXT_SIZE];

    (void)state;
    assert_int_equal(keys_footer_columns(&table, MODE_LIST), 6 + 2 + 6 + 2);
    frame_resize(frame, 2, 40);
    assert_int_equal(keys_put_footer(&table, MODE_LIST, frame, 1, 1, false), 17);
    assert_string_equal(row_of(frame, 1, text), " a acks  q quit");
    frame_resize(frame, 2, 40);
    keys_put_footer(&table, MODE_LIST, frame, 1, 1, true);
    assert_string_equal(row_of(frame, 1, text), "                         a acks  q quit");
    frame_resize(frame, 2, 14);
    keys_put_footer(&table, MODE_LIST, frame, 1, 1, false);
    assert_string_equal(row_of(frame, 1, text), " q quit");
    frame_close(frame);
}

static void a_help_in_columns(void **state)
{
    struct frame *frame = frame_open();
    char text[TEXT_SIZE];

    (void)state;
    assert_int_equal(keys_help_lines(&table, 40), 4);
    assert_int_equal(keys_help_lines(&table, 80), 2);
    frame_resize(frame, 1, 80);
    keys_put_help_line(&table, 0, frame, 0);
    assert_string_equal(row_of(frame, 0, text),
                        "   a A      acks off, and on again       +        more of it");
    frame_resize(frame, 1, 80);
    keys_put_help_line(&table, 2, frame, 0); /* past the end */
    frame_close(frame);
}

/* Widths are those of the translation, in columns; the rows of later tables are translated, too. */
static void texts_are_those_of_the_catalog(void **state)
{
    static const struct mo_entry entries[] = {{"Esc", "Flucht"},
                                              {"acks", "Antw\xc3\xb6rt"},
                                              {"another", "noch einer"},
                                              {"back", "zur\xc3\xbc"
                                                       "ck"},
                                              {"quit", "Ende"}};
    struct mo_file file;
    struct catalog catalog;
    struct keys_table words = front, footer = table;
    struct frame *frame = frame_open();
    struct keys_help entry;
    char text[TEXT_SIZE];

    (void)state;
    mo_write(&file, false, entries, sizeof entries / sizeof *entries);
    assert_true(catalog_open(&catalog, file.bytes, file.size));
    words.catalog = footer.catalog = &catalog;
    assert_true(keys_help_at(&words, 0, &entry));
    assert_string_equal(entry.help, "noch einer");
    assert_true(keys_help_at(&words, 1, &entry));
    assert_string_equal(entry.keys, "Flucht");
    assert_string_equal(entry.help, "zur\xc3\xbc"
                                    "ck");
    assert_int_equal(keys_footer_columns(&footer, MODE_LIST), 9 + 2 + 6 + 2);
    frame_resize(frame, 2, 40);
    assert_int_equal(keys_put_footer(&footer, MODE_LIST, frame, 1, 1, false), 20);
    assert_string_equal(row_of(frame, 1, text), " a Antw\xc3\xb6rt  q Ende");
    frame_close(frame);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_key_in_its_modes_alone),
    cmocka_unit_test(a_table_in_front_replaces_rows),
    cmocka_unit_test(a_footer_leaves_out_by_rank),
    cmocka_unit_test(a_help_in_columns),
    cmocka_unit_test(texts_are_those_of_the_catalog),
};

const struct suite suite_keys = {
    .name = "keys", .tests = tests, .count = sizeof tests / sizeof *tests};
