/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* commands: one row per subcommand; a command line is a row's name and its arguments. */
#include "udptui/cmd/commands.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config_internal.h"
#include "same_files_internal.h"
#include "udptui/base/array.h"
#include "udptui/base/nearest.h"
#include "udptui/proto/reason.h"
#include "udptui/sys/descriptors.h"
#include "udptui/sys/json_memory.h"
#include "udptui/sys/locale.h"
#include "udptui/sys/report.h"
#include "udptui/sys/sandbox.h"

enum { COMMANDS_MAX = 32 };

const struct command *const *commands_table(size_t *count)
{
    static const struct command *const table[] = {
        &command_serve, &command_send,  &command_ping,   &command_demo,   &command_relay,
        &command_load,  &command_watch, &command_lesson, &command_replay, &command_completion,
    };

    _Static_assert(COUNT_OF(table) <= COMMANDS_MAX, "room for each");
    *count = COUNT_OF(table);
    return table;
}

static int show_help(void)
{
    size_t count;
    const struct command *const *table = commands_table(&count);

    fputs("Usage: udptui COMMAND [OPTION]... [ARGUMENT]...\n"
          "Make UDP visible: answer datagrams, send them, and watch what happens to each.\n\n"
          "Commands:\n",
          stdout);
    for (size_t i = 0; i < count; i++)
        printf("  %-10s  %s\n", table[i]->spec->name, table[i]->spec->summary);
    fputs("\nOptions of a command:            udptui help COMMAND, or udptui COMMAND --help\n"
          "Manual:                          man udptui, and of a command man udptui-COMMAND\n"
          "Options for each run, in a file: udptui help config\n"
          "Version and optional features:   udptui --version\n\n"
          "To try it, type each of these in a terminal of its own:\n"
          "  udptui serve\n"
          "  udptui send 127.0.0.1\n",
          stdout);
    return report_finish_output();
}

static int show_version(void)
{
    char sandbox[SANDBOX_TEXT_SIZE];

    printf(PACKAGE_STRING "\nFeatures: " UDPTUI_FEATURES "\nSandbox here: %s\n",
           sandbox_describe(sandbox, sizeof sandbox));
    puts("Copyright (C) 2026 the udptui authors\n"
         "Licence: GPL-3.0-or-later <https://www.gnu.org/licenses/gpl-3.0.html>\n"
         "This is free software: you may change and redistribute it.\n"
         "There is NO WARRANTY, to the extent permitted by law.");
    return report_finish_output();
}

/* Options that may be used instead of a command. */
static const struct {
    const char *word;
    int (*run)(void);
} words[] = {
    {"--help", show_help},
    {"-h", show_help},
    {"--version", show_version},
    {"-V", show_version},
};

enum { WORD_COUNT = COUNT_OF(words) };

/* The command for a word that other programs use for it, or NULL. */
static const char *find_other_name(const char *typed)
{
    static const struct {
        const char *typed, *name;
    } others[] = {
        {"listen", "serve"}, {"server", "serve"}, {"client", "send"},
        {"read", "replay"},  {"bench", "load"},
    };

    for (size_t i = 0; i < COUNT_OF(others); i++)
        if (strcmp(typed, others[i].typed) == 0)
            return others[i].name;
    return NULL;
}

static int commands_complain_unknown(const char *typed)
{
    size_t count;
    const struct command *const *table = commands_table(&count);
    const char *kind = typed[0] == '-' ? "option" : "command";
    const char *best = find_other_name(typed);
    struct nearest nearest = nearest_begin(typed);

    for (size_t i = 0; i < count; i++)
        nearest_consider(&nearest, table[i]->spec->name);
    for (size_t i = 0; i < WORD_COUNT; i++)
        nearest_consider(&nearest, words[i].word);
    nearest_consider(&nearest, "help");
    if (best == NULL)
        best = nearest.word;
    if (best != NULL)
        report_error("unknown %s %s: did you mean 'udptui %s'?", kind, typed, best);
    else
        report_error("unknown %s %s: see 'udptui --help'", kind, typed);
    return EXIT_USAGE;
}

