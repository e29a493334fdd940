/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* settings: which lines apply to which command, what is said about the others, and random files against
 * a list of what was written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/base/array.h"
#include "udptui/base/builder.h"
#include "udptui/base/settings.h"

enum { SETTINGS_TEXT_SIZE = 1 << 14, SETTINGS_ROUNDS = 300, SETTINGS_LINES = 40 };

/* "junk" is wrong, "gone" names something that is not there. */
static bool settings_check_ack(const struct opt *opt, const char *text, struct problem *problem)
{
    if (strcmp(text, "junk") == 0)
        return problem_set(problem, true, "--%s \xff junk", opt->name);
    return strcmp(text, "gone") != 0 || problem_set(problem, false, "--%s gone", opt->name);
}

static const struct opt settings_serve_options[] = {
    {.name = "json", .type = OPT_FLAG},
    {.name = "log", .type = OPT_TEXT, .argument = "FILE"},
    {.name = "ack", .type = OPT_TEXT, .argument = "TEXT", .check = settings_check_ack},
    {.name = "batch", .type = OPT_INTEGER, .argument = "N", .minimum = 1, .maximum = 9},
    {.name = "force", .type = OPT_FLAG},
    {.name = "config", .type = OPT_CONFIG, .argument = "FILE"},
    {.name = "no-config", .type = OPT_NO_CONFIG},
    {.name = "help", .type = OPT_HELP},
};

static const struct opt settings_ping_options[] = {
    {.name = "json", .type = OPT_FLAG},
    {.name = "count", .type = OPT_INTEGER, .argument = "N", .minimum = 1, .maximum = 9},
    {.name = "yes", .type = OPT_FLAG},
    {.name = "config", .type = OPT_CONFIG, .argument = "FILE"},
};

static const struct opt settings_plain_options[] = {{.name = "help", .type = OPT_HELP}};

static const struct opts_command settings_serve = {.name = "serve",
                                                   .options = settings_serve_options,
                                                   .option_count =
                                                       COUNT_OF(settings_serve_options)};
static const struct opts_command settings_ping = {.name = "ping",
                                                  .options = settings_ping_options,
                                                  .option_count = COUNT_OF(settings_ping_options)};
static const struct opts_command settings_plain = {.name = "plain",
                                                   .options = settings_plain_options,
                                                   .option_count =
                                                       COUNT_OF(settings_plain_options)};

static const struct opts_command *const settings_specs[] = {&settings_serve, &settings_ping,
                                                            &settings_plain, NULL};

/* What serve takes from a file, as text: "1:--json 3:--batch=4", then " 4!why" if it is refused. */
static const char *settings_describe(const char *text, const char *home, char *out)
{
    struct settings settings = {.specs = settings_specs, .spec = &settings_serve, .home = home};
    struct settings_problem problem;
    struct builder all = builder_begin(out, SETTINGS_TEXT_SIZE);
    char *copy = strdup(text); /* with room for the NUL alone: a sanitizer sees a byte more */
    bool good;

    assert_non_null(copy);
    good = settings_read(&settings, copy, strlen(text), &problem);
    free(copy); /* nothing points into it */
    for (size_t i = 0; i < settings.count; i++) {
        const struct setting *setting = &settings.items[i];

        assert_ptr_equal(setting->opt, opts_find(&settings_serve, setting->opt->name));
        builder_add_item(&all, " ", "%zu:%s", setting->line, setting->argument);
    }
    if (!good) {
        assert_false(problem.no_memory);
        builder_add_item(&all, " ", "%zu!%s", problem.line, problem.error);
    }
    settings_close(&settings);
    return out;
}

static void settings_give(const char *text, const char *expected)
{
    static char out[SETTINGS_TEXT_SIZE];

    assert_string_equal(settings_describe(text, "/home/kim", out), expected);
}

static void of_the_common_part_and_of_its_own_section(void **state)
{
    (void)state;
    settings_give("", "");
    settings_give("json\nbatch = 4\n", "1:--json 2:--batch=4");
    settings_give("json\n[serve]\njson = no\n[ping]\njson\n[serve]\nack = a b",
                  "1:--json 3:--json=no 7:--ack=a b");
    settings_give("count = 3\n[ping]\ncount = 4\n", ""); /* of ping alone */
}

static void only_a_file_is_below_home(void **state)
{
    static char out[SETTINGS_TEXT_SIZE];

    (void)state;
    settings_give("log = ~/a\nack = ~/a\n", "1:--log=/home/kim/a 2:--ack=~/a");
    settings_give("log = ~\n[serve]\nlog = ~jo/a\n", "1:--log=~ 3:--log=~jo/a");
    assert_string_equal(settings_describe("log = ~/a\n", NULL, out), "1:--log=~/a");
}

