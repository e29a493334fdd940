/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config_internal.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "udptui/base/array.h"
#include "udptui/base/builder.h"
#include "udptui/base/config.h"
#include "udptui/base/nearest.h"
#include "udptui/base/text.h"
#include "udptui/proto/reason.h"
#include "udptui/sys/files.h"
#include "udptui/sys/report.h"

enum { CONFIG_SIZE_MAX = 64 << 10, NOTE_SIZE = 1024 };

#define CONFIG_VARIABLE "UDPTUI_CONFIG"

/* ---- which file */

/* Where the user has named a file, else NULL. *from: what names it. */
static const char *config_named(const char *option, const char **from)
{
    *from = option != NULL ? "--config " : CONFIG_VARIABLE "=";
    return option != NULL ? option : getenv(CONFIG_VARIABLE);
}

/* Sets the path, to "" if there is no file to look for. *found: the user has not named it. Returns
 * why it cannot be. */
static const char *config_choose_path(struct config *config, const char *named, bool *found)
{
    const char *why = NULL;

    *found = named == NULL;
    if (*found)
        why = files_own_path(FILES_CONFIG, "config", config->path, sizeof config->path);
    else if (strlen(named) >= sizeof config->path)
        return "the path is too long";
    else if (strcmp(named, "/dev/null") != 0)
        memcpy(config->path, named, strlen(named) + 1);
    if (*found && why != NULL) /* without HOME there is none */
        config->path[0] = '\0';
    return *found ? NULL : why;
}

/* Reads the file at the path into text. Without a file, the path is "" then. Returns why not. */
static const char *config_read(struct config *config, bool found, size_t *size_bytes)
{
    bool exists;
    const char *why;

    config->text = malloc(CONFIG_SIZE_MAX + 1);
    if (config->text == NULL)
        return reason_text(ENOMEM);
    why = files_read_config(config->path, found, (uint8_t *)config->text, CONFIG_SIZE_MAX + 1,
                            size_bytes, &exists);
    if (!exists)
        config->path[0] = '\0';
    return why == NULL && *size_bytes > CONFIG_SIZE_MAX ? "longer than 64 KiB" : why;
}

/* ---- its settings */

/* Always false. */
static bool config_complain(const struct config *config, const struct config_reader *reader,
                            const char *safe_why)
{
    char path[PATH_MAX], line[OPTS_ERROR_SIZE + PATH_MAX + 32];

    text_render(path, sizeof path, config->path, strlen(config->path), TEXT_ASCII);
    snprintf(line, sizeof line, "%s:%zu: %s", path, reader->line, safe_why);
    report_safe_error(line);
    return false;
}

