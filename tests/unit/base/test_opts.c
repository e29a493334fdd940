/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* opts: every type, every way to write an option, every error line, and the help text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/base/nearest.h"
#include "udptui/base/opts.h"

enum { WORDS_MAX = 40, OFF = -1 };

struct values {
    int quiet, ack, match;
    int64_t count, timeout_ns, any;
    double rate;
    uint64_t size_bytes;
    const char *text;
    struct opts_list targets;
};

static const char *const matches[] = {"order", "port", "echo", NULL};

/* "wrong" is wrong everywhere, "absent" only now and here. */
static bool check_text(const struct opt *opt, const char *text, struct problem *problem)
{
    bool wrong = strcmp(text, "wrong") == 0;

    return (!wrong && strcmp(text, "absent") != 0) ||
           problem_set(problem, wrong, "--%s %s: no", opt->name, text);
}

static const struct opt options[] = {
    {.name = "quiet",
     .letter = 'q',
     .type = OPT_FLAG,
     .group = "Talk",
     .offset = offsetof(struct values, quiet),
     .help = "say less"},
    {.name = "no-ack",
     .letter = 'A',
     .type = OPT_FLAG,
     .group = "Talk",
     .offset = offsetof(struct values, ack),
     .value = OFF,
     .help = "answer nothing"},
    {.name = "count",
     .letter = 'n',
     .type = OPT_INTEGER,
     .group = "Numbers",
     .default_text = "5",
     .offset = offsetof(struct values, count),
     .argument = "N",
     .help = "stop after N messages",
     .minimum = 1,
     .maximum = 1000},
    {.name = "any",
     .type = OPT_INTEGER,
     .group = "Numbers",
     .advanced = true,
     .offset = offsetof(struct values, any),
     .argument = "N",
     .help = "any number"},
    {.name = "timeout",
     .letter = 't',
     .type = OPT_DURATION,
     .group = "Numbers",
     .offset = offsetof(struct values, timeout_ns),
     .argument = "DURATION",
     .help = "how long to wait for a reply before it is given up, which a slow network may need",
     .minimum = 1000000,
     .maximum = INT64_MAX},
    {.name = "rate",
     .type = OPT_RATE,
     .group = "Numbers",
     .default_text = "20/s",
     .offset = offsetof(struct values, rate),
     .argument = "RATE",
     .help = "pace"},
    {.name = "size",
     .type = OPT_SIZE,
     .group = "Numbers",
     .advanced = true,
     .offset = offsetof(struct values, size_bytes),
     .argument = "SIZE",
     .help = "payload",
     .maximum = 65507},
    {.name = "text",
     .letter = 'x',
     .type = OPT_TEXT,
     .offset = offsetof(struct values, text),
     .check = check_text,
     .argument = "TEXT",
     .help = "a text"},
    {.name = "match",
     .letter = 'm',
     .type = OPT_CHOICE,
     .offset = offsetof(struct values, match),
     .help = "how replies find their lines",
     .choices = matches},
    {.name = "target",
     .type = OPT_LIST,
     .offset = offsetof(struct values, targets),
     .check = check_text,
     .argument = "HOST",
     .help = "one more host"},
    {.name = "config", .type = OPT_CONFIG, .advanced = true, .argument = "FILE", .help = "a file"},
    {.name = "no-config", .type = OPT_NO_CONFIG, .advanced = true, .help = "no file"},
    {.name = "help", .letter = 'h', .type = OPT_HELP, .help = "show this help and exit"},
};

static const char *const examples[] = {"udptui try 192.0.2.1 hello", NULL};

static const struct opts_command command = {
    .name = "try",
    .summary = "Try every option there is",
    .operands = "HOST[:PORT] [MESSAGE]...",
    .operands_min = 0,
    .operands_max = 3,
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .examples = examples,
};

struct run {
    struct values values;
    struct opts_operands operands;
    char error[OPTS_ERROR_SIZE];
    char line[256];
    char *words[WORDS_MAX];
};

/* Splits line at blanks and parses the words; "~" stands for an empty word. */
static enum opts_status parse(struct run *run, const struct opts_command *of, const char *line)
{
    int count = 0;

