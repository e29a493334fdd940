/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* config_file: which config file applies, and its text. */
#ifndef UDPTUI_SYS_CONFIG_FILE_H
#define UDPTUI_SYS_CONFIG_FILE_H

#include <limits.h>
#include <stddef.h>

enum { CONFIG_FILE_SIZE_MAX = 64 << 10 };

/* The environment variable that names the file. */
#define CONFIG_FILE_VARIABLE "UDPTUI_CONFIG"

struct config_file {
    const char *named_by; /* "--config " or "UDPTUI_CONFIG=", for an error; "": nothing names it */
    char path[PATH_MAX];  /* "": there is none; "..." of one that is too long */
    char *text;           /* allocated, with room for a NUL behind it; NULL if there is none */
    size_t size_bytes;    /* of the text */
};

/*
 * Finds the path: of the option (the value of --config; NULL: not given), else of $UDPTUI_CONFIG,
 * else udptui/config below $XDG_CONFIG_HOME or ~/.config. An empty option or variable, and
 * /dev/null, mean none; so does a user without a home directory. Reads nothing. Returns NULL, or why
 * the path cannot be used.
 */
const char *config_file_find(struct config_file *file, const char *option);

/*
 * The same, and reads the text, at most CONFIG_FILE_SIZE_MAX bytes. A file that nothing names need
 * not exist: the path is "" then; but nobody else may be able to write it (files_read_config).
 * Returns NULL, or what is wrong with named_by and path. config_file_close must follow in both
 * cases.
 */
const char *config_file_read(struct config_file *file, const char *option);

/* Frees the text. */
void config_file_close(struct config_file *file);

#endif