/* Answers to questions of one run: a file would answer them for ever. */
static bool config_is_for_one_run(const char *name)
{
    static const char *const names[] = {"force", "yes"};

    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

/* Why no file may have this option, NULL if it may. */
static const char *config_refusal(const struct opt *opt)
{
    if (opt->type == OPT_HELP || opt->type == OPT_CONFIG || opt->type == OPT_NO_CONFIG)
        return "is no setting: give it on the command line";
    return config_is_for_one_run(opt->name) ? "is for one run: give it on the command line" : NULL;
}

/* Allocates "--name=value", or "--name"; of a FILE, "~/" is the home directory. */
static char *config_format_argument(const struct config_reader *reader, const struct opt *opt)
{
    char path[PATH_MAX];
    const char *value = reader->value;
    char *argument;

    if (value != NULL && opt != NULL && opt->argument != NULL &&
        strcmp(opt->argument, "FILE") == 0 && strlen(value) < sizeof path)
        value = files_expand_home(value, path, sizeof path);
    int length = value != NULL ? asprintf(&argument, "--%s=%s", reader->name, value)
                               : asprintf(&argument, "--%s", reader->name);
    return length >= 0 ? argument : NULL;
}

/* Takes argument if the setting applies to the command that runs. */
static void config_add(struct config *config, const struct config_reader *reader,
                       const struct opt *opt, char *argument)
{
    config->given[config->given_count++] = (struct config_given){opt, reader->line};
    config->arguments[config->argument_count++] = argument;
}

/* A setting of one command. False with the error reported. */
static bool config_take(struct config *config, const struct config_reader *reader,
                        const struct opts_command *spec)
{
    const struct opt *opt = opts_find(spec, reader->name);
    const char *refusal = opt != NULL ? config_refusal(opt) : NULL;
    char *argument = config_format_argument(reader, opt);
    char error[OPTS_ERROR_SIZE];

    if (argument == NULL) {
        config->failure = EXIT_SETUP;
        return config_complain(config, reader, reason_text(ENOMEM));
    }
    bool good = refusal == NULL && opts_check(spec, argument, error);
    if (refusal != NULL)
        snprintf(error, sizeof error, "--%s %s", reader->name, refusal);
    if (good && spec == config->spec)
        config_add(config, reader, opt, argument);
    else
        free(argument);
    return good || config_complain(config, reader, error);
}

static bool config_complain_nobody(const struct config *config, const struct config_reader *reader)
{
    struct nearest nearest = nearest_begin(reader->name);
    char name[64], error[OPTS_ERROR_SIZE];

    for (size_t i = 0; config->specs[i] != NULL; i++)
        for (size_t o = 0; o < config->specs[i]->option_count; o++)
            nearest_consider(&nearest, config->specs[i]->options[o].name);
    text_render(name, sizeof name, reader->name, strlen(reader->name), TEXT_ASCII);
    if (nearest.word != NULL)
        snprintf(error, sizeof error, "no command has an option --%s: did you mean --%s?", name,
                 nearest.word);
    else
        snprintf(error, sizeof error, "no command has an option --%s: see 'udptui --help'", name);
    return config_complain(config, reader, error);
}

/* A setting of the common part: of each command that has the option. */
static bool config_take_common(struct config *config, const struct config_reader *reader)
{
    if (opts_find(config->spec, reader->name) != NULL)
        return config_take(config, reader, config->spec);
    for (size_t i = 0; config->specs[i] != NULL; i++) {
        const struct opt *opt = opts_find(config->specs[i], reader->name);

        if (opt != NULL)
            return config_refusal(opt) == NULL || config_take(config, reader, config->specs[i]);
    }
    return config_complain_nobody(config, reader);
}

/* Commands without --config have no options that could be set. */
static const struct opts_command *config_find_section(const struct config *config, const char *name)
{
    for (size_t i = 0; config->specs[i] != NULL; i++)
        if (strcmp(config->specs[i]->name, name) == 0)
            return opts_find(config->specs[i], "config") != NULL ? config->specs[i] : NULL;
    return NULL;
}

static bool config_complain_section(const struct config *config, const struct config_reader *reader)
{
    struct nearest nearest = nearest_begin(reader->section);
    char name[64], error[OPTS_ERROR_SIZE];

    for (size_t i = 0; config->specs[i] != NULL; i++)
        if (config_find_section(config, config->specs[i]->name) != NULL)
            nearest_consider(&nearest, config->specs[i]->name);
    text_render(name, sizeof name, reader->section, strlen(reader->section), TEXT_ASCII);
    if (nearest.word != NULL)
        snprintf(error, sizeof error, "unknown section [%s]: did you mean [%s]?", name,
                 nearest.word);
    else
        snprintf(error, sizeof error,
                 "unknown section [%s]: a section is the name of a command, such as [serve]", name);
    return config_complain(config, reader, error);
}

/* False with the error reported. */
static bool config_take_settings(struct config *config, size_t size_bytes)
{
    struct config_reader reader = config_begin(config->text, size_bytes);
    const struct opts_command *section = NULL;

    for (;;) {
        switch (config_next(&reader)) {
        case CONFIG_END:
            return true;
        case CONFIG_PROBLEM:
            return config_complain(config, &reader, reader.why);
        case CONFIG_SECTION:
            section = config_find_section(config, reader.section);
            if (section == NULL)
                return config_complain_section(config, &reader);
            break;
        case CONFIG_SETTING:
            if (!(section != NULL ? config_take(config, &reader, section)
                                  : config_take_common(config, &reader)))
                return false;
        }
    }
}

/* ---- all of it */

static size_t config_count_lines(const char *text, size_t size_bytes)
{
    size_t lines = 1;

    for (size_t i = 0; i < size_bytes; i++)
        lines += text[i] == '\n';
    return lines;
}

/* Room for the options of the file's lines and of the command line, and for the NULL at the end. */
static bool config_make_room(struct config *config, size_t lines, int argument_count)
{
    config->given = calloc(lines, sizeof *config->given);
    config->arguments = calloc(lines + (size_t)argument_count + 1, sizeof *config->arguments);
    if (config->given != NULL && config->arguments != NULL)
        return true;
    config->failure = EXIT_SETUP;
    report_error("config file: %s", reason_text(ENOMEM));
    return false;
}

static bool config_open_path(struct config *config, const char *from, bool found,
                             int argument_count)
{
    size_t size_bytes = 0;
    const char *why = config->path[0] != '\0' ? config_read(config, found, &size_bytes) : NULL;

    if (why != NULL) {
        config->failure = EXIT_SETUP;
        report_error("%s%s: %s; --no-config leaves it out", found ? "" : from, config->path, why);
        return false;
    }
    return config_make_room(config, config_count_lines(config->text, size_bytes), argument_count) &&
           (config->path[0] == '\0' || config_take_settings(config, size_bytes));
}

bool config_open(struct config *config, const struct opts_command *const *specs,
                 const struct opts_command *spec, int argument_count, char *const arguments[])
{
    const char *option = NULL, *from, *named;
    bool found = false;
    const char *why = NULL;

    *config = (struct config){.specs = specs, .spec = spec, .failure = EXIT_USAGE};
    if (opts_find(spec, "config") != NULL &&
        opts_find_config(spec, argument_count, arguments, &option) == OPTS_OK) {
        named = config_named(option, &from);
        why = config_choose_path(config, named, &found);
    } else {
        from = "";
    }
    if (why != NULL) {
        config->failure = EXIT_SETUP;
        report_error("%s...: %s; --no-config leaves it out", from, why);
        return false;
    }
    if (!config_open_path(config, from, found, argument_count))
        return false;
    for (int i = 0; i < argument_count; i++)
        config->arguments[config->argument_count++] = arguments[i];
    return true;
}

void config_close(struct config *config)
{
    for (size_t i = 0; i < config->given_count; i++)
        free(config->arguments[i]);
    free(config->arguments);
    free(config->given);
    free(config->text);
}

void config_note_given(const struct config *config)
{
    char list[NOTE_SIZE];
    struct builder text = builder_begin(list, sizeof list);

    for (size_t i = 0; i < config->given_count; i++)
        builder_add_item(&text, ", ", "--%s (line %zu)", config->given[i].opt->name,
                         config->given[i].line);
    if (config->given_count > 0)
        report_error("note: %s also gives %s; --no-config leaves it out", config->path, list);
}

/* ---- help */

int config_show_help(void)
{
    struct config config;
    char path[PATH_MAX];
    const char *from, *named = config_named(NULL, &from);
    bool found;

    config.path[0] = '\0';
    config_choose_path(&config, named, &found);
    text_render(path, sizeof path, config.path, strlen(config.path), TEXT_ASCII);
    fputs("The config file has options for each run, with the names of the long options:\n\n"
          "  # for every command that has the option\n"
          "  time = full\n"
          "  large\n\n"
          "  [serve]\n"
          "  ack = 'Message received'      # quotes are needed only for blanks at the ends,\n"
          "  on = \"/^T[0-9]+$/ => ok #1\"   # and for a # behind a blank\n"
          "  on = hello => world           # what may be repeated adds up\n"
          "  no-mouse                      # or: no-mouse = yes\n\n"
          "  [ping]\n"
          "  interval = 200ms\n\n"
          "A section applies to its command and overrides what is above the first\n"
          "section; the command line overrides both: --no-mouse=no takes back what\n"
          "the file says. A FILE may begin with ~/. Not in a file: --help, --config,\n"
          "--no-config, --force, --yes.\n\n"
          "--config FILE, or " CONFIG_VARIABLE "=FILE in the environment, reads another file;\n"
          "--no-config, or an empty " CONFIG_VARIABLE ", none.\n\n",
          stdout);
    printf("The file here: %s%s\n", path[0] != '\0' ? path : "none",
           path[0] != '\0' && files_look(config.path) == FILES_NOTHING ? " (does not exist)" : "");
    return report_finish_output();
}
