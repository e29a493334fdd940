/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* locale: UTF-8 only if the locale has it and ASCII is not requested. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

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

static const struct CMUnitTest tests[] = {cmocka_unit_test(the_charset_is_the_locales)};

const struct suite suite_locale = {
    .name = "locale", .tests = tests, .count = sizeof tests / sizeof *tests};
