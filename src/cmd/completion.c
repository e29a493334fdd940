/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* completion: the command, and how values are completed from the option tables. */
#include "completion_internal.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "common_options_internal.h"
#include "udptui/base/array.h"
#include "udptui/base/builder.h"
#include "udptui/cmd/commands.h"
#include "udptui/sys/report.h"

static bool is_literal(const char *part, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!islower((unsigned char)part[i]) && strchr("-_0123456789", part[i]) == NULL)
            return false;
    return length > 0;
}

/* "auto|off|RATE" gives "auto off", "[TOPIC|all]" gives "all"; true if there is such a word. */
static bool split_words(const char *text, char words[static COMPLETION_WORDS_SIZE])
{
    struct builder list = builder_begin(words, COMPLETION_WORDS_SIZE);

    if (strchr(text, '|') == NULL || strlen(text) + 1 >= COMPLETION_WORDS_SIZE)
        return false;
    while (*text != '\0') {
        size_t length = strcspn(text, "[|]");

        if (is_literal(text, length))
            builder_add_item(&list, " ", "%.*s", (int)length, text);
        text += length + (text[length] != '\0');
    }
    return list.length > 0;
}

static struct completion_value value_of_text(const char *text)
{
    struct completion_value value = {.by = BY_NOTHING};

    if (text == NULL)
        return value;
    if (strcmp(text, "FILE") == 0 || strncmp(text, "FILE|", strlen("FILE|")) == 0)
        value.by = BY_FILES;
    else if (split_words(text, value.words))
        value.by = BY_WORDS;
    else if (strncmp(text, "HOST", strlen("HOST")) == 0)
        value.by = BY_HOSTS;
    return value;
}

static struct completion_value value_of_words(const char *words)
{
    struct completion_value value = {.by = BY_WORDS};
    size_t length = strlen(words);

    while (length > 0 && words[length - 1] == ' ') /* of the last row of a table */
        length--;
    snprintf(value.words, sizeof value.words, "%.*s", (int)length, words);
    value.unfinished = strpbrk(words, "=:") != NULL;
    return value;
}

struct completion_value completion_of_option(const struct opt *opt)
{
    struct completion_value value = {.by = BY_WORDS};
    struct builder list = builder_begin(value.words, sizeof value.words);

    if (opt->words != NULL)
        return value_of_words(opt->words);
    if (opt->type != OPT_CHOICE)
        return value_of_text(opt->argument);
    for (size_t i = 0; opt->choices[i] != NULL; i++)
        builder_add_item(&list, " ", "%s", opt->choices[i]);
    return value;
}

struct completion_value completion_of_operands(const struct opts_command *spec)
{
    struct completion_value value;

    if (spec->operand_words == NULL)
        return value_of_text(spec->operands);
    value = value_of_words(spec->operand_words);
    value.files = spec->operand_files;
    return value;
}

void completion_each_command(void (*write)(const struct opts_command *spec))
{
    size_t count;
    const struct command *const *table = commands_table(&count);

    for (size_t i = 0; i < count; i++)
        write(table[i]->spec);
}

void completion_put_quoted(const char *text, const char *quote, const char *escaped)
{
    for (; *text != '\0'; text++) {
        if (*text == '\'') {
            fputs(quote, stdout);
            continue;
        }
        if (strchr(escaped, *text) != NULL)
            putchar('\\');
        putchar(*text);
    }
}

static const struct {
    const char *name;
    void (*write)(void);
} shells[] = {
    {"bash", completion_write_bash},
    {"zsh", completion_write_zsh},
    {"fish", completion_write_fish},
};

static int completion_command(int argument_count, char *const arguments[])
{
    struct opts_operands operands;
    int status;
    int unused;

    if (!commands_parse(command_completion.spec, argument_count, arguments, &unused, &operands,
                        &status))
        return status;
    for (size_t i = 0; i < COUNT_OF(shells); i++) {
        if (strcmp(operands.items[0], shells[i].name) != 0)
            continue;
        shells[i].write();
        return report_finish_output();
    }
    report_error("completion %s: unknown shell: use bash, zsh or fish", operands.items[0]);
    return EXIT_USAGE;
}

static const struct opt options[] = {
    COMMON_HELP_ALONE,
};

static const char *const examples[] = {
    "source <(udptui completion bash)",
    "udptui completion zsh > ~/.zfunc/_udptui",
    "udptui completion fish > ~/.config/fish/completions/udptui.fish",
    NULL,
};

static const struct opts_command spec = {
    .name = "completion",
    .summary = "Print a completion script for a shell",
    .operands = "bash|zsh|fish",
    .operands_min = 1,
    .operands_max = 1,
    .options = options,
    .option_count = COUNT_OF(options),
    .examples = examples,
};

const struct command command_completion = {.spec = &spec, .run = completion_command};
