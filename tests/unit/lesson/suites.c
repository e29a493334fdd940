/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* suites: the unit tests of lesson. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../suite.h"

extern const struct suite suite_catalogs;
extern const struct suite suite_expression;
extern const struct suite suite_finding;
extern const struct suite suite_lab;
extern const struct suite suite_lesson;
extern const struct suite suite_parser;
extern const struct suite suite_samples;
extern const struct suite suite_script;
extern const struct suite suite_stage;
extern const struct suite suite_stage_findings;
extern const struct suite suite_topics;

const struct suite *const suites[] = {
    &suite_catalogs, &suite_expression,     &suite_finding, &suite_lab,
    &suite_lesson,   &suite_parser,         &suite_samples, &suite_script,
    &suite_stage,    &suite_stage_findings, &suite_topics,  NULL,
};
