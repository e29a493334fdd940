/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "udptui/base/text.h"
#include "udptui/proto/reason.h"
#include "udptui/sys/files.h"
#include "udptui/sys/report.h"

enum { NOTE_SIZE = 1024 };

/* Always false. */
static bool config_refuse(struct config *config, int failure)
{
    config->failure = failure;
    return false;
}

/* "PATH:LINE: why" on stderr. Always false. */
static bool config_report_problem(struct config *config, const struct settings_problem *problem)
{
    char path[PATH_MAX], line[SETTINGS_ERROR_SIZE + PATH_MAX + 32];

    text_render(path, sizeof path, config->file.path, strlen(config->file.path), TEXT_ASCII);
    snprintf(line, sizeof line, "%s:%zu: %s", path, problem->line,
             problem->no_memory ? reason_text(ENOMEM) : problem->error);
    report_safe_error(line);
    return config_refuse(config, problem->no_memory || problem->absent ? EXIT_SETUP : EXIT_USAGE);
}

static bool config_read_file(struct config *config, const char *option, int argument_count,
                             char *const arguments[])
{
    struct settings_problem problem;
    const char *why = config_file_read(&config->file, option);

    if (why != NULL) {
        report_error("%s%s: %s; --no-config leaves it out", config->file.named_by,
                     config->file.path, why);
        return config_refuse(config, EXIT_SETUP);
    }
    return config->file.path[0] == '\0' ||
           (settings_read(&config->settings, config->file.text, config->file.size_bytes,
                          &problem) &&
            settings_check_places(&config->settings, argument_count, arguments, &problem)) ||
           config_report_problem(config, &problem);
}

/* Lists the arguments of the settings and those of the command line. */
static bool config_list_arguments(struct config *config, int argument_count,
                                  char *const arguments[])
{
    size_t room = config->settings.count + (size_t)argument_count + 1;

    config->arguments = calloc(room, sizeof *config->arguments);
    if (config->arguments == NULL) {
        report_error("config file: %s", reason_text(ENOMEM));
        return config_refuse(config, EXIT_SETUP);
    }
    for (size_t i = 0; i < config->settings.count; i++)
        config->arguments[config->argument_count++] = config->settings.items[i].argument;
    for (int i = 0; i < argument_count; i++)
        config->arguments[config->argument_count++] = arguments[i];
    return true;
}

bool config_open(struct config *config, const struct opts_command *const *specs,
                 const struct opts_command *spec, int argument_count, char *const arguments[])
{
    const char *option = NULL;
    bool applies = opts_find(spec, "config") != NULL &&
                   opts_find_config(spec, argument_count, arguments, &option) == OPTS_OK;

    *config = (struct config){.settings = {.specs = specs, .spec = spec, .home = getenv("HOME")}};
    return (!applies || config_read_file(config, option, argument_count, arguments)) &&
           config_list_arguments(config, argument_count, arguments);
}

void config_close(struct config *config)
{
    free(config->arguments);
    settings_close(&config->settings);
    config_file_close(&config->file);
}

void config_note_given(const struct config *config, int status)
{
    char list[NOTE_SIZE] = "";

    if (status == EXIT_USAGE || status == EXIT_SETUP)
        settings_list(&config->settings, status == EXIT_SETUP, list, sizeof list);
    if (list[0] != '\0')
        report_error("note: %s also gives %s; --no-config leaves it out", config->file.path, list);
}

int config_show_help(void)
{
    struct config_file file;
    const char *why = config_file_find(&file, NULL);
    char path[PATH_MAX];

    if (why == NULL && file.path[0] != '\0' && files_look(file.path) == FILES_NOTHING)
        why = "does not exist";
    text_render(path, sizeof path, file.path, strlen(file.path), TEXT_ASCII);
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
          "--config FILE, or " CONFIG_FILE_VARIABLE
          "=FILE in the environment, reads another file;\n"
          "--no-config, or an empty " CONFIG_FILE_VARIABLE ", none.\n\n",
          stdout);
    printf("The file here: %s", path[0] != '\0' ? path : "none");
    if (why != NULL)
        printf(" (%s)", why);
    puts("");
    return report_finish_output();
}
