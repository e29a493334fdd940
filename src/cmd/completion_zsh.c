/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* completion_zsh: a specification for _arguments per command. */
#include <stdio.h>

#include "completion_internal.h"

/* Ends the quoted text, puts one ', begins it again. */
#define QUOTE "'\\''"

static void write_zsh_summary(const struct opts_command *spec)
{
    printf("        '%s:", spec->name);
    completion_put_quoted(spec->summary, QUOTE, ":\\");
    fputs("'\n", stdout);
}

static void write_zsh_action(const struct completion_value *value)
{
    static const char *const actions[] = {
        [BY_NOTHING] = " ", [BY_WORDS] = "", [BY_FILES] = "_files", [BY_HOSTS] = "_hosts"};

    if (value->by == BY_WORDS && value->unfinished) {
        fputs("compadd -S \"\" - ", stdout);
        completion_put_quoted(value->words, QUOTE, ":\\");
    } else if (value->by == BY_WORDS && value->files != NULL) {
        printf("{compadd -- %s; _files -g \"*%s\"}", value->words, value->files);
    } else if (value->by == BY_WORDS) {
        printf("(%s)", value->words);
    }
    fputs(actions[value->by], stdout);
}

/* "'(-t --timeout)'{-t+,--timeout=}'[": one that may be repeated has '*' for what it excludes. */
static void write_zsh_names(const struct opt *opt)
{
    bool repeated = opt->type == OPT_LIST;
    const char *with_value = opts_takes_value(opt) ? "=" : "";

    if (opt->letter == 0) {
        printf("            '%s--%s%s[", repeated ? "*" : "", opt->name, with_value);
        return;
    }
    if (repeated)
        fputs("            '*'", stdout);
    else
        printf("            '(-%c --%s)'", opt->letter, opt->name);
    printf("{-%c%s,--%s%s}'[", opt->letter, opts_takes_value(opt) ? "+" : "", opt->name,
           with_value);
}

/* "'(-t --timeout)'{-t+,--timeout=}'[help]:TIME: '" */
static void write_zsh_option(const struct opt *opt)
{
    struct completion_value value = completion_of_option(opt);

    write_zsh_names(opt);
    completion_put_quoted(opt->help, QUOTE, "[]:\\");
    fputs("]", stdout);
    if (opts_takes_value(opt)) {
        fputs(":", stdout);
        completion_put_quoted(opt->argument != NULL ? opt->argument : opt->name, QUOTE, "[]:\\");
        fputs(":", stdout);
        write_zsh_action(&value);
    }
    fputs("' \\\n", stdout);
}

static void write_zsh_command(const struct opts_command *spec)
{
    struct completion_value value = completion_of_operands(spec);

    printf("    %s)\n        _arguments -s -S \\\n", spec->name);
    for (size_t i = 0; i < spec->option_count; i++)
        write_zsh_option(&spec->options[i]);
    fputs("            '*: :", stdout);
    write_zsh_action(&value);
    fputs("' ;;\n", stdout);
}

void completion_write_zsh(void)
{
    fputs("#compdef udptui\n"
          "_udptui()\n"
          "{\n"
          "    local -a commands\n"
          "    commands=(\n",
          stdout);
    completion_each_command(write_zsh_summary);
    fputs("        'help:Show the options of a command'\n"
          "    )\n"
          "    if (( CURRENT == 2 )); then\n"
          "        _describe command commands\n"
          "        _arguments '--help[list the commands]' '--version[show the version]'\n"
          "        return\n"
          "    fi\n"
          "    shift words\n"
          "    (( CURRENT-- ))\n"
          "    case $words[1] in\n",
          stdout);
    completion_each_command(write_zsh_command);
    fputs("    help) _describe command commands; compadd config ;;\n"
          "    esac\n"
          "}\n"
          "if [[ $funcstack[1] == _udptui ]]; then\n"
          "    _udptui \"$@\"\n"
          "else\n"
          "    compdef _udptui udptui\n"
          "fi\n",
          stdout);
}