static void each_mistake_has_its_line(void **state)
{
    static const struct {
        const char *text, *expected;
    } rows[] = {
        {"json\nbatch = 10\n", "1:--json 2!--batch 10: must be from 1 to 9"},
        {"[ping]\ncount = 10\n", "2!--count 10: must be from 1 to 9"},
        {"[ping]\nbatch = 4\n", "2!unknown option --batch: see 'udptui ping --help'"},
        {"jsn\n", "1!no command has an option --jsn: did you mean --json?"},
        {"qqqqqq\n", "1!no command has an option --qqqqqq: see 'udptui --help'"},
        {"[srve]\n", "1!unknown section [srve]: did you mean [serve]?"},
        {"[plain]\n",
         "1!unknown section [plain]: a section is the name of a command, such as [serve]"},
        {"help\n", "1!--help is no setting: give it on the command line"},
        {"config = a\n", "1!--config is no setting: give it on the command line"},
        {"no-config\n", "1!--no-config is no setting: give it on the command line"},
        {"force\n", "1!--force is for one run: give it on the command line"},
        {"yes\n", "1!--yes is for one run: give it on the command line"}, /* of ping */
        {"\n\n= 1\n", "3!a line is NAME = VALUE, with the name of a long option without the '--'"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        settings_give(rows[i].text, rows[i].expected);
}

static void the_list_names_lines_and_is_cut(void **state)
{
    struct settings settings = {.specs = settings_specs, .spec = &settings_serve};
    struct settings_problem problem;
    char text[] = "json\n\nbatch = 4\n", out[64], small[8];

    (void)state;
    assert_string_equal(settings_list(&settings, false, out, sizeof out), "");
    assert_true(settings_read(&settings, text, strlen(text), &problem));
    assert_string_equal(settings_list(&settings, false, out, sizeof out),
                        "--json (line 1), --batch (line 3)");
    assert_string_equal(settings_list(&settings, false, small, sizeof small), "--json ");
    settings_close(&settings);
}

/* Which line names something that is missing, 0: none. */
static size_t settings_find_missing(const char *text, int argument_count, char *const arguments[])
{
    struct settings settings = {.specs = settings_specs, .spec = &settings_serve};
    struct settings_problem problem;
    char *copy = strdup(text);
    bool good;

    assert_non_null(copy);
    assert_true(settings_read(&settings, copy, strlen(text), &problem));
    good = settings_check_places(&settings, argument_count, arguments, &problem);
    assert_true(problem.absent && !problem.no_memory);
    if (!good)
        assert_string_equal(problem.error, "--ack gone");
    settings_close(&settings);
    free(copy);
    return good ? 0 : problem.line;
}

static void the_check_of_a_row_has_its_line(void **state)
{
    static char *const none[] = {"--json", "--log", "--ack"}, *const equal[] = {"--ack=a"},
                       *const letters[] = {"--json", "--ack", "gone"};

    (void)state;
    settings_give("json\nack = junk\n", "1:--json 2!--ack \\xFF junk");
    settings_give("ack = junk x\n", "1:--ack=junk x");
    settings_give("ack = gone\n", "1:--ack=gone");
    assert_int_equal(settings_find_missing("json\nack = gone\n", 0, NULL), 2);
    assert_int_equal(settings_find_missing("json\nack = gone\n", 3, none), 2);
    assert_int_equal(settings_find_missing("ack = gone\njson\n[serve]\nack = a\n", 0, NULL), 0);
    assert_int_equal(settings_find_missing("ack = a\n[serve]\nack = gone\n", 0, NULL), 3);
    assert_int_equal(settings_find_missing("ack = gone\n", 1, equal), 0);
    assert_int_equal(settings_find_missing("ack = gone\n", 3, letters), 0);
}

/* Files of lines that are all correct: of the common part, of serve and of ping, in any order. */
static void random_files_give_what_was_written(void **state)
{
    static char file[SETTINGS_TEXT_SIZE], expected[SETTINGS_TEXT_SIZE];
    uint32_t dice = 1;

    (void)state;
    for (int round = 0; round < SETTINGS_ROUNDS; round++) {
        struct builder text = builder_begin(file, sizeof file);
        struct builder model = builder_begin(expected, sizeof expected);
        enum { COMMON, SERVE, PING } part = COMMON;

        for (unsigned line = 1; line <= SETTINGS_LINES; line++) {
            dice = dice * 1664525u + 1013904223u;
            unsigned roll = dice >> 8, value = roll / 8 % 9 + 1;

            if (roll % 8 == 0) {
                part = roll / 8 % 2 == 0 ? SERVE : PING;
                builder_add(&text, "[%s]\n", part == SERVE ? "serve" : "ping");
            } else if (roll % 8 == 1) {
                builder_add(&text, "# json\n");
            } else if (roll % 8 < 4 && part != PING) {
                builder_add(&text, "batch = %u\n", value);
                builder_add_item(&model, " ", "%u:--batch=%u", line, value);
            } else if (roll % 8 < 6 && part != SERVE) {
                builder_add(&text, "count = %u\n", value);
            } else {
                builder_add(&text, "json\n");
                if (part != PING)
                    builder_add_item(&model, " ", "%u:--json", line);
            }
        }
        settings_give(file, expected);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(of_the_common_part_and_of_its_own_section),
    cmocka_unit_test(only_a_file_is_below_home),
    cmocka_unit_test(each_mistake_has_its_line),
    cmocka_unit_test(the_list_names_lines_and_is_cut),
    cmocka_unit_test(the_check_of_a_row_has_its_line),
    cmocka_unit_test(random_files_give_what_was_written),
};

const struct suite suite_settings = {
    .name = "settings", .tests = tests, .count = sizeof tests / sizeof *tests};
