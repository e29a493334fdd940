/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* classroom: what lines, JSON and --export say of a class with a quiz. */
#ifndef UDPTUI_OUTPUT_CLASSROOM_H
#define UDPTUI_OUTPUT_CLASSROOM_H

#include <stdbool.h>
#include <stddef.h>

#include "udptui/output/serve.h"
#include "udptui/proto/quiz_book.h"

/* Writes an event_question, event_quiz_note or event_quiz_totals. False if the file could not be
 * written. The right answer is written only with the state "shown". */
bool classroom_write_line(const struct serve_output *output, const void *record);
bool classroom_write_json(const struct serve_output *output, const void *record);

/* The tally of each question, at the end. */
bool classroom_write_tally_lines(const struct serve_output *output, const struct quiz_book *book);
bool classroom_write_tally_json(const struct serve_output *output, const struct quiz_book *book);

/* ---- --export */

enum classroom_format { CLASSROOM_UNKNOWN, CLASSROOM_CSV, CLASSROOM_JSON };

#define CLASSROOM_NAMES "the name must end in .csv or .json"

/* By the suffix: .csv, .json. */
enum classroom_format classroom_format_of(const char *path);

/*
 * The class as CSV (RFC 4180: a row a student, its answers in columns; a cell that a spreadsheet
 * would take for a formula begins with an apostrophe) or as one JSON object. privacy: without
 * addresses. The text is allocated, the caller frees it. NULL if memory is short.
 */
char *classroom_export(const struct quiz_book *book, enum classroom_format format, bool privacy,
                       const struct zones *zones, size_t *size_bytes);

#endif
