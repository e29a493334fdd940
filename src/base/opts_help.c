/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * opts_help: the --help text of a command, from its table.
 *
 * A sheet counts what it is given and stores what fits, so that one pass both measures and writes.
 * Words go to the next line, indented, where they would pass column 80.
 */
#include <stdio.h>
#include <string.h>

#include "udptui/base/opts.h"

enum { COLUMNS = 80, HELP_COLUMN = 28, LEFT_SIZE = 128 };

struct sheet {
    char *out;
    size_t size_bytes;
    size_t length; /* would be, were there room */
    size_t column;
};

static void put_bytes(struct sheet *sheet, const char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (sheet->length + 1 < sheet->size_bytes)
            sheet->out[sheet->length] = bytes[i];
        sheet->length++;
        sheet->column = bytes[i] == '\n' ? 0 : sheet->column + 1;
    }
}

static void put(struct sheet *sheet, const char *text)
{
    put_bytes(sheet, text, strlen(text));
}

static void move_to(struct sheet *sheet, size_t column)
{
    if (sheet->column > column)
        put(sheet, "\n");
    while (sheet->column < column)
        put(sheet, " ");
}

/* Words from where the sheet stands on; lines after the first begin at the column of indent. */
static void put_words(struct sheet *sheet, const char *text, size_t indent)
{
    while (*text != '\0') {
        size_t length = strcspn(text, " ");

        if (sheet->column > indent) {
            if (sheet->column + 1 + length > COLUMNS)
                put(sheet, "\n");
            else
                put(sheet, " ");
        }
        if (sheet->column < indent)
            move_to(sheet, indent);
        put_bytes(sheet, text, length);
        text += length;
        text += strspn(text, " ");
    }
}

/* "  -t, --timeout DURATION"; choices stand for themselves where the row names no argument. */
static void put_option_name(struct sheet *sheet, const struct opt *opt)
{
    char name[LEFT_SIZE];

    if (opt->letter != 0)
        snprintf(name, sizeof name, "  -%c, --%s", opt->letter, opt->name);
    else
        snprintf(name, sizeof name, "      --%s", opt->name);
    put(sheet, name);
    if (opt->argument != NULL) {
        put(sheet, " ");
        put(sheet, opt->argument);
    } else if (opt->type == OPT_CHOICE) {
        for (size_t i = 0; opt->choices[i] != NULL; i++) {
            put(sheet, i == 0 ? " " : "|");
            put(sheet, opt->choices[i]);
        }
    }
}

static void put_option(struct sheet *sheet, const struct opt *opt)
{
    put_option_name(sheet, opt);
    if (sheet->column + 2 > HELP_COLUMN)
        put(sheet, "\n");
    move_to(sheet, HELP_COLUMN);
    put_words(sheet, opt->help, HELP_COLUMN);
    put(sheet, "\n");
}

static void put_usage(struct sheet *sheet, const struct opts_command *command)
{
    size_t indent;

    put(sheet, "Usage: udptui ");
    put(sheet, command->name);
    indent = sheet->column + 1;
    put(sheet, " [OPTION]...");
    if (command->operands != NULL && command->operands[0] != '\0')
        put_words(sheet, command->operands, indent);
    put(sheet, "\n");
}

static void put_examples(struct sheet *sheet, const char *const *examples)
{
    put(sheet, "\nExamples:\n");
    for (; *examples != NULL; examples++) {
        put(sheet, "  ");
        put(sheet, *examples);
        put(sheet, "\n");
    }
}

size_t opts_format_help(const struct opts_command *command, char *out, size_t size_bytes)
{
    struct sheet sheet = {.out = out, .size_bytes = size_bytes};

    put_usage(&sheet, command);
    put_words(&sheet, command->summary, 0);
    put(&sheet, "\n\n");
    for (size_t i = 0; i < command->option_count; i++)
        put_option(&sheet, &command->options[i]);
    if (command->examples != NULL && command->examples[0] != NULL)
        put_examples(&sheet, command->examples);
    if (size_bytes > 0)
        out[sheet.length < size_bytes ? sheet.length : size_bytes - 1] = '\0';
    return sheet.length;
}
