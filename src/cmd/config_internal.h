/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * config: the config file becomes options that stand before those of the command line.
 *
 * Each setting is checked by base/opts as the option "--name=value" would be, so that both have the
 * same values and the same errors; the last one of an option applies, so that a section overrides
 * the common part and the command line overrides both.
 */
#ifndef UDPTUI_CMD_CONFIG_INTERNAL_H
#define UDPTUI_CMD_CONFIG_INTERNAL_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "udptui/base/opts.h"

/* A setting that applies to the command. */
struct config_given {
    const struct opt *opt;
    size_t line;
};

struct config {
    const struct opts_command *const *specs; /* of all commands, ended by NULL */
    const struct opts_command *spec;         /* of the one that runs */
    char path[PATH_MAX];                     /* "": there is no file */
    char *text;                              /* of the file */
    char **arguments; /* those of the file, allocated, then those of the command line; NULL */
    size_t argument_count;
    struct config_given *given; /* one for each of the file's arguments */
    size_t given_count;
    int failure; /* the exit status if it cannot be opened */
};

/*
 * Reads the file that applies to this command line: --config FILE, else $UDPTUI_CONFIG (empty or
 * /dev/null: none), else udptui/config below $XDG_CONFIG_HOME or ~/.config, if it exists. A command
 * line with --help or with a mistake reads none. False with the error reported, and failure set.
 * config_close must follow in both cases.
 */
bool config_open(struct config *config, const struct opts_command *const *specs,
                 const struct opts_command *spec, int argument_count, char *const arguments[]);
void config_close(struct config *config);

/* After a usage error: names the settings of the file that took part, on stderr. */
void config_note_given(const struct config *config);

/* "udptui help config": exit status. */
int config_show_help(void);

#endif
