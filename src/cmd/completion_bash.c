/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * completion_bash: one function for "complete -F", independent of the shell's libraries.
 *
 * The word before decides first (is a value wanted?), then the word itself (an option or an
 * operand). bash splits "--name=value" at the '=', which becomes a separate word.
 */
#include <stdio.h>

#include "completion_internal.h"

static void write_bash_action(const struct completion_value *value)
{
    switch (value->by) {
    case BY_WORDS:
        printf("words='%s'%s", value->words, value->unfinished ? " unfinished=1" : "");
        if (value->files != NULL)
            printf(" files='%s'", value->files);
        break;
    case BY_FILES:
        fputs("action=file", stdout);
        break;
    case BY_HOSTS:
        fputs("action=hostname", stdout);
        break;
    case BY_NOTHING:
        fputs("words=''", stdout);
        break;
    }
}

static void write_bash_value(const struct opts_command *spec, const struct opt *opt)
{
    struct completion_value value = completion_of_option(opt);

    printf("        '%s --%s'", spec->name, opt->name);
    if (opt->letter != 0)
        printf("|'%s -%c'", spec->name, opt->letter);
    fputs(") ", stdout);
    write_bash_action(&value);
    fputs(" ;;\n", stdout);
}

static void write_bash_values(const struct opts_command *spec)
{
    for (size_t i = 0; i < spec->option_count; i++) {
        if (opts_takes_value(&spec->options[i]))
            write_bash_value(spec, &spec->options[i]);
    }
}

static void write_bash_options(const struct opts_command *spec)
{
    printf("        %s) words='", spec->name);
    for (size_t i = 0; i < spec->option_count; i++)
        printf("%s--%s", i > 0 ? " " : "", spec->options[i].name);
    fputs("' ;;\n", stdout);
}

static void write_bash_operands(const struct opts_command *spec)
{
    struct completion_value value = completion_of_operands(spec);

    if (value.by == BY_NOTHING)
        return;
    printf("        %s) ", spec->name);
    write_bash_action(&value);
    fputs(" ;;\n", stdout);
}

static void write_bash_name(const struct opts_command *spec)
{
    printf("%s ", spec->name);
}

static void write_first_word(void)
{
    fputs("    if [[ $COMP_CWORD -eq 1 ]]; then\n"
          "        words='",
          stdout);
    completion_each_command(write_bash_name);
    fputs("help --help --version'\n", stdout);
}

static void write_other_words(void)
{
    fputs("    else\n"
          "        case \"$command $before\" in\n",
          stdout);
    completion_each_command(write_bash_values);
    fputs("        *) wanted=$word ;;\n"
          "        esac\n"
          "    fi\n"
          "    case $wanted in\n"
          "    none) ;;\n"
          "    -*)\n"
          "        case $command in\n",
          stdout);
    completion_each_command(write_bash_options);
    fputs("        esac ;;\n"
          "    *)\n"
          "        case $command in\n",
          stdout);
    completion_each_command(write_bash_operands);
    fputs("        help) words='", stdout);
    completion_each_command(write_bash_name);
    fputs("config' ;;\n"
          "        esac ;;\n"
          "    esac\n",
          stdout);
}

void completion_write_bash(void)
{
    fputs("# bash completion for udptui\n"
          "_udptui()\n"
          "{\n"
          "    local command=${COMP_WORDS[1]} word=${COMP_WORDS[COMP_CWORD]}\n"
          "    local before=${COMP_WORDS[COMP_CWORD-1]} wanted=none words='' action=''\n"
          "    local unfinished='' files='' IFS=$' \\t\\n'\n"
          "    if [[ $word == '=' ]]; then\n"
          "        word=''\n"
          "    elif [[ $before == '=' ]]; then\n"
          "        before=${COMP_WORDS[COMP_CWORD-2]}\n"
          "    fi\n",
          stdout);
    write_first_word();
    write_other_words();
    fputs("    COMPREPLY=()\n"
          "    if [[ -n $action ]]; then\n"
          "        [[ $action != file ]] || compopt -o filenames 2>/dev/null\n"
          "        IFS=$'\\n'\n"
          "        COMPREPLY=($(compgen -A \"$action\" -- \"$word\"))\n"
          "    elif [[ -n $words ]]; then\n"
          "        COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
          "        [[ -z $unfinished ]] || compopt -o nospace 2>/dev/null\n"
          "        IFS=$'\\n'\n"
          "        if [[ -n $files ]]; then\n"
          "            compopt -o filenames 2>/dev/null\n"
          "            COMPREPLY+=($(compgen -f -X \"!*$files\" -- \"$word\"))\n"
          "            [[ -z $word ]] || COMPREPLY+=($(compgen -d -- \"$word\"))\n"
          "        fi\n"
          "    fi\n"
          "} &&\n"
          "complete -F _udptui udptui\n",
          stdout);
}
