/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wrap: sentences over lines of a width, broken between words. */
#ifndef UDPTUI_BASE_WRAP_H
#define UDPTUI_BASE_WRAP_H

#include <stdbool.h>
#include <stddef.h>

enum { WRAP_LINE_SIZE = 512 };

/*
 * Takes the next line off *cursor (safe text): as many words as fit into so many columns (at
 * least 1), without the blanks at its end; a word that is longer than a line is broken
 * anywhere. out: WRAP_LINE_SIZE bytes. False at the end.
 */
bool wrap_next(const char **cursor, size_t columns, char *out);

/*
 * The same for a line on which used_columns of the columns are taken already (with the blank behind
 * them). If not one word fits there, out is empty and the words are left for the next line.
 */
bool wrap_next_behind(const char **cursor, size_t columns, size_t used_columns, char *out);

#endif