static int show_command_help(const struct opts_command *spec, enum opts_extent extent)
{
    size_t size_bytes = opts_format_help(spec, extent, NULL, 0) + 1;
    char *help = malloc(size_bytes);

    if (help == NULL) {
        report_error("cannot show the help: %s", reason_text(errno));
        return EXIT_SETUP;
    }
    opts_format_help(spec, extent, help, size_bytes);
    fputs(help, stdout);
    free(help);
    return report_finish_output();
}

static const struct command *find_command(const char *name)
{
    size_t count;
    const struct command *const *table = commands_table(&count);

    for (size_t i = 0; i < count; i++)
        if (strcmp(name, table[i]->spec->name) == 0)
            return table[i];
    return NULL;
}

/* "udptui help COMMAND [all]": the same as "udptui COMMAND --help [all]"; "udptui help config". */
static int run_help(int argument_count, char *const arguments[])
{
    const struct command *command;

    if (argument_count == 0)
        return show_help();
    if (argument_count == 1 && strcmp(arguments[0], "config") == 0)
        return config_show_help();
    command = find_command(arguments[0]);
    if (command == NULL)
        return commands_complain_unknown(arguments[0]);
    if (argument_count > 2 || (argument_count == 2 && strcmp(arguments[1], "all") != 0)) {
        report_error("too many arguments: 'udptui help' takes COMMAND [all]");
        return EXIT_USAGE;
    }
    return show_command_help(command->spec, argument_count == 2 ? OPTS_ALL : OPTS_COMMON);
}

static void commands_list_specs(const struct opts_command *specs[static COMMANDS_MAX])
{
    size_t count;
    const struct command *const *table = commands_table(&count);

    for (size_t i = 0; i < count; i++)
        specs[i] = table[i]->spec;
}

/* Runs a command with the options of the config file before its own. */
static int commands_run_one(const struct command *command, int argument_count,
                            char *const arguments[])
{
    const struct opts_command *specs[COMMANDS_MAX + 1] = {NULL};
    struct config config;
    int status;

    commands_list_specs(specs);
    if (!config_open(&config, specs, command->spec, argument_count, arguments)) {
        status = config.failure;
    } else {
        status = command->run((int)config.argument_count, config.arguments);
        config_note_given(&config, status);
    }
    config_close(&config);
    return status;
}

static int run_word(int argument_count, char *const arguments[])
{
    const struct command *command = find_command(arguments[0]);

    if (command != NULL)
        return commands_run_one(command, argument_count - 1, arguments + 1);
    if (strcmp(arguments[0], "help") == 0)
        return run_help(argument_count - 1, arguments + 1);
    for (size_t i = 0; i < WORD_COUNT; i++) {
        if (strcmp(arguments[0], words[i].word) == 0)
            return words[i].run();
    }
    return commands_complain_unknown(arguments[0]);
}

int commands_run(int argument_count, char *const arguments[])
{
    descriptors_occupy_standard();
    locale_adopt();
    sandbox_refuse_privileges();
    json_memory_prepare();
    if (argument_count < 2) {
        report_error("no command given: try 'udptui demo', or see 'udptui --help'");
        return EXIT_USAGE;
    }
    return run_word(argument_count - 1, arguments + 1);
}

static bool commands_check_values(const struct opts_command *spec, const void *values)
{
    struct problem problem;

    if (opts_check_values(spec, values, &problem))
        return true;
    report_error("%s", problem.text);
    return false;
}

bool commands_parse(const struct opts_command *spec, int argument_count, char *const arguments[],
                    void *values, struct opts_operands *operands, int *status)
{
    char error[OPTS_ERROR_SIZE];

    switch (opts_parse(spec, argument_count, arguments, values, operands, error)) {
    case OPTS_OK:
        *status = EXIT_USAGE;
        return commands_check_values(spec, values) && !same_files_are_named(spec, values, operands);
    case OPTS_HELP:
        *status = show_command_help(spec, OPTS_COMMON);
        return false;
    case OPTS_HELP_ALL:
        *status = show_command_help(spec, OPTS_ALL);
        return false;
    case OPTS_ERROR:
        break;
    }
    report_safe_error(error);
    *status = EXIT_USAGE;
    return false;
}
