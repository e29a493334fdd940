/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* blanks: texts with {EXPRESSION} in them, filled in. Pure. */
#ifndef UDPTUI_LESSON_BLANKS_INTERNAL_H
#define UDPTUI_LESSON_BLANKS_INTERNAL_H

#include <stdbool.h>

#include "udptui/base/builder.h"
#include "udptui/base/catalog.h"
#include "udptui/lesson/lesson.h"

struct blanks_source {
    const struct lesson *lesson;
    const struct catalog *catalog;        /* "yes", "none"; NULL: English */
    const struct expression_scope *scope; /* the values of names */
    bool plain; /* numbers without separators: for a payload, which a program reads */
};

/* A fact's value as an expression has it: it points into the fact. */
struct expression_value blanks_value_of(const struct lesson_fact *fact);

/* A value as a fact, without its key and label. */
struct lesson_fact blanks_fact_of(const struct expression_value *value);

/*
 * Adds the text with its placeholders filled in as people read values. A placeholder of a
 * translation that the original does not have stays as it is. False with why in error
 * (EXPRESSION_ERROR_SIZE).
 */
bool blanks_fill(const struct blanks_source *source, const char *text, struct builder *out,
                 char *error);

#endif
