/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wrap: breaks text into lines of a given width, between words. */
#ifndef UDPTUI_BASE_WRAP_H
#define UDPTUI_BASE_WRAP_H

#include <stdbool.h>
#include <stddef.h>

enum { WRAP_LINE_SIZE = 512 };

/*
 * Reads the next line at *cursor (safe text): as many words as fit into so many columns (at least
 * 1), without the blanks at its end; a word that is longer than a line is broken anywhere. out:
 * WRAP_LINE_SIZE bytes. False at the end.
 */
bool wrap_next(const char **cursor, size_t columns, char *out);

/*
 * The same for a line on which used_columns of the columns are used already (with the blank after
 * them). If not one word fits there, out is empty and the words are left for the next line.
 */
bool wrap_next_behind(const char **cursor, size_t columns, size_t used_columns, char *out);

#endif
