/* SPDX-License-Identifier: GPL-3.0-or-later */
/* commands: the table of subcommands; dispatch, --help, --version and completion read it. */
#ifndef UDPTUI_CMD_COMMANDS_H
#define UDPTUI_CMD_COMMANDS_H

#include <stdbool.h>
#include <stddef.h>

#include "udptui/core/opts.h"
#include "udptui/core/text.h"

/* Exit statuses of every command; on signal n it is 128 + n. */
enum exit_status {
    EXIT_DONE = 0,       /* done; send: all answered */
    EXIT_UNANSWERED = 1, /* some unanswered */
    EXIT_USAGE = 2,      /* the command line is wrong */
    EXIT_SETUP = 3,      /* could not set up: bind, resolve, terminal, file */
};

struct command {
    const struct opts_command *spec;
    /* arguments: without the command's name. Returns an exit status. */
    int (*run)(int argument_count, char *const arguments[]);
};

/* The table (each row is defined in its command's file) and the number of its rows. */
const struct command *const *commands_table(size_t *count);

/* Runs the command line; returns the exit status. */
int commands_run(int argument_count, char *const arguments[]);

/* Parses a command's arguments: true to go on; false with *status set where --help was given (and
 * printed) or the usage was wrong (and said on stderr). */
bool commands_parse(const struct opts_command *spec, int argument_count, char *const arguments[],
                   void *values, struct opts_operands *operands, int *status);

/* What the terminal can show: TEXT_UTF8 in a UTF-8 locale (nl_langinfo(3)), unless ascii asks for
 * less. */
enum text_charset commands_charset(bool ascii);

/* One line on stderr: "udptui: " and the formatted text, made safe by core/text. */
void commands_complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Flushes stdout: EXIT_DONE, or EXIT_SETUP where not all has arrived (a full disk), which is
 * said. */
int commands_finish_output(void);

extern const struct command command_serve;
extern const struct command command_send;
extern const struct command command_demo;
extern const struct command command_load;
extern const struct command command_lesson;
extern const struct command command_replay;
extern const struct command command_completion;

#endif