    memset(run, 0, sizeof *run);
    snprintf(run->line, sizeof run->line, "%s", line);
    for (char *word = strtok(run->line, " "); word != NULL; word = strtok(NULL, " "))
        run->words[count++] = strcmp(word, "~") == 0 ? word + 1 : word;
    return opts_parse(of, count, run->words, &run->values, &run->operands, run->error);
}

static void test_nothing_keeps_the_defaults(void **state)
{
    struct run run;

    (void)state;
    assert_int_equal(parse(&run, &command, ""), OPTS_OK);
    assert_int_equal(run.operands.count, 0);
    assert_int_equal(run.values.count, 0);
    assert_string_equal(run.error, "");
}

static void test_every_type(void **state)
{
    struct run run;

    (void)state;
    assert_int_equal(parse(&run, &command,
                           "--quiet --no-ack --count 5 --any -7 --timeout 80ms --rate 1.5k/s "
                           "--size 4k --text hi --match port --target a --target b"),
                     OPTS_OK);
    assert_int_equal(run.values.quiet, 1);
    assert_int_equal(run.values.ack, OFF);
    assert_int_equal(run.values.count, 5);
    assert_int_equal(run.values.any, -7);
    assert_int_equal(run.values.timeout_ns, 80000000);
    assert_true(run.values.rate > 1499.9 && run.values.rate < 1500.1);
    assert_int_equal(run.values.size_bytes, 4000);
    assert_string_equal(run.values.text, "hi");
    assert_int_equal(run.values.match, 1);
    assert_int_equal(run.values.targets.count, 2);
    assert_string_equal(run.values.targets.items[1], "b");
}

static void test_ways_to_write_a_value(void **state)
{
    static const char *const lines[] = {"--count 7", "--count=7", "-n 7", "-n7", "-qn7", "-qn 7"};
    struct run run;

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        assert_int_equal(parse(&run, &command, lines[i]), OPTS_OK);
        assert_int_equal(run.values.count, 7);
        assert_int_equal(run.operands.count, 0);
    }
}

static void test_values_may_look_like_options(void **state)
{
    struct run run;

    (void)state;
    assert_int_equal(parse(&run, &command, "--text --quiet -x=a=b"), OPTS_OK);
    assert_int_equal(run.values.quiet, 0);
    assert_string_equal(run.values.text, "=a=b");
    assert_int_equal(parse(&run, &command, "--text=a=b"), OPTS_OK);
    assert_string_equal(run.values.text, "a=b");
    assert_int_equal(parse(&run, &command, "--text="), OPTS_OK);
    assert_string_equal(run.values.text, "");
    assert_int_equal(parse(&run, &command, "--text ~"), OPTS_OK);
    assert_string_equal(run.values.text, "");
}

static void test_clusters_of_flags(void **state)
{
    struct run run;

    (void)state;
    assert_int_equal(parse(&run, &command, "-qA"), OPTS_OK);
    assert_int_equal(run.values.quiet, 1);
    assert_int_equal(run.values.ack, OFF);
}

static void test_the_last_one_counts(void **state)
{
    struct run run;

    (void)state;
    assert_int_equal(parse(&run, &command, "-n1 --count 2 --match port -mecho"), OPTS_OK);
    assert_int_equal(run.values.count, 2);
    assert_int_equal(run.values.match, 2);
}

static void test_options_and_operands_mix(void **state)
{
    struct run run;

    (void)state;
    assert_int_equal(parse(&run, &command, "host -q hello -n 3 -"), OPTS_OK);
    assert_int_equal(run.operands.count, 3);
    assert_string_equal(run.operands.items[0], "host");
    assert_string_equal(run.operands.items[1], "hello");
    assert_string_equal(run.operands.items[2], "-");
    assert_int_equal(run.values.quiet, 1);
    assert_int_equal(run.values.count, 3);
}

static void test_two_dashes_end_the_options(void **state)
{
    struct run run;

    (void)state;
    assert_int_equal(parse(&run, &command, "-q -- --count --"), OPTS_OK);
    assert_int_equal(run.operands.count, 2);
    assert_string_equal(run.operands.items[0], "--count");
    assert_string_equal(run.operands.items[1], "--");
}

static void test_an_empty_operand_is_one(void **state)
{
    struct run run;

    (void)state;
    assert_int_equal(parse(&run, &command, "host ~"), OPTS_OK);
    assert_int_equal(run.operands.count, 2);
    assert_string_equal(run.operands.items[1], "");
}

