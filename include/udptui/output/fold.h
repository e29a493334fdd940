/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fold: a line of our own words and figures on a terminal: if it is wider, it is continued on
 * further lines, indented. It is broken between words, if possible behind a comma, and a figure
 * stays with its name and its unit. In a file or a pipe a line is never broken.
 */
#ifndef UDPTUI_OUTPUT_FOLD_H
#define UDPTUI_OUTPUT_FOLD_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "udptui/output/stamp.h"

struct fold {
    FILE *to, *memory; /* memory NULL: the line is not broken */
    char *text;
    size_t size_bytes;
    size_t columns, indent; /* of all lines, and of the further ones */
};

/* Begins a line to `to`, as wide as stamp->columns, with the stamp of a line without a time. Returns
 * the file that the rest of the line is written to, as safe text without a newline. fold_end must
 * follow. */
FILE *fold_begin(struct fold *fold, FILE *to, const struct stamp *stamp);

/* The same without a stamp, of so many columns (0: not broken). */
FILE *fold_begin_plain(struct fold *fold, FILE *to, size_t columns);

/* The same with the stamp of a line about wall_ns (CLOCK_REALTIME). */
FILE *fold_begin_at(struct fold *fold, FILE *to, const struct stamp *stamp, int64_t wall_ns);

/* Writes the line with a newline at its end. */
void fold_end(struct fold *fold);

/* Writes safe text as such a line of so many columns (0: not broken), continued with so many columns
 * of indentation. */
void fold_write(FILE *to, const char *text, size_t columns, size_t indent);

#endif
