/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/base/nearest.h"

static void slips_are_counted(void **state)
{
    static const struct {
        const char *typed, *known;
        size_t slips;
    } rows[] = {
        {"serve", "serve", 0},        {"ser", "serve", 0},
        {"sevre", "serve", 1},        {"servee", "serve", 1},
        {"tiemout", "timeout", 1},    {"timout", "timeout", 1},
        {"tomeuot", "timeout", 2},    {"xyz", "serve", NEAREST_NONE},
        {"x", "serve", NEAREST_NONE},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (nearest_distance(rows[i].typed, rows[i].known) != rows[i].slips)
            fail_msg("%s for %s: %zu", rows[i].typed, rows[i].known,
                     nearest_distance(rows[i].typed, rows[i].known));
}

static void the_first_with_the_fewest_slips_is_taken(void **state)
{
    static const char *const known[] = {"serve", "send", "load", "lesson", "lend", NULL};
    static const struct {
        const char *typed, *word;
    } rows[] = {
        {"sned", "send"}, {"lessno", "lesson"}, {"l", "load"}, {"lend", "lend"},
        {"xend", "send"}, {"quite else", NULL}, {"", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct nearest nearest = nearest_begin(rows[i].typed);
        for (size_t j = 0; known[j] != NULL; j++)
            nearest_consider(&nearest, known[j]);
        if (rows[i].word == NULL)
            assert_null(nearest.word);
        else
            assert_string_equal(nearest.word, rows[i].word);
    }
}

static void long_words_do_no_harm(void **state)
{
    char word[5000];

    (void)state;
    for (size_t i = 0; i + 1 < sizeof word; i++)
        word[i] = 'a';
    word[sizeof word - 1] = '\0';
    assert_int_equal(nearest_distance(word, "serve"), NEAREST_NONE);
    assert_int_equal(nearest_distance("serve", word), NEAREST_NONE);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(slips_are_counted),
    cmocka_unit_test(the_first_with_the_fewest_slips_is_taken),
    cmocka_unit_test(long_words_do_no_harm),
};

const struct suite suite_nearest = {
    .name = "nearest", .tests = tests, .count = sizeof tests / sizeof *tests};