static void test_help_ends_the_parsing(void **state)
{
    struct run run;

    (void)state;
    assert_int_equal(parse(&run, &command, "--help"), OPTS_HELP);
    assert_int_equal(parse(&run, &command, "-qh"), OPTS_HELP);
    assert_int_equal(parse(&run, &command, "-q --help --wrong"), OPTS_HELP);
    assert_int_equal(parse(&run, &command, "--wrong --help"), OPTS_ERROR);
    assert_int_equal(parse(&run, &command, "--help all"), OPTS_HELP_ALL);
    assert_int_equal(parse(&run, &command, "--help=all"), OPTS_HELP_ALL);
    assert_int_equal(parse(&run, &command, "-qh all"), OPTS_HELP_ALL);
    assert_int_equal(parse(&run, &command, "-h everything"), OPTS_HELP);
}

static void test_error_lines(void **state)
{
    static const struct {
        const char *line, *error;
    } cases[] = {
        {"--tiemout 5", "unknown option --tiemout: did you mean --timeout?"},
        {"--time=5", "unknown option --time: did you mean --timeout?"},
        {"--nonsense", "unknown option --nonsense: see 'udptui try --help'"},
        {"-Q", "unknown option -Q: see 'udptui try --help'"},
        {"-qZx", "unknown option -Zx: see 'udptui try --help'"},
        {"--quiet=1", "--quiet 1: not yes or no"},
        {"--quiet=", "--quiet : not yes or no"},
        {"--no-config=", "--no-config takes no value: leave out the '='"},
        {"--config", "--config needs a value: FILE"},
        {"--help=1", "--help=1: only 'all' may follow"},
        {"--count", "--count needs a value: N"},
        {"-n", "--count needs a value: N"},
        {"--match", "--match needs a value: order, port, echo"},
        {"--count five", "--count five: not a whole number"},
        {"--count=", "--count : not a whole number"},
        {"--count 0", "--count 0: must be from 1 to 1000"},
        {"--count 1001", "--count 1001: must be from 1 to 1000"},
        {"--count 99999999999999999999", "--count 99999999999999999999: not a whole number"},
        {"--timeout 5x", "--timeout 5x: not a duration such as 500ms, 2s or 1m"},
        {"--timeout 0", "--timeout 0: must be at least 1ms"},
        {"--rate fast", "--rate fast: not a rate such as 20/s or 1.5k/s"},
        {"--size -1", "--size -1: not a size such as 4096, 64k or 4M"},
        {"--size 65508", "--size 65508: must be from 0 to 65507"},
        {"--match best", "--match best: not one of order, port, echo"},
        {"a b c d", "too many arguments, from d on: 'udptui try' takes HOST[:PORT] [MESSAGE]..."},
    };
    struct run run;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(parse(&run, &command, cases[i].line), OPTS_ERROR);
        assert_string_equal(run.error, cases[i].error);
    }
}

static void test_errors_show_nothing_raw(void **state)
{
    struct run run;

    (void)state;
    assert_int_equal(parse(&run, &command, "--\x1b[31m"), OPTS_ERROR);
    assert_string_equal(run.error, "unknown option --\\x1B[31m: see 'udptui try --help'");
    assert_int_equal(parse(&run, &command, "-n \x9b\n"), OPTS_ERROR);
    assert_string_equal(run.error, "--count \\x9B\\n: not a whole number");
    assert_int_equal(parse(&run, &command, "-\xc3\xbc"), OPTS_ERROR);
    assert_null(strchr(run.error, '\xc3'));
}

static void test_long_arguments_are_cut_in_errors(void **state)
{
    char long_word[4000];
    char *words[] = {long_word, NULL};
    struct run run;

    (void)state;
    memset(long_word, 'a', sizeof long_word - 1);
    long_word[sizeof long_word - 1] = '\0';
    memcpy(long_word, "--", 2);
    memset(&run, 0, sizeof run);
    assert_int_equal(opts_parse(&command, 1, words, &run.values, &run.operands, run.error),
                     OPTS_ERROR);
    assert_true(strlen(run.error) < OPTS_ERROR_SIZE);
    assert_non_null(strstr(run.error, ": see 'udptui try --help'"));
    memcpy(long_word, "-n", 2);
    assert_int_equal(opts_parse(&command, 1, words, &run.values, &run.operands, run.error),
                     OPTS_ERROR);
    assert_non_null(strstr(run.error, ": not a whole number"));
}

