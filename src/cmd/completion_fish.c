/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* completion_fish: one "complete" line per option; the first word selects the command's options. */
#include <stdio.h>

#include "completion_internal.h"

static void write_fish_action(const struct completion_value *value)
{
    switch (value->by) {
    case BY_WORDS:
        printf(" -a '%s'", value->words);
        if (value->files != NULL)
            fputs(" -F", stdout);
        break;
    case BY_FILES:
        fputs(" -F", stdout);
        break;
    case BY_HOSTS:
        fputs(" -a '(__fish_print_hostnames)'", stdout);
        break;
    case BY_NOTHING:
        break;
    }
}

static void write_fish_text(const char *text)
{
    fputs(" -d '", stdout);
    completion_put_quoted(text, "\\'", "\\");
    fputs("'\n", stdout);
}

static void write_fish_option(const struct opts_command *spec, const struct opt *opt)
{
    struct completion_value value = completion_of_option(opt);

    printf("complete -c udptui -n '__udptui_command_is %s' -l %s", spec->name, opt->name);
    if (opt->letter != 0)
        printf(" -s %c", opt->letter);
    if (opts_takes_value(opt)) {
        fputs(value.by == BY_FILES ? " -r" : " -x", stdout);
        write_fish_action(&value);
    }
    write_fish_text(opt->help);
}

static void write_fish_command(const struct opts_command *spec)
{
    struct completion_value value = completion_of_operands(spec);

    printf("complete -c udptui -n __udptui_no_command -a %s", spec->name);
    write_fish_text(spec->summary);
    for (size_t i = 0; i < spec->option_count; i++)
        write_fish_option(spec, &spec->options[i]);
    if (value.by == BY_NOTHING)
        return;
    printf("complete -c udptui -n '__udptui_command_is %s'", spec->name);
    write_fish_action(&value);
    fputs("\n", stdout);
}

static void write_fish_name(const struct opts_command *spec)
{
    printf("%s ", spec->name);
}

void completion_write_fish(void)
{
    fputs("# fish completion for udptui\n"
          "function __udptui_command_is\n"
          "    set -l words (commandline -opc)\n"
          "    set -q words[2]; and test \"$words[2]\" = \"$argv[1]\"\n"
          "end\n"
          "function __udptui_no_command\n"
          "    set -l words (commandline -opc)\n"
          "    not set -q words[2]\n"
          "end\n"
          "complete -c udptui -f\n"
          "complete -c udptui -n __udptui_no_command -a help -d 'Show the options of a command'\n"
          "complete -c udptui -n __udptui_no_command -l help -d 'list the commands'\n"
          "complete -c udptui -n __udptui_no_command -l version -d 'show the version'\n",
          stdout);
    completion_each_command(write_fish_command);
    fputs("complete -c udptui -n '__udptui_command_is help' -a '", stdout);
    completion_each_command(write_fish_name);
    fputs("config'\n", stdout);
}
