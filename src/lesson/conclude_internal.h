/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* conclude: what a lesson makes of the values that its script delivered. Pure. */
#ifndef UDPTUI_LESSON_CONCLUDE_INTERNAL_H
#define UDPTUI_LESSON_CONCLUDE_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "udptui/base/catalog.h"
#include "udptui/lesson/finding.h"
#include "udptui/lesson/lesson.h"

/*
 * Fills in the result from the values that it holds: the facts of the lesson in their order, with
 * their labels; what happened, in the language of the catalog (NULL: English); and the first expectation that is not met. False with why in error
 * if the lesson is wrong: a value that is missing, that Facts does not list, or that an expression
 * cannot use.
 */
bool conclude(const struct lesson *lesson, const struct catalog *catalog,
              struct lesson_result *result, char *error, size_t error_size_bytes);

#endif
