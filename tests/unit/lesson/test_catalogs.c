/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* catalogs: those that are compiled in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/lesson/catalogs.h"

static void english_needs_no_catalog(void **state)
{
    struct catalogs_opened opened;

    (void)state;
    assert_string_equal(catalogs_languages[0], "en");
    assert_null(catalogs_open(&opened, 0, TEXT_UTF8));
    catalogs_close(&opened);
    assert_null(catalogs_open(&opened, 0, TEXT_ASCII));
    catalogs_close(&opened);
}

/* Whether each byte of what the catalog offers for a text is ASCII. */
static bool is_ascii(const char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text > 0x7e)
            return false;
    return true;
}

static void every_language_translates_in_both_spellings(void **state)
{
    struct catalogs_opened opened;

    (void)state;
    for (int i = 1; catalogs_languages[i] != NULL; i++) {
        assert_non_null(catalogs_open(&opened, i, TEXT_UTF8));
        assert_string_not_equal(catalog_text(&opened.catalog, "quit"), "quit");
        catalogs_close(&opened);
        assert_non_null(catalogs_open(&opened, i, TEXT_ASCII));
        assert_string_not_equal(catalog_text(&opened.catalog, "quit"), "quit");
        assert_true(is_ascii(catalog_text(&opened.catalog, "back")));
        catalogs_close(&opened);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(english_needs_no_catalog),
    cmocka_unit_test(every_language_translates_in_both_spellings),
};

const struct suite suite_catalogs = {
    .name = "catalogs", .tests = tests, .count = sizeof tests / sizeof *tests};