static void test_wrong_value_changes_nothing(void **state)
{
    struct run run;

    (void)state;
    assert_int_equal(parse(&run, &command, "-n 5 -n 0"), OPTS_ERROR);
    assert_int_equal(run.values.count, 5);
}

static void test_list_has_an_end(void **state)
{
    struct run run;
    char line[256] = "";

    (void)state;
    for (int i = 0; i < OPTS_LIST_MAX; i++)
        strcat(line, "--target a ");
    assert_int_equal(parse(&run, &command, line), OPTS_OK);
    assert_int_equal(run.values.targets.count, OPTS_LIST_MAX);
    strcat(line, "--target b");
    assert_int_equal(parse(&run, &command, line), OPTS_ERROR);
    assert_string_equal(run.error, "--target b: may be given at most 16 times");
}

static void test_operands_have_a_minimum(void **state)
{
    struct opts_command needs = command;
    struct run run;

    (void)state;
    needs.operands_min = 1;
    assert_int_equal(parse(&run, &needs, "-q"), OPTS_ERROR);
    assert_string_equal(run.error,
                        "an argument is missing: 'udptui try' takes HOST[:PORT] [MESSAGE]...");
    needs.operands_min = 0;
    needs.operands_max = 0;
    assert_int_equal(parse(&run, &needs, "x"), OPTS_ERROR);
    assert_string_equal(run.error,
                        "too many arguments, from x on: 'udptui try' takes options only");
}

static void test_operands_are_bounded(void **state)
{
    static char *words[OPTS_OPERANDS_MAX + 1];
    static struct run run;
    struct opts_command all = command;
    char word[] = "x";

    (void)state;
    all.operands_max = SIZE_MAX;
    for (size_t i = 0; i <= OPTS_OPERANDS_MAX; i++)
        words[i] = word;
    assert_int_equal(
        opts_parse(&all, OPTS_OPERANDS_MAX, words, &run.values, &run.operands, run.error), OPTS_OK);
    assert_int_equal(
        opts_parse(&all, OPTS_OPERANDS_MAX + 1, words, &run.values, &run.operands, run.error),
        OPTS_ERROR);
}

static void test_help_text(void **state)
{
    static const char expected[] =
        "Usage: udptui try [OPTION]... HOST[:PORT] [MESSAGE]...\n"
        "Try every option there is\n"
        "\n"
        "Talk:\n"
        "  -q, --quiet               say less\n"
        "  -A, --no-ack              answer nothing\n"
        "\n"
        "Numbers:\n"
        "  -n, --count N             stop after N messages (1 to 1000; default 5)\n"
        "      --any N               any number\n"
        "  -t, --timeout DURATION    how long to wait for a reply before it is given up,\n"
        "                            which a slow network may need (at least 1ms)\n"
        "      --rate RATE           pace (default 20/s)\n"
        "      --size SIZE           payload (0 to 65507)\n"
        "\n"
        "  -x, --text TEXT           a text\n"
        "  -m, --match order|port|echo\n"
        "                            how replies find their lines\n"
        "      --target HOST         one more host\n"
        "      --config FILE         a file\n"
        "      --no-config           no file\n"
        "  -h, --help                show this help and exit; see udptui-try(1)\n"
        "\n"
        "Examples:\n"
        "  udptui try 192.0.2.1 hello\n";
    char help[2048];

    (void)state;
    assert_int_equal(opts_format_help(&command, OPTS_ALL, help, sizeof help), sizeof expected - 1);
    assert_string_equal(help, expected);
}

static void test_short_help_leaves_out_the_advanced(void **state)
{
    char help[2048];

    (void)state;
    opts_format_help(&command, OPTS_COMMON, help, sizeof help);
    assert_null(strstr(help, "--any"));
    assert_null(strstr(help, "--size"));
    assert_non_null(strstr(help, "stop after N messages (default 5)\n"));
    assert_non_null(strstr(help, "which a slow network may need\n"));
    assert_non_null(strstr(help, "\nNumbers:\n  -n, --count N"));
}

