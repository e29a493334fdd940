/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * parser_clauses: the parts of a statement of a script: words, times, numbers, texts, names, and the
 * clauses that may follow: "within 20ms", "as first". Each function notes its problem.
 */
#ifndef UDPTUI_LESSON_PARSER_CLAUSES_INTERNAL_H
#define UDPTUI_LESSON_PARSER_CLAUSES_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "parser_internal.h"

enum { CLAUSES_WORD_SIZE = 64 };

/* A statement that is being read. */
struct reading {
    struct parser *parser;
    struct span rest; /* of its line */
    struct lesson_statement *statement;
};

enum {
    CLAUSE_WITHIN = 1 << 0,
    CLAUSE_RETRY = 1 << 1,
    CLAUSE_PAD = 1 << 2,
    CLAUSE_INTO = 1 << 3,
    CLAUSE_MOST = 1 << 4,
    CLAUSE_QUEUE = 1 << 5,
    CLAUSE_TO = 1 << 6,
    CLAUSE_AT = 1 << 7,
    CLAUSE_AS = 1 << 8,
    CLAUSE_LABEL = 1 << 9,
    CLAUSE_NOTE = 1 << 10,
    CLAUSE_UNCONNECTED = 1 << 11,
    CLAUSE_ERRORS = 1 << 12,
};

/* The next word as text (out: CLAUSES_WORD_SIZE). False: it is missing or too long. what: "the time". */
bool clauses_read_word(struct reading *reading, const char *what, struct span *word, char *out);

/* A time, into the statement. */
bool clauses_read_time(struct reading *reading);

bool clauses_read_number(struct reading *reading, int64_t maximum, int64_t *number);

/* A text in quotes, in English, with its placeholders read. NULL with a problem. */
const char *clauses_read_template(struct reading *reading, const char *what);

/* The object with this name; LESSON_NO_OBJECT: there is none. */
int16_t clauses_find_object(const struct lesson *lesson, struct span name);

/* Declares the next word as an object. LESSON_NO_OBJECT with a problem. */
int16_t clauses_declare(struct reading *reading, enum lesson_object_kind kind);

/* Those of the clauses (CLAUSE_ bits) that stand here, each at most once, to the line's end. */
bool clauses_read(struct reading *reading, unsigned clauses);

#endif
