/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * expression: arithmetic and comparisons over the facts of a lesson.
 *
 *     or  <  and  <  not  <  = != < <= > >=  <  + -  <  * /  <  -x, (x), NUMBER, "TEXT", yes, no,
 *     [1, 2, 3], NAME, count(LIST), sum(LIST), item(LIST, FROM 1), ordered(LIST),
 *     number(TRUTH): 1 or 0
 *
 * A NAME is that of a fact, or OBJECT.FIGURE. / drops the rest: 7 / 2 is 3.
 *
 * Types are found out when an expression is parsed. A name that no expression defines has the type
 * of its first use, so that two uses that do not agree are a problem of the file. Pure.
 */
#ifndef UDPTUI_LESSON_EXPRESSION_H
#define UDPTUI_LESSON_EXPRESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/lesson/finding.h"

enum {
    EXPRESSION_NONE = -1,
    EXPRESSION_NODES_MAX = 384,
    EXPRESSION_NUMBERS_MAX = 256,
    EXPRESSION_NAMES_MAX = 64,
    EXPRESSION_DEPTH_MAX = 24,
    EXPRESSION_ERROR_SIZE = 160,
};

enum expression_type {
    EXPRESSION_UNKNOWN,
    EXPRESSION_NUMBER,
    EXPRESSION_TRUTH,
    EXPRESSION_TEXT,
    EXPRESSION_LIST,
};

enum expression_kind {
    EXPRESSION_LITERAL,
    EXPRESSION_NAME,
    EXPRESSION_OR,
    EXPRESSION_AND,
    EXPRESSION_NOT,
    EXPRESSION_EQUAL,
    EXPRESSION_UNEQUAL,
    EXPRESSION_LESS,
    EXPRESSION_LESS_EQUAL,
    EXPRESSION_MORE,
    EXPRESSION_MORE_EQUAL,
    EXPRESSION_PLUS,
    EXPRESSION_MINUS,
    EXPRESSION_TIMES,
    EXPRESSION_DIVIDED,
    EXPRESSION_NEGATIVE,
    EXPRESSION_COUNT,
    EXPRESSION_SUM,
    EXPRESSION_ITEM,
    EXPRESSION_ORDERED,
    EXPRESSION_OF_TRUTH,
};

/* A value: text and numbers point to what outlives it. */
struct expression_value {
    enum expression_type type;
    int64_t number; /* 0 or 1 of a truth */
    const char *text;
    const int32_t *numbers;
    size_t count; /* of numbers */
};

struct expression_node {
    uint8_t kind, type; /* enum expression_kind, enum expression_type */
    int16_t left, right;
    int16_t name;      /* EXPRESSION_NAME: in names */
    const char *place; /* in the text that was parsed, for a problem while it is */
    struct expression_value literal;
};

struct expression_name {
    const char *text;
    uint8_t type; /* of its first use */
};

/* All expressions of a lesson. */
struct expressions {
    struct expression_node nodes[EXPRESSION_NODES_MAX];
    size_t node_count;
    int32_t numbers[EXPRESSION_NUMBERS_MAX]; /* of the lists that are written out */
    size_t number_count;
    struct expression_name names[EXPRESSION_NAMES_MAX];
    size_t name_count;
};

/* "a number", "a list". */
const char *expression_type_name(enum expression_type type);

/* Where the values of names come from. False: the name has none. */
struct expression_scope {
    bool (*find)(const void *context, const char *name, struct expression_value *value);
    const void *context;
};

/*
 * Computes an expression. False with why in error (EXPRESSION_ERROR_SIZE): a name without a value or
 * with a value of another type, a sum that is too large, an item that a list does not have.
 */
bool expression_evaluate(const struct expressions *expressions, int index,
                         const struct expression_scope *scope, struct expression_value *value,
                         char *error);

#endif
