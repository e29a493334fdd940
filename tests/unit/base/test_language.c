/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* language: the variables in their order, lists and names of locales. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/base/language.h"

static const char *const codes[] = {"en", "de", "ms", NULL};

static void the_environment_chooses(void **state)
{
    static const struct {
        const char *language, *lc_all, *lc_messages, *lang, *chosen;
    } rows[] = {
        {NULL, NULL, NULL, NULL, "en"},
        {NULL, NULL, NULL, "de_DE.UTF-8", "de"},
        {NULL, NULL, NULL, "de", "de"},
        {NULL, NULL, NULL, "de_AT@euro", "de"},
        {NULL, NULL, NULL, "ms_MY", "ms"},
        {NULL, NULL, NULL, "deu_DE", "en"}, /* no language begins with another's code */
        {NULL, NULL, NULL, "d", "en"},
        {NULL, NULL, NULL, "DE", "en"},
        {NULL, NULL, NULL, "fr_FR.UTF-8", "en"},
        {NULL, NULL, "ms_MY.UTF-8", "de_DE.UTF-8", "ms"},
        {NULL, "de_DE", "ms_MY", "en_GB", "de"},
        {NULL, "", "", "de_DE", "de"}, /* empty is not set */
        {NULL, "C", "ms_MY", "de_DE", "en"},
        {"de", NULL, NULL, NULL, "en"}, /* no locale: no list */
        {"de", "C", NULL, "ms_MY", "en"},
        {"de", "POSIX", NULL, "ms_MY", "en"},
        {"de", NULL, NULL, "C.UTF-8", "de"},
        {"de", NULL, NULL, "en_GB", "de"},
        {"", NULL, NULL, "de_DE", "de"},
        {"fr:ms:de", NULL, NULL, "fr_FR", "ms"},
        {"fr", NULL, NULL, "de_DE", "en"}, /* the list is used alone */
        {"fr:en_GB:de", NULL, NULL, "fr_FR", "en"},
        {":::de_CH.UTF-8:", NULL, NULL, "fr_FR", "de"},
        {":", NULL, NULL, "de_DE", "en"},
        {"e:n", NULL, NULL, "de_DE", "en"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct language_environment environment = {.language = rows[i].language,
                                                   .lc_all = rows[i].lc_all,
                                                   .lc_messages = rows[i].lc_messages,
                                                   .lang = rows[i].lang};
        const char *chosen = codes[language_choose(&environment, codes)];
        if (chosen[0] != rows[i].chosen[0])
            fail_msg("row %zu: %s", i, chosen);
    }
}

static void the_only_language_is_always_chosen(void **state)
{
    static const char *const only[] = {"en", NULL};
    struct language_environment environment = {.language = "de:ms", .lang = "de_DE"};

    (void)state;
    assert_int_equal(language_choose(&environment, only), 0);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_environment_chooses),
    cmocka_unit_test(the_only_language_is_always_chosen),
};

const struct suite suite_language = {
    .name = "language", .tests = tests, .count = sizeof tests / sizeof *tests};
