/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * opts_help: the --help text of a command, from its table, under the headings of its groups.
 *
 * Words that do not fit within column 80 go to the next line, indented.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "udptui/base/builder.h"
#include "udptui/base/opts.h"
#include "udptui/base/units.h"
#include "udptui/base/wrap.h"

enum { COLUMNS = 80, HELP_COLUMN = 28, WORD_COLUMN = 15, LEFT_SIZE = 128, LIMIT_SIZE = 24 };

/* A unit for limits. */
struct limit_unit {
    const char *name;
    int64_t size;
};

/* The limit in the largest of units (from the largest to 1) that divides it: "1h", "64Mi". */
static const char *limit_format(int64_t limit, const struct limit_unit *unit,
                                char out[static LIMIT_SIZE])
{
    while (limit == 0 ? unit->size != 1 : limit % unit->size != 0)
        unit++;
    snprintf(out, LIMIT_SIZE, "%" PRId64 "%s", limit / unit->size, unit->name);
    return out;
}

static const struct limit_unit *limit_units(enum opt_type type)
{
    static const struct limit_unit times[] = {
        {"h", 3600 * UNITS_NS_PER_S}, {"m", 60 * UNITS_NS_PER_S}, {"s", UNITS_NS_PER_S},
        {"ms", UNITS_NS_PER_MS},      {"us", UNITS_NS_PER_US},    {"ns", 1},
    };
    static const struct limit_unit sizes[] = {{"Gi", 1 << 30}, {"Mi", 1 << 20}, {"", 1}};
    static const struct limit_unit numbers[] = {{"", 1}};

    return type == OPT_DURATION ? times : type == OPT_SIZE ? sizes : numbers;
}

const char *opts_format_range(const struct opt *opt, char *out)
{
    const struct limit_unit *units = limit_units(opt->type);
    bool endless = opt->maximum >= INT64_MAX / 2;
    char low[LIMIT_SIZE], high[LIMIT_SIZE];

    out[0] = '\0';
    if (opt->minimum == 0 && opt->maximum == 0)
        return out;
    limit_format(opt->minimum, units, low);
    limit_format(opt->maximum, units, high);
    if (endless)
        snprintf(out, OPTS_RANGE_SIZE, "at least %s", low);
    else
        snprintf(out, OPTS_RANGE_SIZE, "%s to %s", opt->minimum == 0 ? "0" : low, high);
    return out;
}

struct sheet {
    struct builder text;
    size_t column;
};

/* One byte is one column: help is in ASCII. */
static void sheet_put(struct sheet *sheet, const char *words)
{
    const char *last = strrchr(words, '\n');

    builder_add_bytes(&sheet->text, words, strlen(words));
    sheet->column = last != NULL ? strlen(last + 1) : sheet->column + strlen(words);
}

static void sheet_move_to(struct sheet *sheet, size_t column)
{
    if (sheet->column > column)
        sheet_put(sheet, "\n");
    while (sheet->column < column)
        sheet_put(sheet, " ");
}

/* Words from the sheet's column on; lines after the first begin at the column of indent. */
static void sheet_put_words(struct sheet *sheet, const char *text, size_t indent)
{
    char line[WRAP_LINE_SIZE];
    size_t used = sheet->column > indent ? sheet->column + 1 - indent : 0;

    for (; wrap_next_behind(&text, COLUMNS - indent, used, line); used = 0) {
        if (used == 0)
            sheet_move_to(sheet, indent);
        else
            sheet_put(sheet, line[0] != '\0' ? " " : "");
        sheet_put(sheet, line);
        sheet_put(sheet, *text != '\0' ? "\n" : "");
    }
}

/* "  -t, --timeout DURATION"; choices stand for themselves if the row names no argument. */
static void put_option_name(struct sheet *sheet, const struct opt *opt)
{
    char name[LEFT_SIZE];

    if (opt->letter != 0)
        snprintf(name, sizeof name, "  -%c, --%s", opt->letter, opt->name);
    else
        snprintf(name, sizeof name, "      --%s", opt->name);
    sheet_put(sheet, name);
    if (opt->argument != NULL) {
        sheet_put(sheet, " ");
        sheet_put(sheet, opt->argument);
    } else if (opt->type == OPT_CHOICE) {
        for (size_t i = 0; opt->choices[i] != NULL; i++) {
            sheet_put(sheet, i == 0 ? " " : "|");
            sheet_put(sheet, opt->choices[i]);
        }
    }
}