static void test_ranges(void **state)
{
    static const struct {
        struct opt opt;
        const char *range;
    } cases[] = {
        {{.type = OPT_INTEGER, .minimum = 0, .maximum = 0}, ""},
        {{.type = OPT_INTEGER, .minimum = 1, .maximum = 65535}, "1 to 65535"},
        {{.type = OPT_INTEGER, .minimum = 0, .maximum = INT64_MAX}, "at least 0"},
        {{.type = OPT_INTEGER, .minimum = -7, .maximum = 7}, "-7 to 7"},
        {{.type = OPT_DURATION, .minimum = 1, .maximum = INT64_MAX / 2}, "at least 1ns"},
        {{.type = OPT_DURATION, .minimum = 1000000, .maximum = 3600000000000}, "1ms to 1h"},
        {{.type = OPT_DURATION, .minimum = 0, .maximum = 90000000000}, "0 to 90s"},
        {{.type = OPT_SIZE, .minimum = 1, .maximum = 1 << 30}, "1 to 1Gi"},
        {{.type = OPT_SIZE, .minimum = 1, .maximum = 65536}, "1 to 65536"},
    };
    char range[OPTS_RANGE_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(opts_format_range(&cases[i].opt, range), cases[i].range);
}

static void test_help_is_80_columns_wide(void **state)
{
    struct opts_command wide = command;
    char help[4096];

    (void)state;
    wide.summary = "A summary of so many words that they do not fit on one line of a terminal as "
                   "wide as the terminals of old, and then some more to make three of them, which "
                   "is enough";
    opts_format_help(&wide, OPTS_ALL, help, sizeof help);
    for (char *line = strtok(help, "\n"); line != NULL; line = strtok(NULL, "\n"))
        assert_true(strlen(line) <= 80);
}

static void test_help_fits_what_it_is_given(void **state)
{
    char whole[2048];
    size_t length = opts_format_help(&command, OPTS_ALL, whole, sizeof whole);

    (void)state;
    assert_int_equal(opts_format_help(&command, OPTS_ALL, NULL, 0), length);
    for (size_t size = 1; size <= length + 1; size++) {
        char *out = malloc(size);

        assert_non_null(out);
        assert_int_equal(opts_format_help(&command, OPTS_ALL, out, size), length);
        assert_int_equal(strlen(out), size - 1);
        assert_memory_equal(out, whole, size - 1);
        free(out);
    }
}

static void test_nearest(void **state)
{
    static const struct {
        const char *typed, *known;
        size_t distance;
    } cases[] = {
        {"timeout", "timeout", 0},
        {"time", "timeout", 0},
        {"tiemout", "timeout", 1},
        {"timeou7", "timeout", 1},
        {"imeout", "timeout", 1},
        {"ttimeout", "timeout", 1},
        {"tmieuot", "timeout", 2},
        {"xxxx", "timeout", NEAREST_NONE},
        {"", "timeout", NEAREST_NONE},
        {"serv", "serve", 0},
        {"sned", "send", 1},
        {"x", "y", 1},
        {"xy", "send", NEAREST_NONE},
        {"serve-and-never-come-back-at-all-here", "serve", NEAREST_NONE},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(nearest_distance(cases[i].typed, cases[i].known), cases[i].distance);
}

static void test_a_flag_can_be_taken_back(void **state)
{
    struct run run;

    (void)state;
    assert_int_equal(parse(&run, &command, "-q --quiet=no"), OPTS_OK);
    assert_int_equal(run.values.quiet, 0);
    assert_int_equal(parse(&run, &command, "--quiet=no --quiet=yes --no-ack=yes"), OPTS_OK);
    assert_int_equal(run.values.quiet, 1);
    assert_int_equal(run.values.ack, OFF);
    run.values.ack = 7; /* another flag's */
    assert_true(opts_check(&command, "--no-ack=no", run.error));
    assert_int_equal(run.values.ack, 7);
}

static void test_the_config_file_is_found_and_not_stored(void **state)
{
    static const struct {
        const char *line, *file;
        enum opts_status status;
    } rows[] = {
        {"", NULL, OPTS_OK},
        {"-q host --config a -n 5", "a", OPTS_OK},
        {"--config=a --config b", "b", OPTS_OK},
        {"--config a --no-config", "", OPTS_OK},
        {"--no-config --config a", "a", OPTS_OK},
        {"-- --config a", NULL, OPTS_OK},
        {"-x --config a", NULL, OPTS_OK},
        {"--config a --help", "a", OPTS_HELP},
        {"--bogus --config a", NULL, OPTS_ERROR},
    };
    const struct values nothing = {0};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *file = "unset";
        struct run run;
        int count = 0;

        parse(&run, &command, rows[i].line);
        while (count < WORDS_MAX && run.words[count] != NULL)
            count++;
        run.values = nothing;
        assert_int_equal(opts_find_config(&command, count, run.words, &file), rows[i].status);
        assert_memory_equal(&run.values, &nothing, sizeof nothing);
        if (rows[i].file == NULL)
            assert_null(file);
        else
            assert_string_equal(file, rows[i].file);
    }
}

static void test_one_option_can_be_checked_alone(void **state)
{
    char error[OPTS_ERROR_SIZE];

    (void)state;
    assert_true(opts_check(&command, "--count=5", error));
    assert_true(opts_check(&command, "--target=a", error));
    assert_true(opts_check(&command, "--quiet", error));
    assert_false(opts_check(&command, "--count=0", error));
    assert_string_equal(error, "--count 0: must be from 1 to 1000");
    assert_false(opts_check(&command, "--count", error));
    assert_string_equal(error, "--count needs a value: N");
    assert_false(opts_check(&command, "--cuont=5", error));
    assert_string_equal(error, "unknown option --cuont: did you mean --count?");
    assert_ptr_equal(opts_find(&command, "count"), &options[2]);
    assert_null(opts_find(&command, "coun"));
}

static void test_values_are_checked_as_far_as_they_are_wrong_everywhere(void **state)
{
    struct values values = {.text = NULL};
    struct problem problem;

    (void)state;
    assert_true(opts_check_values(&command, &values, &problem));
    values = (struct values){.text = "absent", .targets = {.items = {"a", "absent"}, .count = 2}};
    assert_true(opts_check_values(&command, &values, &problem));
    values.targets = (struct opts_list){.items = {"a", "wrong", "b"}, .count = 3};
    assert_false(opts_check_values(&command, &values, &problem));
    assert_string_equal(problem.text, "--target wrong: no");
    values.targets.count = 1;
    assert_true(opts_check_values(&command, &values, &problem));
    values.text = "wrong";
    assert_false(opts_check_values(&command, &values, &problem));
    assert_true(problem.usage);
    assert_string_equal(problem.text, "--text wrong: no");
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_values_are_checked_as_far_as_they_are_wrong_everywhere),
    cmocka_unit_test(test_a_flag_can_be_taken_back),
    cmocka_unit_test(test_the_config_file_is_found_and_not_stored),
    cmocka_unit_test(test_one_option_can_be_checked_alone),
    cmocka_unit_test(test_nothing_keeps_the_defaults),
    cmocka_unit_test(test_every_type),
    cmocka_unit_test(test_ways_to_write_a_value),
    cmocka_unit_test(test_values_may_look_like_options),
    cmocka_unit_test(test_clusters_of_flags),
    cmocka_unit_test(test_the_last_one_counts),
    cmocka_unit_test(test_options_and_operands_mix),
    cmocka_unit_test(test_two_dashes_end_the_options),
    cmocka_unit_test(test_an_empty_operand_is_one),
    cmocka_unit_test(test_help_ends_the_parsing),
    cmocka_unit_test(test_error_lines),
    cmocka_unit_test(test_errors_show_nothing_raw),
    cmocka_unit_test(test_long_arguments_are_cut_in_errors),
    cmocka_unit_test(test_wrong_value_changes_nothing),
    cmocka_unit_test(test_list_has_an_end),
    cmocka_unit_test(test_operands_have_a_minimum),
    cmocka_unit_test(test_operands_are_bounded),
    cmocka_unit_test(test_help_text),
    cmocka_unit_test(test_short_help_leaves_out_the_advanced),
    cmocka_unit_test(test_ranges),
    cmocka_unit_test(test_help_is_80_columns_wide),
    cmocka_unit_test(test_help_fits_what_it_is_given),
    cmocka_unit_test(test_nearest),
};

const struct suite suite_opts = {
    .name = "opts", .tests = tests, .count = sizeof tests / sizeof *tests};
