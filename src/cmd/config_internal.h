/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* config: the command line with the options of the config file before its own. */
#ifndef UDPTUI_CMD_CONFIG_INTERNAL_H
#define UDPTUI_CMD_CONFIG_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "udptui/base/settings.h"
#include "udptui/sys/config_file.h"

struct config {
    struct config_file file;
    struct settings settings;
    char **arguments; /* those of the settings, then those of the command line, then NULL */
    size_t argument_count;
    int failure; /* the exit status if it cannot be opened */
};

/*
 * Reads the file that applies to this command line (sys/config_file), whose options are in
 * arguments then. specs: of all commands, ended by NULL; spec: of the one that runs. A command line
 * with --help or with a mistake reads none. False with the error reported, and failure set.
 * config_close must follow in both cases.
 */
bool config_open(struct config *config, const struct opts_command *const *specs,
                 const struct opts_command *spec, int argument_count, char *const arguments[]);
void config_close(struct config *config);

/* After a usage error, or if something could not be set up: names the settings of the file that may
 * have taken part, on stderr. status: of the command. */
void config_note_given(const struct config *config, int status);

/* "udptui help config": exit status. */
int config_show_help(void);

#endif
