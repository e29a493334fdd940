/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * completion: shared by the writers of the three scripts.
 *
 * The option table determines the completion of a value: choices and a row's words give these
 * words, FILE file names, HOST... the hosts that the shell knows, and "auto|off|RATE" its
 * lower-case parts. Operands are completed in the same way.
 */
#ifndef UDPTUI_CMD_COMPLETION_INTERNAL_H
#define UDPTUI_CMD_COMPLETION_INTERNAL_H

#include <stdbool.h>

#include "udptui/base/opts.h"

enum { COMPLETION_WORDS_SIZE = 512 };

enum completed { BY_NOTHING, BY_WORDS, BY_FILES, BY_HOSTS };

struct completion_value {
    enum completed by;
    char words[COMPLETION_WORDS_SIZE]; /* with BY_WORDS: separated by blanks */
    bool unfinished;   /* words such as "loss=" are only beginnings: no blank follows them */
    const char *files; /* the end of the names of files that are as good as the words; NULL: none */
};

struct completion_value completion_of_option(const struct opt *opt);
struct completion_value completion_of_operands(const struct opts_command *spec);

/* Calls write for each row of the command table. */
void completion_each_command(void (*write)(const struct opts_command *spec));

/* Prints text for between two '. quote: the replacement of a '; escaped: the characters that are
 * special there, each printed after a backslash. */
void completion_put_quoted(const char *text, const char *quote, const char *escaped);

/* Print the script of a shell. */
void completion_write_bash(void);
void completion_write_zsh(void);
void completion_write_fish(void);

#endif