/* "(1 to 65535; default 64)" */
static void put_limits(struct sheet *sheet, const struct opt *opt, enum opts_extent extent)
{
    char range[OPTS_RANGE_SIZE] = "", text[LEFT_SIZE];
    const char *by_default = opt->default_text;

    if (extent == OPTS_ALL && (opt->minimum > 1 || opt->maximum < INT64_MAX / 2))
        opts_format_range(opt, range);
    if (range[0] == '\0' && by_default == NULL)
        return;
    snprintf(text, sizeof text, "(%s%s%s%s)", range, range[0] != '\0' && by_default ? "; " : "",
             by_default ? "default " : "", by_default ? by_default : "");
    sheet_put_words(sheet, text, HELP_COLUMN);
}

static void sheet_put_option(struct sheet *sheet, const struct opts_command *command,
                             const struct opt *opt, enum opts_extent extent)
{
    char help[LEFT_SIZE];

    put_option_name(sheet, opt);
    if (sheet->column + 2 > HELP_COLUMN)
        sheet_put(sheet, "\n");
    sheet_move_to(sheet, HELP_COLUMN);
    snprintf(help, sizeof help, "%s; see udptui-%s(1)", opt->help, command->name);
    sheet_put_words(sheet, opt->type == OPT_HELP ? help : opt->help, HELP_COLUMN);
    put_limits(sheet, opt, extent);
    sheet_put(sheet, "\n");
}

static bool opts_same_group(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* The options that extent shows, each group under its heading. */
static void put_groups(struct sheet *sheet, const struct opts_command *command,
                       enum opts_extent extent)
{
    const struct opt *before = NULL;

    for (size_t i = 0; i < command->option_count; i++) {
        const struct opt *opt = &command->options[i];

        if (opt->advanced && extent == OPTS_COMMON)
            continue;
        if (before == NULL || !opts_same_group(before->group, opt->group)) {
            sheet_put(sheet, "\n");
            if (opt->group != NULL) {
                sheet_put(sheet, opt->group);
                sheet_put(sheet, ":\n");
            }
        }
        sheet_put_option(sheet, command, opt, extent);
        before = opt;
    }
}

static void put_usage(struct sheet *sheet, const struct opts_command *command)
{
    size_t indent;

    sheet_put(sheet, "Usage: udptui ");
    sheet_put(sheet, command->name);
    indent = sheet->column + 1;
    sheet_put(sheet, " [OPTION]...");
    if (command->operands != NULL && command->operands[0] != '\0')
        sheet_put_words(sheet, command->operands, indent);
    sheet_put(sheet, "\n");
}

static void sheet_put_word_list(struct sheet *sheet, const struct opts_word *words)
{
    sheet_put(sheet, "\nWords:\n");
    for (; words->word != NULL; words++) {
        sheet_put(sheet, "  ");
        sheet_put(sheet, words->word);
        sheet_move_to(sheet, WORD_COLUMN);
        sheet_put_words(sheet, words->meaning, WORD_COLUMN);
        sheet_put(sheet, "\n");
    }
}

static void put_examples(struct sheet *sheet, const char *const *examples)
{
    sheet_put(sheet, "\nExamples:\n");
    for (; *examples != NULL; examples++) {
        sheet_put(sheet, "  ");
        sheet_put(sheet, *examples);
        sheet_put(sheet, "\n");
    }
}

size_t opts_format_help(const struct opts_command *command, enum opts_extent extent, char *out,
                        size_t size_bytes)
{
    struct sheet sheet = {.text = builder_begin(out, size_bytes)};

    put_usage(&sheet, command);
    sheet_put_words(&sheet, command->summary, 0);
    sheet_put(&sheet, "\n");
    put_groups(&sheet, command, extent);
    if (command->words != NULL && extent == OPTS_ALL)
        sheet_put_word_list(&sheet, command->words);
    if (command->examples != NULL && command->examples[0] != NULL)
        put_examples(&sheet, command->examples);
    return sheet.text.length;
}
