/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "udptui/base/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "udptui/base/array.h"
#include "udptui/base/builder.h"
#include "udptui/base/config.h"
#include "udptui/base/nearest.h"
#include "udptui/base/text.h"

enum { SETTINGS_NAME_SIZE = 64 };

/* A file that is read. */
struct settings_reading {
    struct settings *settings;
    struct config_reader reader;
    struct settings_problem *problem;
};

/* ---- what is wrong */

/* Always false. */
static bool settings_complain(struct settings_reading *reading, const char *safe_why)
{
    reading->problem->line = reading->reader.line;
    snprintf(reading->problem->error, sizeof reading->problem->error, "%s", safe_why);
    return false;
}

/* Always false. */
static bool settings_complain_memory(struct settings_reading *reading)
{
    reading->problem->no_memory = true;
    return settings_complain(reading, "");
}

/* Always false. */
static bool settings_complain_nobody(struct settings_reading *reading)
{
    const struct opts_command *const *specs = reading->settings->specs;
    const char *typed = reading->reader.name;
    struct nearest nearest = nearest_begin(typed);
    char name[SETTINGS_NAME_SIZE], error[OPTS_ERROR_SIZE];

    for (size_t i = 0; specs[i] != NULL; i++)
        for (size_t o = 0; o < specs[i]->option_count; o++)
            nearest_consider(&nearest, specs[i]->options[o].name);
    text_render(name, sizeof name, typed, strlen(typed), TEXT_ASCII);
    if (nearest.word != NULL)
        snprintf(error, sizeof error, "no command has an option --%s: did you mean --%s?", name,
                 nearest.word);
    else
        snprintf(error, sizeof error, "no command has an option --%s: see 'udptui --help'", name);
    return settings_complain(reading, error);
}

/* Commands without --config have no options that could be set. */
static const struct opts_command *settings_find_section(const struct settings *settings,
                                                        const char *name)
{
    for (size_t i = 0; settings->specs[i] != NULL; i++)
        if (strcmp(settings->specs[i]->name, name) == 0)
            return opts_find(settings->specs[i], "config") != NULL ? settings->specs[i] : NULL;
    return NULL;
}

/* Always false. */
static bool settings_complain_section(struct settings_reading *reading)
{
    const struct settings *settings = reading->settings;
    const char *typed = reading->reader.section;
    struct nearest nearest = nearest_begin(typed);
    char name[SETTINGS_NAME_SIZE], error[OPTS_ERROR_SIZE];

    for (size_t i = 0; settings->specs[i] != NULL; i++)
        if (settings_find_section(settings, settings->specs[i]->name) != NULL)
            nearest_consider(&nearest, settings->specs[i]->name);
    text_render(name, sizeof name, typed, strlen(typed), TEXT_ASCII);
    if (nearest.word != NULL)
        snprintf(error, sizeof error, "unknown section [%s]: did you mean [%s]?", name,
                 nearest.word);
    else
        snprintf(error, sizeof error,
                 "unknown section [%s]: a section is the name of a command, such as [serve]", name);
    return settings_complain(reading, error);
}

