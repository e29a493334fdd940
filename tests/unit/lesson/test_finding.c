/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "../mo.h"

#include "udptui/lesson/finding.h"

static const struct lesson_topic topic = {.choices = {"one thing", "another", "neither"},
                                          .right = 1};

static void facts_as_text(void **state)
{
    static const struct {
        struct lesson_fact fact;
        const char *text;
    } rows[] = {
        {{.kind = LESSON_COUNT, .number = 65507}, "65,507"},
        {{.kind = LESSON_COUNT, .number = -1460}, "-1,460"},
        {{.kind = LESSON_COUNT, .number = INT64_MIN}, "-9,223,372,036,854,775,808"},
        {{.kind = LESSON_TRUTH, .number = 1}, "yes"},
        {{.kind = LESSON_TRUTH}, "no"},
        {{.kind = LESSON_NUMBERS}, "none"},
        {{.kind = LESSON_NUMBERS, .count = 3, .numbers = {3, 1, 2}}, "3 1 2"},
        {{.kind = LESSON_WORDS, .words = "EMSGSIZE"}, "EMSGSIZE"},
    };
    char text[LESSON_FACT_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_string_equal(lesson_format_fact(NULL, &rows[i].fact, text, sizeof text),
                            rows[i].text);
}

/* A payload is shown as it is, even if it is a word of the catalog. */
static void facts_in_a_language(void **state)
{
    static const struct mo_entry entries[] = {{"1,234", "1234"},
                                              {"next", "weiter"},
                                              {"none", "keine"},
                                              {"sent", "gesendet"},
                                              {"yes", "ja"}};
    static const struct {
        struct lesson_fact fact;
        const char *text;
    } rows[] = {
        {{.kind = LESSON_COUNT, .number = 65507}, "65507"},
        {{.kind = LESSON_COUNT, .number = INT64_MIN}, "-9223372036854775808"},
        {{.kind = LESSON_TRUTH, .number = 1}, "ja"},
        {{.kind = LESSON_NUMBERS}, "keine"},
        {{.kind = LESSON_WORDS, .words = "sent"}, "gesendet"},
        {{.kind = LESSON_WORDS, .words = "next"}, "next"},
    };
    struct mo_file file;
    struct catalog catalog;
    char text[LESSON_FACT_SIZE];

    (void)state;
    mo_write(&file, false, entries, sizeof entries / sizeof *entries);
    assert_true(catalog_open(&catalog, file.bytes, file.size));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_string_equal(lesson_format_fact(&catalog, &rows[i].fact, text, sizeof text),
                            rows[i].text);
}

static void the_longest_list_is_cut_within_its_room(void **state)
{
    struct lesson_fact fact = {.kind = LESSON_NUMBERS, .count = LESSON_NUMBERS_MAX};
    char text[LESSON_FACT_SIZE];

    (void)state;
    for (size_t i = 0; i < LESSON_NUMBERS_MAX; i++)
        fact.numbers[i] = INT32_MIN;
    assert_true(strlen(lesson_format_fact(NULL, &fact, text, sizeof text)) < sizeof text);
}

static void verdicts(void **state)
{
    char text[LESSON_FACT_SIZE];

    (void)state;
    assert_int_equal(lesson_choices(&topic), 3);
    assert_string_equal(lesson_verdict(NULL, &topic, 1, text, sizeof text),
                        "You said 2, and that is right: another.");
    assert_string_equal(lesson_verdict(NULL, &topic, 0, text, sizeof text),
                        "You said 1, but it is 2: another.");
    assert_string_equal(lesson_verdict(NULL, &topic, LESSON_NO_CHOICE, text, sizeof text),
                        "The answer is 2: another.");
}

static void predictions(void **state)
{
    char text[LESSON_FACT_SIZE];

    (void)state;
    assert_string_equal(lesson_prediction(NULL, &topic, LESSON_NO_CHOICE, text, sizeof text),
                        "No prediction");
    assert_string_equal(lesson_prediction(NULL, &topic, 1, text, sizeof text),
                        "You predicted 2: another");
}

static void other_tries_are_told(void **state)
{
    struct lesson_result result = {.seed = 8, .asked_seed = 5};
    char text[LESSON_FACT_SIZE];

    (void)state;
    assert_string_equal(lesson_format_tries(NULL, &result, text, sizeof text),
                        "Seed 5 showed nothing of it; this is seed 8.");
    result.tries = 2;
    assert_string_equal(lesson_format_tries(NULL, &result, text, sizeof text),
                        "Seed 5 showed nothing of it; this is seed 8. "
                        "The times of the first try did not show it; this is try 2.");
    result.seed = 5;
    assert_string_equal(lesson_format_tries(NULL, &result, text, sizeof text),
                        "The times of the first try did not show it; this is try 2.");
    result.tries = 1;
    assert_string_equal(lesson_format_tries(NULL, &result, text, sizeof text), "");
}

static void commands_name_the_seed(void **state)
{
    char text[LESSON_COMMAND_SIZE];

    (void)state;
    assert_string_equal(lesson_format_command("serve --seed {seed} :1", 42, text, sizeof text),
                        "serve --seed 42 :1");
    assert_string_equal(lesson_format_command("send '{n}'", 42, text, sizeof text), "send '{n}'");
}

static void long_commands_go_on(void **state)
{
    const char *rest = "bash -c 'one; two; three'";
    char line[LESSON_COMMAND_SIZE];

    (void)state;
    assert_true(lesson_next_line(&rest, 16, line));
    assert_string_equal(line, "bash -c 'one; \\");
    assert_true(lesson_next_line(&rest, 16, line));
    assert_string_equal(line, "two; three'");
    assert_false(lesson_next_line(&rest, 16, line));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(facts_as_text),
    cmocka_unit_test(facts_in_a_language),
    cmocka_unit_test(the_longest_list_is_cut_within_its_room),
    cmocka_unit_test(verdicts),
    cmocka_unit_test(predictions),
    cmocka_unit_test(other_tries_are_told),
    cmocka_unit_test(commands_name_the_seed),
    cmocka_unit_test(long_commands_go_on),
};

const struct suite suite_finding = {
    .name = "finding", .tests = tests, .count = sizeof tests / sizeof *tests};
