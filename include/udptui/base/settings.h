/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * settings: what a config file sets for one command, as options that stand before those of the
 * command line.
 *
 * Each setting is checked by base/opts as the option "--name=value" would be, and by the check of its
 * row, so that both have the same values and the same errors; the last one of an option applies, so
 * that a section overrides the common part and the command line overrides both. The whole file is
 * checked, also what is of other commands.
 */
#ifndef UDPTUI_BASE_SETTINGS_H
#define UDPTUI_BASE_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "udptui/base/opts.h"
#include "udptui/base/problem.h"
#include "udptui/base/text.h"

enum { SETTINGS_ERROR_SIZE = PROBLEM_TEXT_SIZE * TEXT_EXPANSION + 1 };

/* One that applies to the command. */
struct setting {
    const struct opt *opt;
    size_t line;    /* of the file; the first is 1 */
    char *argument; /* "--name=value", or "--name"; allocated */
};

/* The first thing wrong with a file. */
struct settings_problem {
    bool no_memory;                  /* else the file is wrong, or */
    bool absent;                     /* something that it names is not there */
    size_t line;                     /* of the file; the first is 1 */
    char error[SETTINGS_ERROR_SIZE]; /* ready for the terminal: "--time ful: not one of ..."; with
                                        no_memory "" */
};

struct settings {
    const struct opts_command *const *specs; /* of all commands, ended by NULL */
    const struct opts_command *spec;         /* of the one that runs, one of specs */
    const char *home; /* what "~" stands for in "~/..." of a FILE; NULL: for itself */
    struct setting *items;
    size_t count;
};

/*
 * Takes the settings out of a file's text: size_bytes, of which text[size_bytes] may be written as
 * well (base/config). specs, spec and home are set by the caller, the rest is zero. The text is
 * changed, and not needed afterwards. False with *problem set; settings_close must follow in both
 * cases.
 */
bool settings_read(struct settings *settings, char *text, size_t size_bytes,
                   struct settings_problem *problem);

/* Checks that the files and directories that the settings name are there, unless a later setting or
 * these arguments of the command line override them. False with *problem set. */
bool settings_check_places(const struct settings *settings, int argument_count,
                           char *const arguments[], struct settings_problem *problem);

/* Frees the items. */
void settings_close(struct settings *settings);

/* Writes "--privacy (line 3), --names (line 4)" to out, "" if there is none; cut if it does not
 * fit. texts_only: only those that are a text, which may name something outside. Returns out. */
const char *settings_list(const struct settings *settings, bool texts_only, char *out,
                          size_t size_bytes);

#endif