/* Answers to questions of one run: a file would answer them for ever. */
static bool settings_is_for_one_run(const char *name)
{
    static const char *const names[] = {"force", "yes"};

    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

/* Why no file may have this option, NULL if it may. */
static const char *settings_refusal(const struct opt *opt)
{
    if (opt->type == OPT_HELP || opt->type == OPT_CONFIG || opt->type == OPT_NO_CONFIG)
        return "is no setting: give it on the command line";
    return settings_is_for_one_run(opt->name) ? "is for one run: give it on the command line"
                                              : NULL;
}

/* ---- what is taken */

/* What "~" at the beginning of a value stands for, NULL if it stands for itself. */
static const char *settings_home(const struct settings_reading *reading, const struct opt *opt)
{
    bool is_file =
        opt != NULL && opt->argument != NULL && strncmp(opt->argument, "FILE", strlen("FILE")) == 0;

    return is_file && strncmp(reading->reader.value, "~/", 2) == 0 ? reading->settings->home : NULL;
}

/* Allocates "--name=value", or "--name". */
static char *settings_format_argument(const struct settings_reading *reading, const struct opt *opt)
{
    const char *name = reading->reader.name, *value = reading->reader.value;
    const char *home = value != NULL ? settings_home(reading, opt) : NULL;
    char *argument;
    int length;

    if (value == NULL)
        length = asprintf(&argument, "--%s", name);
    else if (home != NULL)
        length = asprintf(&argument, "--%s=%s%s", name, home, value + 1);
    else
        length = asprintf(&argument, "--%s=%s", name, value);
    return length >= 0 ? argument : NULL;
}

/* The value of "--name=value"; NULL: there is none. */
static const char *settings_value(const char *argument)
{
    const char *equals = strchr(argument, '=');

    return equals != NULL ? equals + 1 : NULL;
}

static bool settings_explain(const struct opt *opt, const char *argument, struct problem *found,
                             struct settings_problem *problem)
{
    if (opt->check == NULL || opt->check(opt, settings_value(argument), found))
        return true;
    text_render(problem->error, sizeof problem->error, found->text, strlen(found->text),
                TEXT_ASCII);
    return false;
}

/* Whether the value may be right, whenever the command runs: what is not there now may be then. */
static bool settings_check_value(struct settings_reading *reading, const struct opt *opt,
                                 const char *argument)
{
    struct problem found = {.usage = false};
    bool good = settings_explain(opt, argument, &found, reading->problem) || !found.usage;

    reading->problem->line = reading->reader.line;
    return good;
}

/* A setting of one command, kept if it is the one that runs. */
static bool settings_take(struct settings_reading *reading, const struct opts_command *spec)
{
    struct settings *settings = reading->settings;
    const struct opt *opt = opts_find(spec, reading->reader.name);
    const char *refusal = opt != NULL ? settings_refusal(opt) : NULL;
    char *argument = settings_format_argument(reading, opt);
    char error[OPTS_ERROR_SIZE];

    if (argument == NULL)
        return settings_complain_memory(reading);
    bool good = refusal == NULL && opts_check(spec, argument, error);
    if (refusal != NULL)
        snprintf(error, sizeof error, "--%s %s", reading->reader.name, refusal);
    if (!good)
        settings_complain(reading, error);
    else
        good = settings_check_value(reading, opt, argument);
    if (good && spec == settings->spec)
        settings->items[settings->count++] = (struct setting){opt, reading->reader.line, argument};
    else
        free(argument);
    return good;
}

/* A setting of the common part: of each command that has the option. */
static bool settings_take_common(struct settings_reading *reading)
{
    const struct settings *settings = reading->settings;

    if (opts_find(settings->spec, reading->reader.name) != NULL)
        return settings_take(reading, settings->spec);
    for (size_t i = 0; settings->specs[i] != NULL; i++) {
        const struct opt *opt = opts_find(settings->specs[i], reading->reader.name);

        if (opt != NULL)
            return settings_refusal(opt) == NULL || settings_take(reading, settings->specs[i]);
    }
    return settings_complain_nobody(reading);
}

static bool settings_take_all(struct settings_reading *reading)
{
    const struct opts_command *section = NULL;

    for (;;) {
        switch (config_next(&reading->reader)) {
        case CONFIG_END:
            return true;
        case CONFIG_PROBLEM:
            return settings_complain(reading, reading->reader.why);
        case CONFIG_SECTION:
            section = settings_find_section(reading->settings, reading->reader.section);
            if (section == NULL)
                return settings_complain_section(reading);
            break;
        case CONFIG_SETTING:
            if (!(section != NULL ? settings_take(reading, section)
                                  : settings_take_common(reading)))
                return false;
        }
    }
}

static size_t settings_count_lines(const char *text, size_t size_bytes)
{
    size_t lines = 1;

    for (size_t i = 0; i < size_bytes; i++)
        lines += text[i] == '\n';
    return lines;
}

bool settings_read(struct settings *settings, char *text, size_t size_bytes,
                   struct settings_problem *problem)
{
    size_t lines = settings_count_lines(text, size_bytes); /* each has one setting at most */
    struct settings_reading reading = {
        .settings = settings, .reader = config_begin(text, size_bytes), .problem = problem};

    *problem = (struct settings_problem){.line = 0};
    settings->items = calloc(lines, sizeof *settings->items);
    return settings->items != NULL ? settings_take_all(&reading)
                                   : settings_complain_memory(&reading);
}

/* Whether a later line of the file, or the command line, has another value. */
static bool settings_is_overridden(const struct settings *settings, size_t index,
                                   int argument_count, char *const arguments[])
{
    const struct opt *opt = settings->items[index].opt;

    if (opt->type == OPT_LIST)
        return false;
    for (size_t i = index + 1; i < settings->count; i++)
        if (settings->items[i].opt == opt)
            return true;
    return opts_is_given(settings->spec, argument_count, arguments, opt);
}

bool settings_check_places(const struct settings *settings, int argument_count,
                           char *const arguments[], struct settings_problem *problem)
{
    *problem = (struct settings_problem){.absent = true};
    for (size_t i = 0; i < settings->count; i++) {
        const struct setting *item = &settings->items[i];
        struct problem found;

        problem->line = item->line;
        if (!settings_is_overridden(settings, i, argument_count, arguments) &&
            !settings_explain(item->opt, item->argument, &found, problem))
            return false;
    }
    return true;
}

void settings_close(struct settings *settings)
{
    for (size_t i = 0; i < settings->count; i++)
        free(settings->items[i].argument);
    free(settings->items);
}

const char *settings_list(const struct settings *settings, bool texts_only, char *out,
                          size_t size_bytes)
{
    struct builder text = builder_begin(out, size_bytes);

    out[0] = '\0';
    for (size_t i = 0; i < settings->count; i++) {
        const struct opt *opt = settings->items[i].opt;

        if (!texts_only || opt->type == OPT_TEXT || opt->type == OPT_LIST)
            builder_add_item(&text, ", ", "--%s (line %zu)", opt->name, settings->items[i].line);
    }
    return out;
}
