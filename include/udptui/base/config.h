/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * config: the lines of a config file, one after the other. It knows no option and no command.
 *
 *     # a comment, from a '#' at the beginning of a line or behind a blank
 *     theme = light
 *     [serve]
 *     no-ui
 *     on = 'hello => world # of all'
 *
 * A value is the rest of the line without the blanks around it, or in quotes, as in a shell:
 * between '...' each character is itself, between "..." a backslash stands before '"' or '\'.
 */
#ifndef UDPTUI_BASE_CONFIG_H
#define UDPTUI_BASE_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

enum { CONFIG_WHY_SIZE = 128 };

enum config_kind {
    CONFIG_SETTING, /* name and value are set */
    CONFIG_SECTION, /* section is set: a new one begins */
    CONFIG_END,
    CONFIG_PROBLEM, /* why is set; nothing more is read */
};

struct config_reader {
    size_t line;         /* of what config_next returned last; the first is 1 */
    const char *section; /* "serve"; NULL before the first section */
    const char *name;    /* lower-case letters, digits and '-' */
    const char *value;   /* NULL: the name stands alone. Any bytes but NUL, LF and CR LF */
    char why[CONFIG_WHY_SIZE];
    char *next, *end; /* private */
};

/* Begins to read size_bytes at text, of which text[size_bytes] may be written as well. The text is
 * changed, and what config_next returns points into it. */
struct config_reader config_begin(char *text, size_t size_bytes);

/* Reads on to the next setting or section. */
enum config_kind config_next(struct config_reader *reader);

#endif
