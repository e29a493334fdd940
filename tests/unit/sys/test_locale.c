/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* locale: UTF-8 only if the locale has it and ASCII is not requested. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/sys/locale.h"

static void the_charset_is_the_locales(void **state)
{
    (void)state;
    assert_non_null(setlocale(LC_CTYPE, "C"));
    assert_int_equal(locale_charset(false), TEXT_ASCII);
    assert_int_equal(locale_charset(true), TEXT_ASCII);
    if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
        skip(); /* a C library without it */
    assert_int_equal(locale_charset(false), TEXT_UTF8);
    assert_int_equal(locale_charset(true), TEXT_ASCII);
    setlocale(LC_CTYPE, "C");
}

static void clear_environment(void)
{
    static const char *const variables[] = {"LC_ALL", "LC_CTYPE", "LANG", "LANGUAGE",
                                            "LC_MESSAGES"};

    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
        unsetenv(variables[i]);
}

static void utf8_needs_no_installed_locale(void **state)
{
    static const struct {
        const char *variable, *value;
        enum text_charset charset;
    } rows[] = {
        {"LANG", "xx_XX.UTF-8", TEXT_UTF8},
        {"LANG", "xx_XX.utf8", TEXT_UTF8},
        {"LC_ALL", "xx_XX.UTF-8@euro", TEXT_UTF8},
        {"LC_CTYPE", "xx_XX.Utf-8", TEXT_UTF8},
        {"LANG", "xx_XX", TEXT_ASCII},
        {"LANG", "xx_XX.ISO-8859-1", TEXT_ASCII},
        {"LC_MESSAGES", "xx_XX.UTF-8", TEXT_ASCII},
        {"LANG", "C", TEXT_ASCII},
    };

    (void)state;
    if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
        skip(); /* a C library without it */
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        clear_environment();
        setenv(rows[i].variable, rows[i].value, 1);
        setlocale(LC_CTYPE, "C");
        locale_adopt();
        if (locale_charset(false) != rows[i].charset)
            fail_msg("%s=%s", rows[i].variable, rows[i].value);
    }
    clear_environment();
    setlocale(LC_CTYPE, "C");
}

static void the_environment_is_handed_over(void **state)
{
    struct language_environment environment;

    (void)state;
    clear_environment();
    setenv("LANGUAGE", "ms:de", 1);
    setenv("LC_ALL", "a", 1);
    setenv("LC_MESSAGES", "b", 1);
    environment = locale_environment();
    assert_string_equal(environment.language, "ms:de");
    assert_string_equal(environment.lc_all, "a");
    assert_string_equal(environment.lc_messages, "b");
    assert_null(environment.lang);
    clear_environment();
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_charset_is_the_locales),
    cmocka_unit_test(utf8_needs_no_installed_locale),
    cmocka_unit_test(the_environment_is_handed_over),
};

const struct suite suite_locale = {
    .name = "locale", .tests = tests, .count = sizeof tests / sizeof *tests};
