/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* commands: the table of subcommands; dispatch, --help, --version and completion read it. */
#ifndef UDPTUI_CMD_COMMANDS_H
#define UDPTUI_CMD_COMMANDS_H

#include <stdbool.h>
#include <stddef.h>

#include "udptui/base/opts.h"

struct command {
    const struct opts_command *spec;
    /* arguments: without the command's name. Returns an exit status. */
    int (*run)(int argument_count, char *const arguments[]);
};

/* The table (each row is defined in its command's file) and the number of its rows. */
const struct command *const *commands_table(size_t *count);

/* Runs the command line; returns the exit status. */
int commands_run(int argument_count, char *const arguments[]);

/* Parses a command's arguments: true to go on; false with *status set if --help was given (and
 * printed) or the usage was wrong (and reported on stderr). */
bool commands_parse(const struct opts_command *spec, int argument_count, char *const arguments[],
                    void *values, struct opts_operands *operands, int *status);

extern const struct command command_serve;
extern const struct command command_send;
extern const struct command command_ping;
extern const struct command command_demo;
extern const struct command command_load;
extern const struct command command_lesson;
extern const struct command command_relay;
extern const struct command command_replay;
extern const struct command command_watch;
extern const struct command command_completion;

#endif
