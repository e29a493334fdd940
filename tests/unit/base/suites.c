/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* suites: the unit tests of base. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../suite.h"

extern const struct suite suite_ascii;
extern const struct suite suite_bitmap;
extern const struct suite suite_builder;
extern const struct suite suite_catalog;
extern const struct suite suite_config;
extern const struct suite suite_delayq;
extern const struct suite suite_dump;
extern const struct suite suite_escape;
extern const struct suite suite_hash;
extern const struct suite suite_language;
extern const struct suite suite_markdown;
extern const struct suite suite_measured;
extern const struct suite suite_nearest;
extern const struct suite suite_opts;
extern const struct suite suite_pace;
extern const struct suite suite_problem;
extern const struct suite suite_pulse;
extern const struct suite suite_ring;
extern const struct suite suite_rolling;
extern const struct suite suite_rtt;
extern const struct suite suite_settings;
extern const struct suite suite_slab;
extern const struct suite suite_text;
extern const struct suite suite_text_columns;
extern const struct suite suite_text_random;
extern const struct suite suite_units;
extern const struct suite suite_units_parse;
extern const struct suite suite_wrap;

const struct suite *const suites[] = {
    &suite_ascii,
    &suite_bitmap,
    &suite_builder,
    &suite_catalog,
    &suite_config,
    &suite_delayq,
    &suite_dump,
    &suite_escape,
    &suite_hash,
    &suite_language,
    &suite_markdown,
    &suite_measured,
    &suite_nearest,
    &suite_opts,
    &suite_pace,
    &suite_problem,
    &suite_pulse,
    &suite_ring,
    &suite_rolling,
    &suite_rtt,
    &suite_settings,
    &suite_slab,
    &suite_text,
    &suite_text_columns,
    &suite_text_random,
    &suite_units,
    &suite_units_parse,
    &suite_wrap,
    NULL,
};
