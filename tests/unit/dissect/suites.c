/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* suites: the unit tests of dissect. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../suite.h"

extern const struct suite suite_answer;
extern const struct suite suite_dissector;
extern const struct suite suite_launcher;
extern const struct suite suite_stream;

const struct suite *const suites[] = {&suite_answer, &suite_dissector, &suite_launcher,
                                      &suite_stream, NULL};
