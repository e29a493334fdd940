/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * parser: what the parts of the parser of lesson files share: spans of the file, problems with their
 * places, texts in the lesson's arena. The first problem sticks.
 */
#ifndef UDPTUI_LESSON_PARSER_INTERNAL_H
#define UDPTUI_LESSON_PARSER_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "udptui/lesson/lesson.h"

/* A part of the file. */
struct span {
    const char *at, *end;
};

struct parser {
    struct span file;
    struct lesson *lesson;
    const struct catalog *catalog; /* of the language that was asked for */
    struct lesson_problem *problem;
    bool failed;
    const char *middle; /* the place of the name between two ends; NULL: there is none */
    bool in_script;     /* names are those of the script alone */
    int loops;          /* that the statement stands in: it has {i} */
    struct span line;   /* of the script, that is being read */
};

/* Notes the first problem, at a place in the file. Always false. */
bool parser_complain(struct parser *parser, const char *place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* ---- spans */

bool parser_is_blank(char byte);

/* Without the blanks at its ends; the lines of comments count as blanks. */
struct span parser_trim(struct span span);

/* Moves the span past blanks, ends of lines and comments. */
void parser_skip_blanks(struct span *span);

/* The next line of a field that is not empty and no comment, trimmed. False: there is no more. */
bool parser_next_line(struct span *rest, struct span *line);

/* The next word, up to a blank. False: there is none. */
bool parser_next_word(struct span *rest, struct span *word);

/* Whether the span is this text. */
bool parser_is(struct span span, const char *text);

/* The identifier at the span's start (a letter or _, then letters, digits or _), and moves past it.
 * False: there is none. */
bool parser_next_key(struct span *rest, struct span *key);

/* A text in quotes, "...", on one line, and moves past it; \" \\ stand for themselves. Problems are
 * noted; what: "the label". The text is in the arena, without the quotes. NULL with a problem. */
const char *parser_quoted(struct parser *parser, struct span *rest, const char *what);

/* ---- texts */

/* The span's text in the arena: each end of a line with the blanks around it is one blank. Never
 * NULL. */
const char *parser_keep(struct parser *parser, struct span span);

/* The same of a text that is not longer than so many bytes, in the language that was asked for.
 * what: "a choice". */
const char *parser_keep_short(struct parser *parser, struct span span, size_t bytes_max,
                              const char *what);

/* A text of the arena in the language that was asked for. */
const char *parser_translate(const struct parser *parser, const char *english);

/* Adds bytes to the text that was kept last, before its end: for joined texts. */
const char *parser_keep_bytes(struct parser *parser, const char *bytes, size_t length);

/* ---- the parts */

/* Reads an expression, all of the span, of this type (EXPRESSION_UNKNOWN: any). EXPRESSION_NONE
 * with a problem. */
int parser_expression(struct parser *parser, struct span span, enum expression_type type);

/* The type of an expression that was read. */
enum expression_type parser_type_of(const struct parser *parser, int index);

/* The type of a name; a name that was not used before has it from now on. A problem if the two do
 * not agree. */
bool parser_define(struct parser *parser, struct span name, enum expression_type type);

/* Sentences, each with its sources in brackets behind it. joined: all of them, for people. */
bool parser_sourced_prose(struct parser *parser, struct span value, struct lesson_prose *prose,
                          const char **joined);

/* Sentences with {EXPRESSION} in them, each with a condition behind it, [if EXPRESSION], or none. */
bool parser_happened(struct parser *parser, struct span value);

bool parser_facts(struct parser *parser, struct span value);
bool parser_expectation(struct parser *parser, struct span value, enum lesson_dependence depends);
bool parser_script(struct parser *parser, struct span value);

/* The placeholders of a text, {EXPRESSION}. */
bool parser_blanks(struct parser *parser, struct span text);

/* Whether a statement can begin with this word, so that no object can have it as its name. */
bool parser_is_verb(struct span word);

/* The type of "OBJECT.FIGURE"; EXPRESSION_UNKNOWN with a problem. */
enum expression_type parser_figure(struct parser *parser, struct span object, struct span figure);

/* Each name of an expression is a fact, and no fact is computed from itself or one below it. */
bool parser_check_names(struct parser *parser);

/* The bit of a source's key; 0: there is none. */
uint32_t parser_source_bit(const struct parser *parser, struct span key);

#endif
