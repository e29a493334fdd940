/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* classroom: shared by its records and the export. */
#ifndef UDPTUI_OUTPUT_CLASSROOM_INTERNAL_H
#define UDPTUI_OUTPUT_CLASSROOM_INTERNAL_H

#include <stdint.h>

#include <jansson.h>

#include "udptui/proto/quiz_event.h"

enum { CLASSROOM_FIGURES = 8 };

/* A figure of the class, besides students and places. */
struct classroom_figure {
    const char *key;  /* of the JSON */
    const char *line; /* after its number */
    uint64_t (*value)(const struct event_quiz_totals *totals);
};
extern const struct classroom_figure classroom_figures[CLASSROOM_FIGURES];

/* Add to an object, which they return. */
json_t *classroom_question_json(json_t *object, const struct event_question *event);
json_t *classroom_totals_json(json_t *object, const struct event_quiz_totals *totals);

#endif
